// A window's memory twice: arrays of the host, and three buffers of the device in which the same arrays have the same places: floats, integers, and
// what the host has in float64, each as (high, low, exponent, whether it is not finite): (high + low) 2^exponent. The buffers are made once.
//
//   bytes = 4 Σ ⌈floats / 16⌉ 16 + 4 Σ ⌈integers / 16⌉ 16 + 16 Σ doubles      and at least one line each; integer 0 is `halt`
//
// Arrays that no program writes are the host's, and go to the device before a program runs. All others are the device's: what the host writes there it
// has to `write`, and what the device wrote it has to `read`.

import type { Allocator } from '../backend.ts';
import { copySource, copyTarget, type GpuBuffer, type GpuDevice, type GpuEncoder, storage } from './gpu.ts';

/** Arrays begin at multiples of so many numbers: 64 bytes. */
const line = 16;

/** What the arrays of the host are, by what they hold. */
const arrays = { floats: Float32Array, integers: Int32Array, doubles: Float64Array } as const;
type Kind = keyof typeof arrays;
const kinds = Object.keys(arrays) as Kind[];
const ofEach = <Value>(make: (kind: Kind) => Value): Record<Kind, Value> =>
  Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, Value>;

/** An array of a workspace. */
export type View = Float32Array | Float64Array | Int32Array;
type Host = Readonly<Record<Kind, ArrayBuffer>>;

/** How many numbers of each kind there are, and where the arrays begin. */
export type Layout = Readonly<Record<Kind, { length: number; readonly starts: number[] }>>;

const kindOf = (view: View): Kind => kinds.find((kind) => view instanceof arrays[kind])!;
const placeOf = (view: View): number => view.byteOffset / view.BYTES_PER_ELEMENT;
/** The bytes of a number on the device. */
const bytesOf = (kind: Kind): number => (kind === 'doubles' ? 16 : 4);

/** Some numbers of a buffer, from place `at` on. */
const viewOf = <Of extends Kind>(kind: Of, buffer: ArrayBuffer, at: number, length: number) =>
  new arrays[kind](buffer, at * arrays[kind].BYTES_PER_ELEMENT, length) as InstanceType<(typeof arrays)[Of]>;

/** Adds up what a plan asks for. It hands out views where there are buffers, else empty ones. */
export function layoutOf(plan: (allocate: Allocator) => unknown, host?: Host): Layout {
  const layout: Layout = ofEach((kind) => ({ length: kind === 'integers' ? line : 0, starts: [] })); // behind `halt`
  const taking =
    <Of extends Kind>(kind: Of) =>
    (length: number) => {
      const { starts, length: at } = layout[kind];
      if (length > 0) starts.push(at);
      layout[kind].length = Math.ceil((at + length) / line) * line;
      return host ? viewOf(kind, host[kind], at, length) : viewOf(kind, new ArrayBuffer(0), 0, 0);
    };
  const floats = taking('floats');
  plan({
    floats,
    integers: taking('integers'),
    doubles: taking('doubles'),
    panels: (n, k) => floats(n * k),
    scratch: () => [new Float32Array(0)],
    program: () => {},
  });
  return layout;
}

/** The bytes of the three buffers. */
export const layoutBytes = (layout: Layout): Record<Kind, number> =>
  ofEach((kind) => Math.max(line, layout[kind].length) * bytesOf(kind));

/** value · 2^exponent, in two steps, since 2^exponent alone may be no number. */
function scaled(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

/** Writes numbers in float64 as the device has them. */
function encodeDoubles(values: Float64Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length * 4);
  values.forEach((value, i) => {
    const size = Math.abs(value);
    const isOutside = size > 0 && size < Infinity && (size < 2 ** -126 || size > 2 ** 128 - 2 ** 104); // of the normal numbers
    const exponent = isOutside ? Math.floor(Math.log2(size)) : 0;
    const whole = scaled(value, -exponent);
    const high = Math.fround(whole);
    out.set([high, whole - high || 0, exponent, Number(!Number.isFinite(value))], i * 4); // ∞ − ∞ is NaN
  });
  return out;
}

/** Reads them again. */
function decodeDoubles(numbers: Float32Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const [high, low, exponent, isNotFinite] = numbers.subarray(4 * i, 4 * i + 4);
    out[i] = isNotFinite ? Number.NaN : scaled(high + low, exponent);
  }
}

/** The memory of a workspace on both sides. */
export class MirroredMemory {
  /** The arrays of the host. */
  readonly host: Host;
  /** The buffers of the device. */
  readonly buffers: Readonly<Record<Kind, GpuBuffer>>;
  /** Everything that it made, and the bytes of that. */
  readonly made: GpuBuffer[] = [];
  bytes = 0;
  private readonly device: GpuDevice;
  private readonly layout: Layout;

  constructor(device: GpuDevice, layout: Layout) {
    this.device = device;
    this.layout = layout;
    const bytes = layoutBytes(layout);
    this.host = ofEach((kind) => new ArrayBuffer((bytes[kind] / bytesOf(kind)) * arrays[kind].BYTES_PER_ELEMENT));
    this.buffers = ofEach((kind) => this.buffer(bytes[kind], storage | copySource | copyTarget));
  }

  /** A buffer that counts. */
  buffer(size: number, use: number): GpuBuffer {
    this.bytes += size;
    const buffer = this.device.createBuffer({ size, usage: use });
    this.made.push(buffer);
    return buffer;
  }

  /** A buffer that counts, with what is in it. */
  filled(words: Int32Array, use: number): GpuBuffer {
    const buffer = this.buffer(words.byteLength, use | copyTarget);
    this.device.queue.writeBuffer(buffer, 0, words);
    return buffer;
  }

  /** Brings what the host wrote in a view to the device. */
  write(view: View): void {
    const kind = kindOf(view);
    const data = view instanceof Float64Array ? encodeDoubles(view) : view;
    this.device.queue.writeBuffer(this.buffers[kind], placeOf(view) * bytesOf(kind), data);
  }

  /** The arrays that are the host's, given those that programs write: as few views as they fit in. */
  hostArrays(written: Iterable<View>): View[] {
    const taken = ofEach(() => new Set<number>());
    for (const view of written) {
      const kind = kindOf(view);
      const at = placeOf(view);
      // of doubles two at most are written together: the norm and its scale
      if (kind === 'doubles') for (let i = 0; i < Math.min(2, view.length); i++) taken.doubles.add(at + i);
      else taken[kind].add(this.layout[kind].starts.findLast((start) => start <= at)!);
    }
    const views: View[] = [];
    for (const kind of kinds) {
      const { starts, length } = this.layout[kind];
      const places = kind === 'doubles' ? Array.from({ length }, (_, i) => i) : starts;
      for (let i = 0; i < places.length; i++) {
        if (taken[kind].has(places[i])) continue;
        const from = places[i];
        while (i + 1 < places.length && !taken[kind].has(places[i + 1])) i++;
        views.push(viewOf(kind, this.host[kind], from, (places[i + 1] ?? length) - from));
      }
    }
    return views;
  }
}

/** Copies of some views on their way to the host. */
export interface Copies {
  /** The bytes of one copy of all views. */
  readonly bytes: number;
  /** Records the copies to a buffer, from `to` on. */
  record(encoder: GpuEncoder, buffer: GpuBuffer, to: number): void;
  /** Sets the views to what stands in a mapped buffer, from `from` on. */
  take(mapped: ArrayBuffer, from: number): void;
}

/** Copies of some views of a memory. */
export function copiesOf({ buffers }: MirroredMemory, views: readonly View[]): Copies {
  let bytes = 0;
  const parts = views.map((view) => {
    const [kind, at] = [kindOf(view), bytes];
    bytes += view.length * bytesOf(kind);
    return { view, kind, at, from: placeOf(view) * bytesOf(kind), size: bytes - at };
  });
  return {
    bytes,
    record(encoder, buffer, to) {
      for (const { kind, at, from, size } of parts)
        encoder.copyBufferToBuffer(buffers[kind], from, buffer, to + at, size);
    },
    take(mapped, from) {
      for (const { view, kind, at, size } of parts)
        if (view instanceof Float64Array) decodeDoubles(new Float32Array(mapped, from + at, size / 4), view);
        else view.set(new arrays[kind](mapped, from + at, view.length));
    },
  };
}
