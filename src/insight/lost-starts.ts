// Starts that are lost. A network with tanh is nearly odd: where h is a state that it knows, −h is nearly one too, with predictions that are nearly
// turned around. From the initial state a text may take the network to that other side, and where training never went there, nothing brings it back:
// it reads and writes nonsense for ever. Here a text is begun at many random places from the initial state, and each excerpt is read a second time from
// a state that is known to be good. Reading the same tokens, the two must come to the same predictions; a start that does not is lost.

import type { Backend, Floats } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import { expectInteger } from '../errors.ts';
import { expectIds, type Model } from '../network/model.ts';
import { Unrolled } from '../network/unrolled.ts';
import { Random } from '../random.ts';

export interface LostStartsOptions {
  /** The number of places in the text at which the network starts. Default: one for 3,000 tokens of the text, at least 16 and at most 400. */
  readonly starts?: number;
  /** The number of tokens that it then reads, at most as many as the text allows. Default 300. */
  readonly length?: number;
  /** The seed of the places. Default 1. */
  readonly seed?: number;
}

export interface LostStarts {
  /** The number of starts that were tried. */
  readonly tried: number;
  /** The number of tokens that were read from each. */
  readonly length: number;
  /** The places in the text from which the network was lost. */
  readonly lost: readonly number[];
}

/** The excerpts that are read side by side. */
const maxRows = 64;
/** The steps that are read at once. */
const windowSteps = 32;
/** A start is lost where, after half of its excerpt, it still costs so many nats per token more than from a good state. */
const minExcess = 1;
/** A text of fewer tokens tells nothing. */
const minTokens = 64;

/** An excerpt after it was read. */
interface Reading {
  readonly place: number;
  /** The mean loss over the second half, in nats per token. */
  readonly loss: number;
  /** The state after the last token, by the names of the window's initial states. */
  readonly state: ReadonlyMap<string, Floats>;
}

/**
 * Starts a language model at random places of a text from its initial state, and finds the starts from which it never comes to itself.
 * @returns null for a text of fewer than 64 tokens
 */
export function lostStarts(
  model: Pick<Model, 'config' | 'parameters'>,
  ids: ArrayLike<number>,
  options: LostStartsOptions = {},
  backend: Backend = createBackend(),
): LostStarts | null {
  const usual = Math.max(16, Math.min(400, Math.round(ids.length / 3000)));
  const tried = expectInteger('starts', options.starts ?? usual, 1);
  const most = expectInteger('length', options.length ?? 300, minTokens);
  const random = new Random(expectInteger('seed', options.seed ?? 1, 0, 2 ** 32 - 1));
  expectIds('lostStarts', ids, model);
  if (ids.length < minTokens) return null;
  const length = Math.min(most, ids.length - 1);
  const places = Array.from({ length: tried }, () => Math.floor(random.uniform(0, ids.length - length)));
  const read = reader(model, ids, length, Math.min(maxRows, tried), backend);
  const cold = read(places);
  const best = cold.reduce((one, other) => (other.loss < one.loss ? other : one));
  const suspects = cold.filter(({ loss }) => !(loss <= best.loss + minExcess));
  const warm = read(
    suspects.map(({ place }) => place),
    best.state,
  );
  const lost = suspects.filter(({ loss }, i) => !(loss <= warm[i].loss + minExcess));
  return { tried, length, lost: lost.map(({ place }) => place) };
}

/** How excerpts of a text are read from one state, the initial one where none is given. */
function reader(
  { config, parameters }: Pick<Model, 'config' | 'parameters'>,
  ids: ArrayLike<number>,
  length: number,
  rows: number,
  backend: Backend,
): (places: readonly number[], from?: ReadonlyMap<string, Floats>) => Reading[] {
  const { hiddenSize: H } = config;
  const steps = Math.min(windowSteps, length - 1);
  const net = new Unrolled(backend, config, { steps, batch: rows, frozen: true });
  net.setParameters(parameters);
  const readSome = (places: readonly number[], from?: ReadonlyMap<string, Floats>): Reading[] => {
    net.resetState();
    if (from)
      for (const [name, first] of net.initialStates)
        for (let row = 0; row < rows; row++) first.set(from.get(name)!, row * H);
    const sums = new Float64Array(rows);
    let counted = 0;
    for (let start = 0; start + steps < length; start += steps) {
      places.forEach((place, row) => {
        for (let t = 0; t < steps; t++) {
          net.tokens[t * rows + row] = ids[place + start + t];
          net.targets[t * rows + row] = ids[place + start + t + 1];
        }
      });
      net.forward();
      for (let t = 0; t < steps; t++) {
        if (start + t < length >> 1) continue;
        counted++;
        for (let row = 0; row < places.length; row++) sums[row] += net.nll[t * rows + row];
      }
      net.carryState();
    }
    return places.map((place, row) => ({
      place,
      loss: sums[row] / counted,
      state: new Map([...net.initialStates].map(([name, all]) => [name, all.slice(row * H, (row + 1) * H)])),
    }));
  };
  return (places, from) => {
    const groups = Array.from({ length: Math.ceil(places.length / rows) }, (_, i) =>
      places.slice(i * rows, (i + 1) * rows),
    );
    return groups.flatMap((group) => readSome(group, from));
  };
}
