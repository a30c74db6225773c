// The promise that every reader keeps whatever it is given: it returns, or throws an UnrolledError whose message is one line of bounded length; it
// changes nothing that other code shares, such as Object.prototype; it does not hang; and its memory stays within bounds.

import process from 'node:process';
import { runInThisContext } from 'node:vm';
import { UnrolledError } from '../../src/errors.ts';
import { Random } from '../../src/random.ts';
import { mutateBytes, mutateText } from './mutations.ts';
import { expectSentence, type Reader } from './readers.ts';

/** The inputs that are read before the time is looked at. */
const batch = 200;
/** The bound of a batch in milliseconds. It is generous, for a busy machine: only what hangs, or takes the square of its input, exceeds it. */
const hangMs = 100_000;
/** The most that the process may grow while a reader is attacked. */
const maxGrowth = 2 ** 30;

/** The outcomes of an attack. */
export interface Outcomes {
  readonly read: number;
  readonly refused: number;
}

/** Input number `n` of a reader: the same for the same number. */
export function inputOf(reader: Reader, n: number): string | Uint8Array {
  const random = new Random(n);
  const which = random.next();
  if (reader.kind === 'text') return mutateText(reader.inputs[which % reader.inputs.length], reader.words, random);
  return mutateBytes(reader.inputs[which % reader.inputs.length], reader.words, random);
}

/**
 * Gives a reader `count` damaged inputs, from number `first` on.
 * @throws Error that names the reader and the number of the first input that it does not take well, and shows the input
 */
export function attack(reader: Reader, count: number, first = 1): Outcomes {
  const before = process.resourceUsage().maxRSS;
  const outcomes = { read: 0, refused: 0 };
  let n = first;
  const inTurn = (): void => {
    const end = Math.min(first + count, n + batch);
    for (; n < end; n++) outcomes[outcomeOf(reader, inputOf(reader, n))]++;
  };
  while (n < first + count) {
    try {
      withinTime(inTurn);
    } catch (cause) {
      const input = inputOf(reader, n);
      const shown = JSON.stringify(typeof input === 'string' ? input : Buffer.from(input).toString('latin1'));
      throw new Error(`${reader.name}: input ${n}: ${messageOf(cause)}; the input is ${shown.slice(0, 2000)}`, {
        cause,
      });
    }
  }
  const growth = (process.resourceUsage().maxRSS - before) * 1024;
  if (growth > maxGrowth) throw new Error(`${reader.name}: took ${Math.round(growth / 2 ** 20)} MiB of memory`);
  return outcomes;
}

/** Whether a reader takes an input or refuses it. Throws where it does anything else. */
export function outcomeOf(reader: Reader, input: string | Uint8Array): keyof Outcomes {
  try {
    (reader.read as (input: string | Uint8Array) => void)(input);
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    expectSentence(error.message);
    return 'refused';
  } finally {
    expectCleanPrototypes();
  }
  return 'read';
}

/** Runs synchronous work, and throws if it does not end. */
export function withinTime(work: () => void, milliseconds = hangMs): void {
  // V8 interrupts whatever runs under this call, regular expressions too, when the time is over
  Object.defineProperty(globalThis, '__work', { value: work, configurable: true });
  try {
    runInThisContext('globalThis.__work()', { timeout: milliseconds });
  } finally {
    Reflect.deleteProperty(globalThis, '__work');
  }
}

const shared = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Number.prototype,
  Map.prototype,
];
const namesOf = (): string => shared.map((one) => Reflect.ownKeys(one).length).join();
const clean = namesOf();

function expectCleanPrototypes(): void {
  if (namesOf() !== clean) throw new Error('a prototype that all code shares was changed');
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
