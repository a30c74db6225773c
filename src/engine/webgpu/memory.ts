// A window's memory twice: arrays of the host, and three buffers of the device in which the same arrays have the same places: floats, integers, and
// what the host has in float64, each as (high, low, exponent, whether it is not finite): (high + low) 2^exponent. The buffers are made once.
//
//   bytes = 4 Σ ⌈floats / 16⌉ 16 + 4 Σ ⌈integers / 16⌉ 16 + 16 Σ doubles      and at least one line each; integer 0 is `halt`
//
// Arrays that no program writes are the host's, and go to the device before a program runs. All others are the device's: what the host writes there it
// has to `write`, and what the device wrote it has to `read`.

import type { Allocator } from '../backend.ts';
import { type GpuBuffer, type GpuDevice, usage } from './gpu.ts';

/** Arrays begin at multiples of so many numbers: 64 bytes. */
const line = 16;
/** Bytes of a number that the host has in float64. */
const doubleBytes = 16;

/** An array of a workspace. */
export type View = Float32Array | Float64Array | Int32Array;

const kinds = ['floats', 'integers', 'doubles'] as const;
type Kind = (typeof kinds)[number];

/** How many numbers of each kind there are, and where the arrays begin. */
export type Layout = Readonly<Record<Kind, { length: number; readonly starts: number[] }>>;

const kindOf = (view: View): Kind =>
  view instanceof Float32Array ? 'floats' : view instanceof Int32Array ? 'integers' : 'doubles';
const placeOf = (view: View): number => view.byteOffset / view.BYTES_PER_ELEMENT;
/** The bytes of a number on the device. */
const bytesOf = (kind: Kind): number => (kind === 'doubles' ? doubleBytes : 4);

/** Adds up what a plan asks for. It hands out views where there are buffers, else empty ones. */
export function layoutOf(plan: (allocate: Allocator) => unknown, host?: Readonly<Record<Kind, ArrayBuffer>>): Layout {
  const layout = Object.fromEntries(kinds.map((kind) => [kind, { length: 0, starts: [] }])) as unknown as Layout;
  layout.integers.length = line; // `halt`
  const take = (kind: Kind, length: number): [place: number, length: number] => {
    const at = layout[kind].length;
    if (length > 0) layout[kind].starts.push(at);
    layout[kind].length = Math.ceil((at + length) / line) * line;
    return [at, host ? length : 0];
  };
  const floats = (length: number): Float32Array => {
    const [at, shown] = take('floats', length);
    return host ? new Float32Array(host.floats, at * 4, shown) : new Float32Array(0);
  };
  plan({
    floats,
    integers: (length) => {
      const [at, shown] = take('integers', length);
      return host ? new Int32Array(host.integers, at * 4, shown) : new Int32Array(0);
    },
    doubles: (length) => {
      const [at, shown] = take('doubles', length);
      return host ? new Float64Array(host.doubles, at * 8, shown) : new Float64Array(0);
    },
    panels: (n, k) => floats(n * k),
    scratch: () => [new Float32Array(0)],
    program: () => {},
  });
  for (const kind of kinds) layout[kind].length = Math.max(line, layout[kind].length);
  return layout;
}

/** The bytes of the three buffers. */
export function layoutBytes(layout: Layout): Record<Kind, number> {
  return Object.fromEntries(kinds.map((kind) => [kind, layout[kind].length * bytesOf(kind)])) as Record<Kind, number>;
}

const normal = [2 ** -126, 2 ** 128 - 2 ** 104] as const;

/** Writes numbers in float64 as the device has them. */
function encodeDoubles(values: Float64Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length * 4);
  values.forEach((value, i) => {
    const size = Math.abs(value);
    const isOutside = Number.isFinite(value) && size !== 0 && (size < normal[0] || size > normal[1]);
    const exponent = isOutside ? Math.floor(Math.log2(size)) : 0;
    const scaled = isOutside
      ? value / 2 ** Math.trunc(exponent / 2) / 2 ** (exponent - Math.trunc(exponent / 2))
      : value;
    const high = Math.fround(scaled);
    out.set([high, Number.isFinite(high) ? scaled - high : 0, exponent, Number.isFinite(value) ? 0 : 1], i * 4);
  });
  return out;
}

/** Reads them again. */
function decodeDoubles(numbers: Float32Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const [high, low, exponent, isNotFinite] = numbers.subarray(4 * i, 4 * i + 4);
    const half = Math.trunc(exponent / 2); // 2^exponent alone may be no number
    out[i] = isNotFinite ? Number.NaN : (high + low) * 2 ** half * 2 ** (exponent - half);
  }
}

/** The memory of a workspace on both sides. */
export class MirroredMemory {
  /** The arrays of the host. */
  readonly host: Readonly<Record<Kind, ArrayBuffer>>;
  /** The buffers of the device. */
  readonly buffers: Readonly<Record<Kind, GpuBuffer>>;
  /** The bytes of all its buffers. */
  bytes = 0;
  private readonly device: GpuDevice;
  private readonly layout: Layout;

  constructor(device: GpuDevice, layout: Layout) {
    this.device = device;
    this.layout = layout;
    const bytes = layoutBytes(layout);
    const { storage, copySource, copyTarget } = usage;
    this.host = {
      floats: new ArrayBuffer(bytes.floats),
      integers: new ArrayBuffer(bytes.integers),
      doubles: new ArrayBuffer(layout.doubles.length * 8),
    };
    const buffer = (kind: Kind): GpuBuffer => this.buffer(bytes[kind], storage | copySource | copyTarget);
    this.buffers = { floats: buffer('floats'), integers: buffer('integers'), doubles: buffer('doubles') };
  }

  /** A buffer that counts. */
  buffer(size: number, use: number): GpuBuffer {
    this.bytes += size;
    return this.device.createBuffer({ size, usage: use });
  }

  /** Brings what the host wrote in a view to the device. */
  write(view: View): void {
    if (view.length === 0) return;
    const kind = kindOf(view);
    const data = view instanceof Float64Array ? encodeDoubles(view) : view;
    this.device.queue.writeBuffer(
      this.buffers[kind],
      placeOf(view) * bytesOf(kind),
      data.buffer as ArrayBuffer,
      data.byteOffset,
      data.byteLength,
    );
  }

  /** The arrays that are the host's, given those that programs write: as few views as they fit in. */
  hostArrays(written: Iterable<View>): View[] {
    const taken: Record<Kind, Set<number>> = { floats: new Set(), integers: new Set(), doubles: new Set() };
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
        views.push(this.view(kind, from, (places[i + 1] ?? length) - from));
      }
    }
    return views;
  }

  private view(kind: Kind, at: number, length: number): View {
    if (kind === 'floats') return new Float32Array(this.host.floats, at * 4, length);
    if (kind === 'integers') return new Int32Array(this.host.integers, at * 4, length);
    return new Float64Array(this.host.doubles, at * 8, length);
  }
}

/** A buffer in which copies of some views stand, for the host to read. */
export class Copies {
  /** The bytes of one copy of all views. */
  readonly bytes: number;
  private readonly parts: readonly {
    readonly view: View;
    readonly kind: Kind;
    readonly at: number;
    readonly bytes: number;
  }[];

  constructor(views: readonly View[]) {
    let at = 0;
    this.parts = views.map((view) => {
      const kind = kindOf(view);
      const bytes = view.length * bytesOf(kind);
      at += bytes;
      return { view, kind, at: at - bytes, bytes };
    });
    this.bytes = at;
  }

  /** Records the copies from the device's memory to a buffer, from `to` on. */
  record(
    encoder: { copyBufferToBuffer(...args: unknown[]): void },
    memory: MirroredMemory,
    buffer: GpuBuffer,
    to: number,
  ): void {
    for (const { view, kind, at, bytes } of this.parts)
      if (bytes > 0)
        encoder.copyBufferToBuffer(memory.buffers[kind], placeOf(view) * bytesOf(kind), buffer, to + at, bytes);
  }

  /** Sets the views to what stands in a mapped buffer, from `from` on. */
  take(mapped: ArrayBuffer, from: number): void {
    for (const { view, at, bytes } of this.parts) {
      if (view instanceof Float64Array) decodeDoubles(new Float32Array(mapped, from + at, bytes / 4), view);
      else if (view instanceof Int32Array) view.set(new Int32Array(mapped, from + at, view.length));
      else view.set(new Float32Array(mapped, from + at, view.length));
    }
  }
}
