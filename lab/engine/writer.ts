// Writes text with a model, a token at a time, and keeps what the page shows of it: how likely each token was, what else could have stood there,
// and the state h. The tokens are those of the library's `sample` with the same seed. Positions may be fixed: a text is then branched off
// another at the first one that is not, with the same random numbers from there on.

import { type Backend, type Model, type Tokenizer } from '../../src/index.ts';
import { candidates, logSoftmax, Random, type SamplingOptions, samplingSettings, Unrolled } from '../../src/core.ts';
import type { Written } from '../protocol.ts';

export interface WriteOptions extends SamplingOptions {
  /** Text to read first. */
  readonly prime: string;
  /** The first tokens, where they are given. */
  readonly fixed: readonly number[];
  /** Tokens in all, the fixed ones included. */
  readonly length: number;
  readonly seed: number;
  /** How many candidates are told at each position. */
  readonly alternatives: number;
}

export class Writer {
  private readonly net: Unrolled;
  private readonly model: Model;

  constructor(backend: Backend, model: Model) {
    this.model = model;
    this.net = new Unrolled(backend, model.config, { steps: 1, batch: 1, output: 'logits', frozen: true });
  }

  /**
   * Pauses after every token.
   * @throws UnrolledError for a prime with characters that the text does not have, listing them
   */
  *write(parameters: ArrayLike<number>, options: WriteOptions): Generator<void, Written> {
    const { fixed, length, alternatives: K } = options;
    const { net } = this;
    const { hiddenSize: H, numLayers } = net.config;
    const prompt = promptIds(this.model.tokenizer!, options.prime);
    const settings = samplingSettings(options);
    const random = new Random(options.seed);
    const written: Written = {
      ids: new Int32Array(length),
      surprisals: new Float32Array(length),
      alternatives: new Int32Array(length * K).fill(-1),
      probabilities: new Float32Array(length * K),
      states: new Float32Array(K > 0 ? length * H : 0),
    };
    net.setParameters(parameters);
    net.resetState();
    for (const id of prompt) {
      this.read(id);
      yield;
    }
    for (let n = 0; n < length; n++) {
      const logits = net.logitsOf(0);
      const drawn = draw(candidates(logits, [], settings), random);
      const id = n < fixed.length ? fixed[n] : drawn;
      const logs = logSoftmax(logits);
      written.ids[n] = id;
      written.surprisals[n] = -logs[id];
      if (K > 0) {
        const order = Array.from(logs.keys()).sort((a, b) => logs[b] - logs[a] || a - b);
        order.slice(0, K).forEach((other, k) => {
          written.alternatives[n * K + k] = other;
          written.probabilities[n * K + k] = Math.exp(logs[other]);
        });
      }
      this.read(id);
      if (K > 0) written.states.set(net.state(numLayers - 1, 0), n * H);
      yield;
    }
    return written;
  }

  private read(id: number): void {
    this.net.tokens[0] = id;
    this.net.forward();
    this.net.carryState();
  }
}

/** As the library does: an empty prime is read as a line end, or where there is none as the first token. */
function promptIds(tokenizer: Tokenizer, prime: string): number[] {
  const ids = Array.from(tokenizer.encode(prime, { where: 'prime' }));
  if (ids.length > 0) return ids;
  if (tokenizer.level === 'byte') return [10];
  return [
    Math.max(
      0,
      tokenizer.vocabulary.findIndex((token) => token === '\n' || token === '<eos>'),
    ),
  ];
}

function draw({ ids, probabilities }: ReturnType<typeof candidates>, random: Random): number {
  let left = random.uniform();
  for (let i = 0; i < ids.length; i++) {
    left -= probabilities[i];
    if (left < 0) return ids[i];
  }
  let best = 0;
  for (let i = 1; i < ids.length; i++) if (probabilities[i] > probabilities[best]) best = i;
  return ids[best]; // rounding left a hair of the unit interval over
}
