// ONE suite for every backend: each kernel against plain loops in float64, in every size, and the promises of src/engine/backend.ts.
// The parts are in conformance/.

import { describe, expect, test } from 'vitest';
import { accepts, createBackend } from '../../src/engine/create.ts';
import { backends } from '../support/backends.ts';
import { gatesConform } from './conformance/gates.ts';
import { lossConforms } from './conformance/loss.ts';
import { optimizersConform } from './conformance/optimizers.ts';
import { pointwiseConform } from './conformance/pointwise.ts';
import { productRowsConform, productsConform } from './conformance/products.ts';
import { rowsConform } from './conformance/rows.ts';
import { workspacesConform } from './conformance/workspaces.ts';

for (const { label, backend } of backends) {
  describe(label, () => {
    productsConform(backend);
    productRowsConform(backend);
    rowsConform(backend);
    pointwiseConform(backend);
    gatesConform(backend);
    lossConforms(backend);
    optimizersConform(backend);
    workspacesConform(backend);
  });
}

describe('the choice of a backend', () => {
  test('auto takes the fastest binary that the engine accepts', () => {
    expect(createBackend().name).toBe(accepts('relaxed-simd') ? 'wasm-relaxed-simd' : 'wasm-simd');
    expect(createBackend('wasm').precision).toBe('float32');
  });

  test('float64 and javascript give the portable backend', () => {
    expect(createBackend('javascript').name).toBe('javascript');
    for (const choice of ['auto', 'wasm', 'javascript'] as const) {
      expect(createBackend(choice, 'float64')).toMatchObject({ name: 'javascript', precision: 'float64' });
    }
  });

  test('both binaries are under test: vitest.config.ts starts Node with relaxed SIMD', () => {
    expect(accepts('simd')).toBe(true);
    expect(accepts('relaxed-simd')).toBe(true);
  });
});
