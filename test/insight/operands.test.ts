// Behind every number: its operands are the arrays that its contributors are elements of; a vector is what its numbers are one by one; and a parameter's
// place is where the tensors of the model have it.

import { describe, expect, test } from 'vitest';
import { explain, schedule } from '../../src/insight/explain.ts';
import { symbolOf } from '../../src/insight/notation.ts';
import { operandsOf } from '../../src/insight/operands.ts';
import {
  type Address,
  addressOfParameter,
  parameterOf,
  type Quantity,
  quantities,
  sizesOf,
  valueAt,
  vectorAt,
} from '../../src/insight/quantities.ts';
import { trace } from '../../src/insight/trace.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { insightModels, sampleOf } from '../support/insight.ts';

const T = 5;
const keyOf = ({ quantity, gate = '', t = -1, layer = 0, unit = 0, column = 0 }: Address): string =>
  [quantity, gate, t, layer, unit, column].join(' ');

describe.each(insightModels)('%s', (_, options) => {
  const { model, tokens, targets, state } = sampleOf(options, T, 11);
  const seen = trace(model, tokens, targets, { state });
  const { config } = model;

  /** One address of every operation. */
  const addresses = schedule(config, T).map(({ operation, t, layer }): Address => {
    const { quantity, gate } = operation.result;
    const { fields }: { fields: readonly string[] } = quantities[quantity];
    const sizes = sizesOf(config, quantity, layer ?? 0);
    return {
      quantity,
      ...(gate && { gate }),
      ...(t !== undefined && { t }),
      ...(layer !== undefined && { layer }),
      ...(fields.includes('unit') && { unit: sizes.unit - 1 }),
      ...(fields.includes('column') && { column: sizes.column >> 1 }),
    };
  });

  test('the operands of a number hold all that contributes to it, and say which where one does', () => {
    for (const address of addresses) {
      const operands = operandsOf(seen, address);
      const held = new Set(operands.flatMap((operand) => operand.addresses.map(keyOf)));
      const counted = new Set(operands.flatMap(({ addresses: all, at }) => (at === null ? all : [all[at]]).map(keyOf)));
      const contributors = explain(seen, address).contributors.flatMap(({ factors }) =>
        factors.map((factor) => factor.address),
      );
      for (const read of contributors) {
        const isIndicator =
          ['token', 'target'].includes(read.quantity) ||
          (read.quantity === 'x' && (read.layer ?? 0) === 0 && config.embeddingSize === null);
        if (isIndicator) continue;
        expect(held.has(keyOf(read)), JSON.stringify([address, read])).toBe(true);
        expect(counted.has(keyOf(read)), JSON.stringify([address, read])).toBe(true);
      }
      for (const operand of operands) for (const each of operand.addresses) valueAt(seen, each); // all of them exist
    }
  });

  test('a vector is what its numbers are one by one', () => {
    for (const address of addresses) {
      const { fields }: { fields: readonly string[] } = quantities[address.quantity];
      const vector = vectorAt(seen, address);
      const { unit: count } = sizesOf(config, address.quantity, address.layer ?? 0);
      const wanted = fields.includes('unit')
        ? Array.from({ length: count }, (_, unit) => valueAt(seen, { ...address, unit }))
        : [valueAt(seen, address)];
      expect([...vector], JSON.stringify(address)).toEqual(wanted);
    }
  });

  test('the place of a parameter is that of its value in the tensors, and of its gradient', () => {
    const tensors = tensorsOf(config, seen.parameters);
    const gradients = tensorsOf(config, seen.gradients!.parameters);
    const places = new Set<string>();
    for (const quantity of ['embedding', 'U', 'W', 'b', 'bn', 'V', 'c'] as const)
      for (const layer of Array.from({ length: config.numLayers }, (_, l) => l))
        for (const gate of seen.gates) {
          const kind: { fields: readonly string[]; layered?: boolean; gated?: boolean } = quantities[quantity];
          if ((!kind.layered && layer > 0) || (!kind.gated && gate !== seen.gates[0])) continue;
          const sizes = sizesOf(config, quantity, layer);
          for (let unit = 0; unit < sizes.unit; unit++)
            for (let column = 0; column < sizes.column; column++) {
              const address = { quantity, gate, layer, unit, column };
              const place = parameterOf(config, address)!;
              if (tensors[place.name] === undefined) continue; // not of this cell
              expect(tensors[place.name][place.index]).toBe(valueAt(seen, address));
              if (quantity === 'V' && config.tieWeights) continue;
              expect(parameterOf(config, addressOfParameter(config, place))).toEqual(place);
              expect(valueAt(seen, addressOfParameter(config, place))).toBe(valueAt(seen, address));
              places.add(`${place.name} ${place.index}`);
              const gradient: Address = { ...address, quantity: `d${quantity}` as Quantity };
              expect(parameterOf(config, gradient)).toEqual(place);
              expect(gradients[place.name][place.index]).toBe(valueAt(seen, gradient));
            }
        }
    expect(places.size).toBe(seen.parameters.length); // every one, once
    expect(parameterOf(config, { quantity: 'h', t: 1, unit: 0 })).toBeNull();
    expect(parameterOf(config, { quantity: 'da', t: 1, unit: 0 })).toBeNull();
  });
});

test('a number has the symbol of the book, with its layer where there are several', () => {
  expect(symbolOf({ quantity: 'h', t: 17, unit: 9 })).toBe('h(17)[9]');
  expect(symbolOf({ quantity: 'dW', gate: 'r', unit: 9, column: 0 })).toBe('∇W_r[9,0]');
  expect(symbolOf({ quantity: 'h', t: 0, unit: 2, layer: 1 }, 2)).toBe('h_1(0)[2]');
  expect(symbolOf({ quantity: 'gate', gate: 'o', t: 3, unit: 1 }, 2)).toBe('o_gate,0(3)[1]');
  expect(symbolOf({ quantity: 'dhLater', t: 3, unit: 1 })).toBe('∇h_later(3)[1]');
  expect(symbolOf({ quantity: 'loss', t: 3 }, 2)).toBe('L(3)');
});
