// What a window will call, told before anything is allocated: its programs written down as for a real window, with nothing behind the views.

import type { Allocator, Share } from '../engine/backend.ts';
import type { Product } from '../engine/native.ts';
import { type Call, callsOf, productsOf } from '../engine/program.ts';
import type { ModelConfig } from './architecture.ts';
import { lengthsOf, planWindow, type WindowOptions } from './plan.ts';
import { partsOf, record } from './programs.ts';

/** Every product of a window, for each number of steps and each of `threads` threads; equal ones once. */
export function productsOfWindow(config: ModelConfig, options: WindowOptions, threads: number): Product[] {
  const products = new Map<string, Product>();
  for (const steps of lengthsOf(options))
    for (let index = 0; index < threads; index++)
      for (const product of productsOf(callsOfWindow(config, options, { index, count: threads }, steps)))
        products.set(JSON.stringify(product), product);
  return [...products.values()];
}

/** The calls of one thread for a window of `steps` steps, of all of its programs. */
export function callsOfWindow(config: ModelConfig, options: WindowOptions, share: Share, steps: number): Call[] {
  const activations = planWindow(() => nothing, config, options);
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
