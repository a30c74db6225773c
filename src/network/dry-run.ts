// What a window will call, told before anything is allocated: its programs written down as for a real window, with nothing behind the views.

import type { Allocator } from '../engine/backend.ts';
import { type Call, callsOf } from '../engine/program.ts';
import type { ModelConfig } from './architecture.ts';
import { planWindow, type WindowOptions } from './plan.ts';
import { partsOf, record } from './programs.ts';

/** The calls of the first of `threads` threads for a window of `steps` steps, of all of its programs. */
export function callsOfWindow(
  config: ModelConfig,
  options: WindowOptions,
  threads: number,
  steps = options.steps,
): Call[] {
  const activations = planWindow(() => nothing, config, options);
  const share = { index: 0, count: threads };
  return partsOf(options).flatMap((part) =>
    callsOf((kernels) => void record[part](kernels, activations, share, steps), share),
  );
}

/** Hands out views of nothing. */
const nothing: Allocator = {
  floats: () => new Float32Array(0),
  integers: () => new Int32Array(0),
  doubles: () => new Float64Array(0),
  panels: () => new Float32Array(0),
  scratch: () => [],
  program: () => {},
};
