// A program for the device: the calls of each workgroup as words, cut at the barriers. What is between two barriers is a *region*: one dispatch, in
// which each workgroup carries out its own calls, as a thread does on the CPU. Barriers stand wherever one thread reads what another wrote, some ten
// in an update whatever its length, so an update has as few dispatches.
//
//   [region: begin of each workgroup, end of each workgroup] … [calls]       a call: [number | words << 8, arguments]
//   a `when` is [number, place of the counter, least, words to skip]; one with a barrier inside begins again in every region

import type { Floats, ProgramBody } from '../backend.ts';
import { type ComputeKernels, kernelNames } from '../kernels.ts';
import { type Call, callsOf } from '../program.ts';
import { gpuKernels } from './kernels.ts';

/** The number of `when`; no kernel has it. */
export const whenCode = 255;
const codes = new Map<string, number>(kernelNames.map((name, code) => [name, code]));

/** A program as the device reads it. */
export interface GpuProgram {
  readonly words: Int32Array<ArrayBuffer>;
  /** The number of regions. */
  readonly regions: number;
  /** The kernels that it calls, in the order of their numbers. */
  readonly kernels: readonly (keyof ComputeKernels)[];
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

/** Writes what `body` calls for each of `count` workgroups. */
export function encode(body: ProgramBody, count: number): GpuProgram {
  const written = new Set<Floats | Int32Array>();
  const used = new Set<keyof ComputeKernels>();
  /** For each region the words of each workgroup. */
  const regions: number[][][] = [];

  for (let index = 0; index < count; index++) {
    let words: number[] = [];
    let region = 0;
    const guards: { readonly head: readonly number[]; at: number }[] = []; // the `when`s that are open here
    const open = (guard: { readonly head: readonly number[]; at: number }): void => {
      guard.at = words.length;
      words.push(...guard.head, 0);
    };
    const close = ({ at }: { readonly at: number }): void => {
      words[at + 3] = words.length - at - 4;
      if (words[at + 3] === 0) words.length = at;
    };
    const next = (): void => {
      for (const guard of guards.toReversed()) close(guard);
      regions[region] ??= [];
      regions[region][index] = words;
      region++;
      words = [];
      for (const guard of guards) open(guard);
    };
    const walk = (calls: readonly Call[]): void => {
      for (const { name, args, body: inside } of calls) {
        if (name === 'barrier') next();
        else if (name === 'when') {
          const guard = { head: [whenCode | (4 << 8), wordOf(args[0]), Number(args[1])], at: 0 };
          open(guard);
          guards.push(guard);
          walk(inside!);
          guards.pop();
          close(guard);
        } else if (!isEmpty(name, args)) {
          used.add(name);
          const { args: names, writes } = gpuKernels[name];
          names.forEach((argument, i) => {
            if (writes.includes(argument)) written.add(args[i] as Floats | Int32Array);
          });
          words.push(codes.get(name)! | ((1 + args.length) << 8), ...args.map(wordOf));
        }
      }
    };
    walk(callsOf(body, { index, count }));
    next();
  }

  const whole = regions.filter((parts) => parts.some((part) => part.length > 0));
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
  return { words, regions: whole.length, kernels: kernelNames.filter((name) => used.has(name)), written };
}
