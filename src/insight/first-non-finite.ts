// Where it began: the first number of a trace that is not finite, in the order in which numbers are computed.

import { cellOf } from '../network/cells/table.ts';
import type { ModelConfig } from '../network/config.ts';
import { layoutOf } from '../network/parameters.ts';
import { schedule } from './explain.ts';
import { type Address, quantities, sizesOf, valueAt } from './quantities.ts';
import type { Trace } from './trace.ts';

/**
 * The address of the first NaN or infinity: among the parameters and the states before the window, then forward from t = 1, then backward; null where
 * all is finite. `explain` says what it comes of.
 */
export function firstNonFinite(trace: Trace): Address | null {
  const { gradients, ...arrays } = trace;
  const areFinite = (list: readonly unknown[]): boolean =>
    list.every((array) => !ArrayBuffer.isView(array) || (array as Float32Array).every(Number.isFinite));
  if (areFinite([...Object.values(arrays), ...Object.values(gradients ?? {})])) return null;
  const isBad = (address: Address): boolean => !Number.isFinite(valueAt(trace, address));
  for (const address of given(trace)) if (isBad(address)) return address;
  for (const { operation, t, layer } of schedule(trace.config, trace.steps)) {
    const { pass, result } = operation;
    if (pass !== 'forward' && !trace.gradients) break;
    if (result.quantity === 'loss' && !trace.targets) continue;
    for (const address of elements(trace.config, { quantity: result.quantity, gate: result.gate, t, layer }))
      if (isBad(address)) return address;
  }
  return null;
}

/** What a window begins with. */
function* given(trace: Trace): Generator<Address> {
  const { config, gates } = trace;
  const layers = Array.from({ length: config.numLayers }, (_, layer) => layer);
  const tensors = new Set<string>(layoutOf(config).map(({ kind }) => kind));
  const states = cellOf(config).past === 'cell' ? (['h', 's'] as const) : (['h'] as const);
  for (const quantity of ['embedding', 'V', 'c'] as const)
    if (tensors.has(quantity)) yield* elements(config, { quantity });
  for (const layer of layers) {
    for (const gate of gates)
      for (const quantity of ['U', 'W', 'b'] as const)
        if (tensors.has(quantity)) yield* elements(config, { quantity, gate, layer });
    if (tensors.has('bn')) yield* elements(config, { quantity: 'bn', layer });
    for (const quantity of states) yield* elements(config, { quantity, layer, t: 0 });
  }
}

/** The addresses of all units, and columns, of a quantity at a step in a layer. */
function* elements(config: ModelConfig, at: Address): Generator<Address> {
  const fields: readonly string[] = quantities[at.quantity].fields;
  const sizes = sizesOf(config, at.quantity, at.layer ?? 0);
  const { quantity, gate, t, layer } = at;
  const base: Address = {
    quantity,
    ...(gate && { gate }),
    ...(t !== undefined && { t }),
    ...(layer !== undefined && { layer }),
  };
  if (!fields.includes('unit')) yield base;
  else
    for (let unit = 0; unit < sizes.unit; unit++)
      if (!fields.includes('column')) yield { ...base, unit };
      else for (let column = 0; column < sizes.column; column++) yield { ...base, unit, column };
}
