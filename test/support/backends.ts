// Every backend that this JavaScript engine can run, for suites that hold all of them to the same numbers.

import type { Backend } from '../../src/engine/backend.ts';
import { createBackend } from '../../src/engine/create.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';

/** A backend and the relative error that its precision allows for a whole tensor. */
export const backends: { label: string; backend: Backend; tolerance: number }[] = [
  // float64: 2⁻⁵³ a step, a few hundred steps in a row
  { label: 'javascript float64', backend: javascriptBackend('float64'), tolerance: 1e-10 },
  // float32: 2⁻²⁴ ≈ 6e-8 a step; the promise is 1e-4, these small nets stay far below it
  { label: 'javascript float32', backend: javascriptBackend('float32'), tolerance: 5e-6 },
  { label: 'wasm float32', backend: createBackend('wasm'), tolerance: 5e-6 },
];
