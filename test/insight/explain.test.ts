// Every number of a trace is what its formula makes of its contributors; whatever contributes has it among its consumers; the schedule never
// reads what is not yet computed; and a planted mistake is caught.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { explain, schedule } from '../../src/insight/explain.ts';
import { operationsOf } from '../../src/insight/notation.ts';
import { type Address, type Quantity, quantities, sizesOf, valueAt } from '../../src/insight/quantities.ts';
import { type Trace, trace } from '../../src/insight/trace.ts';
import { Random } from '../../src/random.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { insightModels, sampleOf } from '../support/insight.ts';

const T = 5;
const double = javascriptBackend('float64');

/** A random address of a quantity. */
function addressIn({ config, steps, gates }: Trace, quantity: Quantity, random: Random): Address {
  const kind: { fields: readonly string[]; layered?: boolean; gated?: boolean; fromZero?: boolean } =
    quantities[quantity];
  const below = (n: number) => random.next() % n;
  const layer = below(config.numLayers);
  const sizes = sizesOf(config, quantity, layer);
  const gate = gates[below(gates.length)];
  return {
    quantity,
    ...(kind.gated && gate && { gate }),
    ...(kind.fields.includes('t') && { t: kind.fromZero ? below(steps + 1) : 1 + below(steps) }),
    ...(kind.layered && { layer }),
    ...(kind.fields.includes('unit') && { unit: below(sizes.unit) }),
    ...(kind.fields.includes('column') && { column: below(Math.max(1, sizes.column)) }),
  };
}

/** The quantities that a model has. */
function presentIn(seen: Trace): Quantity[] {
  const random = new Random(1);
  return (Object.keys(quantities) as Quantity[]).filter((quantity) => {
    try {
      for (let i = 0; i < 5; i++) valueAt(seen, addressIn(seen, quantity, random));
      return true;
    } catch {
      return false;
    }
  });
}

describe.each(insightModels)('%s', (_, options) => {
  const { model, tokens, targets, state } = sampleOf(options, T, 11);
  const seen = trace(model, tokens, targets, { state, weights: [1, 0.5, 1, 2, 1] });
  const exact = trace(model, tokens, targets, { state, weights: [1, 0.5, 1, 2, 1], backend: double });
  const present = presentIn(seen);

  test('has every quantity of its cell', () => {
    const absent = new Set((Object.keys(quantities) as Quantity[]).filter((quantity) => !present.includes(quantity)));
    const wanted: Quantity[] = [];
    if (!options.cell) wanted.push('gate');
    if (options.cell !== 'gru') wanted.push('m', 'bn', 'dm', 'dbn');
    if (options.cell !== 'lstm') wanted.push('s', 'ds', 'dsLater');
    if (options.cell === 'mingru') wanted.push('W', 'dW');
    if (!options.embeddingSize) wanted.push('embedding', 'dembedding');
    if (options.tieWeights) wanted.push('dV');
    expect([...absent].sort()).toEqual(wanted.sort());
  });

  test('recomputing the formula of any number from its contributors gives the number', () => {
    const random = new Random(5);
    for (const quantity of present)
      for (let i = 0; i < (isExhaustive ? 40 : 12); i++) {
        const address = addressIn(seen, quantity, random);
        const { value, recomputed, contributors, operation } = explain(seen, address);
        // float32: a rounding for each term and each factor; a loss is the logarithm of a rounded number
        const size = contributors.reduce((sum, { amount }) => sum + Math.abs(amount), Math.abs(value));
        const scale = operation?.outer === 'softmax' ? 1 : size;
        const double = explain(exact, address);
        const isRight =
          Math.abs(recomputed - value) <= 4e-7 * scale + 1e-7 * Number(quantity === 'loss') &&
          Math.abs(double.recomputed - double.value) <= 1e-13 * Math.max(1, scale);
        const isSorted = contributors.every(
          ({ amount }, n) => n === 0 || Math.abs(contributors[n - 1].amount) >= Math.abs(amount),
        );
        if (!isRight || !isSorted) expect({ address, value, recomputed, contributors, double }).toBe(null);
      }
  });

  test('what contributes to a number has it among its consumers, and what consumes it has it among its contributors', () => {
    const random = new Random(6);
    const has = (list: readonly Address[], address: Address) =>
      list.some((other) => JSON.stringify(normal(other)) === JSON.stringify(normal(address)));
    for (const quantity of present)
      for (let i = 0; i < 3; i++) {
        const address = addressIn(seen, quantity, random);
        const { contributors, consumers } = explain(seen, address);
        for (const { factors } of contributors.slice(0, 4))
          for (const factor of factors)
            expect(
              has(explain(seen, factor.address).consumers, address),
              JSON.stringify([factor.address, address]),
            ).toBe(true);
        for (const consumer of [...consumers.slice(0, 3), ...consumers.slice(-3)]) {
          const read = explain(seen, consumer).contributors.flatMap(({ factors }) =>
            factors.map((factor) => factor.address),
          );
          expect(has(read, address), JSON.stringify([address, consumer])).toBe(true);
        }
      }
  });

  test('the schedule computes every operation, and nothing before what it reads', () => {
    const done = new Set<string>();
    const key = ({ quantity, gate, t, layer }: Address) => JSON.stringify([quantity, gate ?? '', t ?? -1, layer ?? -1]);
    const list = schedule(model.config, T);
    for (const { operation, t, layer } of list) {
      const { quantity, gate } = operation.result;
      const address: Address = {
        quantity,
        ...(gate && { gate }),
        ...(t !== undefined && { t }),
        ...(layer !== undefined && { layer }),
        ...('fields' in quantities[quantity] && { unit: 0, column: 0 }),
      };
      const { contributors } = explain(seen, address);
      for (const { factors } of contributors)
        for (const { address: read } of factors)
          if (explain(seen, read).operation) expect(done.has(key(read)), JSON.stringify([address, read])).toBe(true);
      done.add(key(address));
    }
    expect(new Set(list.map(({ operation }) => operation)).size).toBe(
      operationsOf(model.config).filter(({ text }) => model.config.numLayers > 1 || !/l[−+]1/.test(text)).length,
    );
  });

  test('a planted mistake in any array of the trace is caught', () => {
    const random = new Random(7);
    for (const quantity of ['a', 'h', 'o', 'y'] as const) {
      const array = seen[quantity];
      const broken = { ...seen, [quantity]: array.map((x) => x + 1e-3) };
      const off = Array.from({ length: 20 }, () => {
        const { value, recomputed } = explain(broken, {
          ...addressIn(seen, quantity, random),
          t: 1 + (random.next() % T),
        });
        return Math.abs(value - recomputed);
      });
      expect(Math.max(...off), quantity).toBeGreaterThan(5e-4);
    }
  });
});

/** The fields of an address in one order, without those that say nothing. */
function normal({ quantity, gate = '', t = -1, layer = 0, unit = 0, column = 0 }: Address): unknown[] {
  return [quantity, gate, t, layer, unit, column];
}

describe('a formula', () => {
  const { model, tokens, targets } = sampleOf({ vocabSize: 6, hiddenSize: 4 }, T);
  const seen = trace(model, tokens, targets);

  test('is written as the book writes it, for one element', () => {
    expect(operationsOf(model.config).map(({ number = '', text }) => `${number} ${text}`)).toEqual([
      ' x(t)[i] = 1_token(t)[i]',
      ' x(t)[i] = h_l−1(t)[i]',
      '10.8 a(t)[u] = b[u] + Σ_j W[u,j] h(t−1)[j] + Σ_i U[u,i] x(t)[i]',
      '10.9 h(t)[u] = tanh a(t)[u]',
      '10.10 o(t)[k] = c[k] + Σ_j V[k,j] h_L(t)[j]',
      '10.11 ŷ(t)[k] = exp(o(t)[k]) / Σ_n exp(o(t)[n])',
      '10.14 L(t) = Σ_k 1_y(t)[k] (−log ŷ(t)[k])',
      '10.18 ∇o(t)[k] = w(t) ŷ(t)[k] − w(t) 1_y(t)[k]',
      '10.19 ∇h_above,L(t)[u] = Σ_k V[k,u] ∇o(t)[k]',
      ' ∇h_above(t)[u] = ∇x_l+1(t)[u]',
      '10.21 ∇h_later(t)[u] = Σ_j W[j,u] ∇a(t+1)[j]',
      '10.21 ∇h(t)[u] = ∇h_above(t)[u] + ∇h_later(t)[u]',
      '10.21 ∇a(t)[u] = ∇h(t)[u] (1 − h(t)[u]²)',
      ' ∇x(t)[i] = Σ_j U[j,i] ∇a(t)[j]',
      '10.22 ∇c[k] = Σ_t ∇o(t)[k]',
      '10.23 ∇b[u] = Σ_t ∇a(t)[u]',
      '10.24 ∇V[k,u] = Σ_t ∇o(t)[k] h_L(t)[u]',
      '10.26 ∇W[u,j] = Σ_t ∇a(t)[u] h(t−1)[j]',
      '10.28 ∇U[u,i] = Σ_t ∇a(t)[u] x(t)[i]',
    ]);
    const a = operationsOf(model.config).find(({ number }) => number === '10.8')!;
    expect(a.latex).toBe('a^{(t)}_{u} = b_{u} + \\sum_{j} W_{u,j} h^{(t-1)}_{j} + \\sum_{i} U_{u,i} x^{(t)}_{i}');
    const y = operationsOf(model.config).find(({ number }) => number === '10.11')!;
    expect(y.latex).toBe('\\hat{y}^{(t)}_{k} = \\frac{e^{o^{(t)}_{k}}}{\\sum_n e^{o^{(t)}_{n}}}');
  });

  test('has balanced braces in LaTeX for every cell', () => {
    for (const [, options] of insightModels)
      for (const { latex } of operationsOf(sampleOf(options, 2).model.config)) {
        let depth = 0;
        let least = 0;
        for (const character of latex) {
          depth += character === '{' ? 1 : character === '}' ? -1 : 0;
          least = Math.min(least, depth);
        }
        expect([depth, least], latex).toEqual([0, 0]);
        expect(latex).not.toMatch(/undefined|#/);
      }
  });

  test('names the five terms that matter most first', () => {
    const { contributors, name, operation } = explain(seen, { quantity: 'a', t: 2, unit: 1 });
    expect(name).toBe('pre-activation');
    expect(operation!.number).toBe('10.8');
    expect(contributors).toHaveLength(1 + 4 + 1); // bias, four units, one token
    expect(contributors.map(({ factors }) => factors.map(({ address }) => address.quantity).join(' ')).sort()).toEqual(
      ['U x', 'W h', 'W h', 'W h', 'W h', 'b'].sort(),
    );
  });

  test('of what is given is none', () => {
    const { operation, contributors, consumers } = explain(seen, { quantity: 'h', t: 0, unit: 2 });
    expect([operation, contributors]).toEqual([null, []]);
    expect(consumers).toHaveLength(4 + 4); // a(1) of each unit, and ∇W[·, 2]
    expect(consumers[0]).toEqual({ quantity: 'a', t: 1, layer: 0, unit: 0 });
  });
});

test('an address that is not there is refused with a sentence', () => {
  const { model, tokens, targets } = sampleOf({ vocabSize: 6, hiddenSize: 4, cell: 'gru' }, T);
  const seen = trace(model, tokens, targets);
  expect(() => explain(seen, { quantity: 'h', t: 6, unit: 0 })).toThrow(/address, h: expected t from 0 to 5, got 6/);
  expect(() => explain(seen, { quantity: 'a', gate: 'q', t: 1, unit: 0 })).toThrow(/a gate of r, z, n, got q/);
  expect(() => explain(seen, { quantity: 'W', gate: 'r', unit: 0 })).toThrow(/column from 0 to 3, got undefined/);
  expect(() => explain(seen, { quantity: 's', t: 1, unit: 0 })).toThrow(
    /s: expected a model and a trace that have it, got the cell gru/,
  );
  expect(() => explain(seen, { quantity: 'h', t: 1, layer: 1, unit: 0 })).toThrow(/layer from 0 to 0, got 1/);
  expect(() => explain(seen, { quantity: 'e' as Quantity, t: 1 })).toThrow(/expected one of token, target/);
  const forward = trace(model, tokens);
  expect(() => explain(forward, { quantity: 'dh', t: 1, unit: 0 })).toThrow(/without gradients/);
});
