// A program for the device: the calls of each workgroup as words, cut at the barriers. What is between two barriers is a *region*: one dispatch, in
// which each workgroup carries out its own calls, as a thread does on the CPU. Barriers stand wherever one thread reads what another wrote, some ten
// in an update whatever its length, so an update has as few dispatches. Time loops stand as loops (loops.ts).
//
//   [region: begin of each workgroup, end of each workgroup] … [calls]       a call: [number | words << 8, arguments, strides]
//   a loop is [number, turns, words of its body, words before the product whose weight stays in registers], and its body
//   a `when` is [number, place of the counter, least, words to skip]; one with a barrier inside begins again in every region

import type { Floats, ProgramBody } from '../backend.ts';
import { type ComputeKernels, kernelNames } from '../kernels.ts';
import { type Call, callsOf } from '../program.ts';
import { gpuKernels } from './kernels.ts';
import {
  type Design,
  designs,
  inSteps,
  isHeld,
  type Loop,
  loopsOf,
  ofAllColumns,
  productIn,
  type Sharing,
  type WordCall,
} from './loops.ts';

/** The numbers of what is no kernel: `when`, loops without a weight in registers and with one, and its product there. */
export const control = { when: 255, stream: 254, registers: 253, held: 252 } as const;
const codes = new Map<string, number>(kernelNames.map((name, code) => [name, code]));
const productCode = codes.get('product')!;

/** A program as the device reads it. */
export interface GpuProgram {
  readonly design: Design;
  readonly words: Int32Array<ArrayBuffer>;
  /** The number of regions. */
  readonly regions: number;
  /** The kernels that it calls, in the order of their numbers. */
  readonly kernels: readonly (keyof ComputeKernels)[];
  /** Whether a loop keeps a weight in registers. */
  readonly keeps: boolean;
  /** The numbers of the largest weight whose product is shared out in each step. */
  readonly most: number;
  /** The arrays that it writes; how long the written part is nobody knows here. */
  readonly written: ReadonlySet<Floats | Int32Array>;
}

type Argument = Call['args'][number];

/** Arguments that are sizes: a call where one of them is 0 does nothing. */
const sizes = new Set(['length', 'rows', 'width', 'units', 'm', 'columns']);

/** Whether a call does nothing, because this workgroup has no share of it. */
function isEmpty(name: keyof ComputeKernels, args: readonly Argument[]): boolean {
  if (name === 'sumOfSquares' || name === 'weightedSum') return false; // an empty sum is 0
  const { args: names } = gpuKernels[name];
  const begin = names.indexOf('begin');
  if (begin >= 0 && args[begin] === args[begin + 1]) return true;
  // a sum of no rows is 0
  return args.some((value, i) => value === 0 && sizes.has(names[i]) && !(name === 'sumRows' && names[i] === 'rows'));
}

/** The place of an array in its buffer: the host has the same arrays in the same places. */
function wordOf(argument: Argument): number {
  if (typeof argument !== 'object') return Number(argument) | 0;
  return argument.byteOffset / argument.BYTES_PER_ELEMENT;
}

/** Of what a workgroup does in a region: a call, the begin of a `when`, or its end. */
type Item = WordCall | { readonly counter: number; readonly least: number } | 'end';
const isCall = (item: Item): item is WordCall => item !== 'end' && 'code' in item;

/** What of `body` is recorded for each of `count` workgroups in each region. */
function regionsOf(body: ProgramBody, count: number) {
  const written = new Set<Floats | Int32Array>();
  const used = new Set<keyof ComputeKernels>();
  const regions: Item[][][] = [];
  for (let index = 0; index < count; index++) {
    const guards: Item[] = []; // the `when`s that are open here
    let region = 0;
    let items: Item[] = [];
    const next = (): void => {
      regions[region] ??= [];
      regions[region++][index] = [...items, ...guards.map(() => 'end' as const)];
      items = [...guards];
    };
    const walk = (calls: readonly Call[]): void => {
      for (const { name, args, body: inside } of calls) {
        if (name === 'barrier') next();
        else if (name === 'when') {
          const guard = { counter: wordOf(args[0]), least: Number(args[1]) };
          items.push(guard);
          guards.push(guard);
          walk(inside!);
          guards.pop();
          items.push('end');
        } else if (!isEmpty(name, args)) {
          used.add(name);
          const { args: names, writes } = gpuKernels[name];
          names.forEach((argument, i) => {
            if (writes.includes(argument)) written.add(args[i] as Floats | Int32Array);
          });
          const words = args.map(wordOf);
          items.push({ code: codes.get(name)!, args: name === 'product' ? ofAllColumns(words) : words });
        }
      }
    };
    walk(callsOf(body, { index, count }));
    next();
  }
  return { regions, used, written };
}

/** A weight of fewer numbers is not worth a dispatch for each step. */
const leastShared = 2 ** 16;

/** The programs of `body`: one for each design that is another one here, or that of the design asked for. The first is the best guess. */
export function programsOf(body: ProgramBody, sharing: Sharing): GpuProgram[] {
  const recorded = regionsOf(body, sharing.workgroups);
  if (sharing.recurrence) return [encode(recorded, sharing, sharing.recurrence)];
  return designs
    .map((design) => encode(recorded, sharing, design))
    .filter(({ design, keeps, most }) => design === 'stream' || (design === 'registers' ? keeps : most >= leastShared));
}

/** Writes a program. */
function encode(
  { regions, used, written }: ReturnType<typeof regionsOf>,
  { workgroups: count, invocations: lanes }: Sharing,
  design: Design,
): GpuProgram {
  let keeps = false;
  const keptIn = (loop: Loop): number => {
    const at = design === 'registers' ? productIn(loop, productCode) : -1;
    return at >= 0 && isHeld(loop.body[at], lanes) ? at : -1;
  };
  const callWords = ({ code, args }: WordCall, strides: readonly number[] = args.map(() => 0)): number[] => [
    ...[code | ((1 + 2 * args.length) << 8), ...args],
    ...strides,
  ];
  const loopWords = (loop: Loop): number[] => {
    const at = keptIn(loop);
    if (at >= 0) keeps = true;
    const body = loop.body.map((call, i) => callWords(i === at ? { ...call, code: control.held } : call, call.strides));
    const before = body.slice(0, Math.max(0, at)).flat().length;
    const inside = body.flat();
    return [(at >= 0 ? control.registers : control.stream) | (4 << 8), loop.turns, inside.length, before, ...inside];
  };
  const wordsOf = (items: readonly Item[]): number[] => {
    const words: number[] = [];
    const open: number[] = []; // where the `when`s begin
    let calls: WordCall[] = [];
    const flush = (): void => {
      for (const item of loopsOf(calls)) words.push(...('turns' in item ? loopWords(item) : callWords(item)));
      calls = [];
    };
    for (const item of items) {
      if (isCall(item)) {
        calls.push(item);
        continue;
      }
      flush();
      if (item !== 'end') {
        open.push(words.length);
        words.push(control.when | (4 << 8), item.counter, item.least, 0);
        continue;
      }
      const at = open.pop()!;
      words[at + 3] = words.length - at - 4;
      if (words[at + 3] === 0) words.length = at;
    }
    flush();
    return words;
  };

  let most = 0;
  const cut = regions.flatMap((parts): readonly (readonly Item[])[][] => {
    if (design !== 'steps' || !parts.every((items): items is WordCall[] => items.every(isCall))) return [parts];
    const steps = inSteps(parts, productCode);
    most = Math.max(most, steps?.weights ?? 0);
    return steps?.regions ?? [parts];
  });
  const whole = cut.map((parts) => parts.map(wordsOf)).filter((parts) => parts.some((part) => part.length > 0));
  const table = whole.length * 2 * count;
  const words = new Int32Array(table + whole.flat().reduce((sum, part) => sum + part.length, 0));
  let at = table;
  whole.forEach((parts, region) => {
    parts.forEach((part, index) => {
      words[region * 2 * count + index] = at;
      words.set(part, at);
      at += part.length;
      words[region * 2 * count + count + index] = at;
    });
  });
  const kernels = kernelNames.filter((name) => used.has(name));
  return { design, words, regions: whole.length, kernels, keeps, most, written };
}
