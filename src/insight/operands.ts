// The arrays that stand behind a number: for each factor of its formula (equations.ts) the stretch of numbers that the sum runs over, or, where nothing is
// summed, that factor for all units. For pictures of an operation; `explain` has the terms one by one.

import { addressOf, isIndicator, type Letters, operationAt, range } from './explain.ts';
import { type Factor, lettersOf } from './notation.ts';
import { type Address, quantities, sizesOf } from './quantities.ts';
import type { Trace } from './trace.ts';

/** A stretch of numbers that stands behind a number: a factor of its formula. */
export interface Operand {
  /** The term of the operation that it belongs to, from 0. */
  readonly term: number;
  /** One after the other; of a factor of one number that alone. */
  readonly addresses: readonly Address[];
  /** What changes from one to the next; null for one number alone. */
  readonly along: 't' | 'unit' | 'column' | null;
  /** The one that the number comes of; null where all of them are summed. */
  readonly at: number | null;
}

/**
 * The operands of a number, in the order of its formula; none for what is given. A one-hot vector picks one column of a weight, and is then left out.
 * @throws UnrolledError for an address that the trace does not have
 */
export function operandsOf(trace: Trace, address: Address): Operand[] {
  const found = operationAt(trace, address);
  if (!found) return [];
  return found.operation.terms.flatMap(({ factors }, term) => {
    let letters: Letters = found.letters;
    let summed: { letter: string; values: readonly number[] } | undefined;
    const all = new Set(factors.flatMap(({ reference }) => lettersOf(reference)));
    for (const letter of [...all].sort((a, b) => Number(b === 't') - Number(a === 't'))) {
      if (letters[letter] !== undefined) continue;
      const values = range(trace, letter, factors, letters);
      if (values.length === 1 && factors.some((factor) => isPicked(trace, factor, letter)))
        letters = { ...letters, [letter]: values[0] };
      else summed ??= { letter, values };
    }
    return factors
      .filter((factor) => factors.length === 1 || !isPicked(trace, factor, factor.reference.unit, summed?.letter))
      .map((factor) => ({ term, ...operand(trace, factor, letters, summed) }))
      .filter(({ addresses }) => addresses.length > 0);
  });
}

/** Whether a factor is a one-hot vector over a letter, at a step that is known. */
function isPicked(trace: Trace, { reference }: Factor, letter: string | undefined, summed?: string): boolean {
  const layer = reference.layer === '0' || (reference.layer === 'l' && trace.config.numLayers === 1) ? 0 : 1;
  return reference.unit === letter && summed !== 't' && isIndicator(trace, { quantity: reference.quantity, layer });
}

function operand(
  trace: Trace,
  { reference }: Factor,
  letters: Letters,
  summed: { letter: string; values: readonly number[] } | undefined,
): Omit<Operand, 'term'> {
  if (summed && lettersOf(reference).includes(summed.letter)) {
    const addresses = summed.values.map((value) => addressOf(trace, reference, { ...letters, [summed.letter]: value }));
    const along = summed.letter === 't' ? 't' : reference.unit === summed.letter ? 'unit' : 'column';
    return { addresses: addresses.filter((each) => each !== undefined), along, at: null };
  }
  const one = addressOf(trace, reference, letters);
  if (!one) return { addresses: [], along: null, at: null };
  const { fields }: { fields: readonly string[] } = quantities[one.quantity];
  if (!fields.includes('unit')) return { addresses: [one], along: null, at: 0 };
  const { unit: count } = sizesOf(trace.config, one.quantity, one.layer ?? 0);
  return {
    addresses: Array.from({ length: count }, (_, unit) => ({ ...one, unit })),
    along: 'unit',
    at: one.unit!,
  };
}
