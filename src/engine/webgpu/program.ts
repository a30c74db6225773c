// A program for the device: the calls of each workgroup as words, cut at the barriers. What is between two barriers is a *region*: one dispatch, in
// which each workgroup carries out its own calls, as a thread does on the CPU. Barriers stand wherever one thread reads what another wrote, some ten
// in an update whatever its length, so an update has as few dispatches. Time loops stand as loops (loops.ts).
//
//   [where the calls of each workgroup begin, region by region; where all end] [calls]       a call: [number | words << 8, arguments, strides]
//   a loop is [number, turns, words of its body, words before the product whose weight stays in registers], and its body
//   a `when` is [number, place of the counter, least, words to skip, whether it then halts]; one with a barrier inside begins again in every region

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
  productCode,
  productIn,
  type Sharing,
  type WordCall,
} from './loops.ts';

/** The numbers of what is no kernel: `when`, loops without a weight in registers and with one, and its product there. */
export const whenCode = 255;
export const streamCode = 254;
export const registersCode = 253;
export const heldCode = 252;

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

/** Arguments that are sizes: a call where one of them is 0 does nothing, and says that this workgroup has no share of it. */
const sizes = new Set(['length', 'rows', 'width', 'units', 'm', 'columns']);

/** The place of an array in its buffer: the host has the same arrays in the same places. */
function wordOf(argument: Argument): number {
  if (typeof argument !== 'object') return Number(argument) | 0;
  return argument.byteOffset / argument.BYTES_PER_ELEMENT;
}

/** A `when`: the place of its counter, the least that it asks for, whether the program itself writes the counter, and the `when` around it. */
interface Guard {
  readonly counter: number;
  readonly least: number;
  readonly halts: boolean;
  readonly outer: Guard | undefined;
}

/** A call that is carried out where its guard lets it. */
interface Guarded extends WordCall {
  readonly guard?: Guard | undefined;
}

/** What of `body` is recorded for each of `count` workgroups in each region. */
function regionsOf(body: ProgramBody, count: number) {
  const written = new Set<Floats | Int32Array>();
  const used = new Set<keyof ComputeKernels>();
  const regions: Guarded[][][] = [];
  for (let index = 0; index < count; index++) {
    let region = 0;
    const walk = (calls: readonly Call[], guard?: Guard): void => {
      for (const { name, args, body: inside } of calls) {
        if (name === 'barrier') region++;
        else if (name === 'when') {
          const halts = written.has(args[0] as Int32Array);
          walk(inside!, { counter: wordOf(args[0]), least: Number(args[1]), halts, outer: guard });
        } else {
          const { args: names, writes } = gpuKernels[name];
          if (args.some((value, i) => value === 0 && sizes.has(names[i]))) continue;
          used.add(name);
          for (const array of writes) written.add(args[names.indexOf(array)] as Floats | Int32Array);
          const [code, words] = [kernelNames.indexOf(name), args.map(wordOf)];
          regions[region] ??= Array.from({ length: count }, () => []);
          regions[region][index].push({ code, args: code === productCode ? ofAllColumns(words) : words, guard });
        }
      }
    };
    walk(callsOf(body, { index, count }));
  }
  return { regions, used, written };
}

/** A weight of fewer numbers is not worth a dispatch for each step. */
const leastShared = 2 ** 16;

/** The programs of `body`: one for each design that is another one here, or that of the design asked for. The first is the best guess. */
export function programsOf(body: ProgramBody, sharing: Sharing): GpuProgram[] {
  const recorded = regionsOf(body, sharing.workgroups);
  if (sharing.recurrence) return [encode(recorded, sharing.invocations, sharing.recurrence)];
  return designs
    .map((design) => encode(recorded, sharing.invocations, design))
    .filter(({ design, keeps, most }) => design === 'stream' || (design === 'registers' ? keeps : most >= leastShared));
}

/** Writes a program. */
function encode({ regions, used, written }: ReturnType<typeof regionsOf>, lanes: number, design: Design): GpuProgram {
  let keeps = false;
  let most = 0;
  const callWords = ({ code, args }: WordCall, strides: readonly number[] = args.map(() => 0)): number[] => [
    ...[code | ((1 + 2 * args.length) << 8), ...args],
    ...strides,
  ];
  const loopWords = (loop: Loop): number[] => {
    const at = design === 'registers' ? productIn(loop) : -1;
    const isKept = at >= 0 && isHeld(loop.body[at], lanes);
    keeps ||= isKept;
    const body = loop.body.map((call, i) =>
      callWords(isKept && i === at ? { ...call, code: heldCode } : call, call.strides),
    );
    const [inside, before] = [body.flat(), body.slice(0, Math.max(0, at)).flat().length];
    return [(isKept ? registersCode : streamCode) | (4 << 8), loop.turns, inside.length, before, ...inside];
  };
  const wordsOf = (calls: readonly Guarded[]): number[] => {
    const words: number[][] = [];
    for (let at = 0, end = 0; at < calls.length; at = end) {
      let { guard } = calls[at];
      while (end < calls.length && calls[end].guard === guard) end++;
      let inside = loopsOf(calls.slice(at, end)).flatMap((item) =>
        'turns' in item ? loopWords(item) : callWords(item),
      );
      for (; guard; guard = guard.outer)
        inside = [whenCode | (5 << 8), guard.counter, guard.least, inside.length, Number(guard.halts), ...inside];
      words.push(inside);
    }
    return words.flat();
  };

  const cut = regions.flatMap((parts) => {
    if (design !== 'steps' || parts.some((calls) => calls.some(({ guard }) => guard))) return [parts];
    const { regions: steps, weights } = inSteps(parts);
    most = Math.max(most, weights);
    return steps;
  });
  const whole = cut.map((parts) => parts.map(wordsOf)).filter((parts) => parts.some((part) => part.length > 0));
  const calls = whole.flat();
  const places = [calls.length + 1];
  for (const part of calls) places.push(places.at(-1)! + part.length);
  const kernels = kernelNames.filter((name) => used.has(name));
  return {
    design,
    words: Int32Array.from([...places, ...calls.flat()]),
    regions: whole.length,
    kernels,
    keeps,
    most,
    written,
  };
}
