// Two baselines without a network: the loss on the held-out text of models that only count the tokens of the training text. c are the counts, N is
// the number of tokens, C the size of the vocabulary, and s(v) the number of different tokens that follow v.
//
//   unigram   p(w) = (c(w) + 1) / (N + C)                                  (Laplace)
//   bigram    p(w | v) = (c(v, w) + s(v) p(w)) / (c(v) + s(v))             (Witten and Bell 1991)

import { log } from '../../elementary.ts';
import type { Ids } from './tokenizer.ts';

/** Mean negative log-likelihoods, nats per token. */
export interface Baselines {
  /** The loss of p(w) = (c(w) + 1) / (N + C), which knows only how frequent each token is (Laplace). */
  readonly unigram: number;
  /** The loss of p(w | v) = (c(v, w) + s(v) p(w)) / (c(v) + s(v)), which knows the token before (Witten and Bell 1991). */
  readonly bigram: number;
}

/**
 * Computes the losses of two models that only count the tokens of the training text, in nats per token; every held-out token but the first is
 * predicted once.
 */
export function baselines(training: Ids, heldOut: Ids, vocabSize: number): Baselines {
  const counts = new Uint32Array(vocabSize); // c(w)
  const before = new Uint32Array(vocabSize); // c(v): how often anything follows v
  const kinds = new Uint32Array(vocabSize); // s(v)
  const pairs = new Map<number, number>(); // c(v, w)
  const pair = (v: number, w: number): number => v * vocabSize + w;
  for (let i = 0; i < training.length; i++) counts[training[i]]++;
  for (let i = 1; i < training.length; i++) {
    const v = training[i - 1];
    const key = pair(v, training[i]);
    const seen = pairs.get(key) ?? 0;
    pairs.set(key, seen + 1);
    before[v]++;
    if (seen === 0) kinds[v]++;
  }
  let unigram = 0;
  let bigram = 0;
  for (let i = 1; i < heldOut.length; i++) {
    const [v, w] = [heldOut[i - 1], heldOut[i]];
    const p = (counts[w] + 1) / (training.length + vocabSize);
    unigram -= log(p);
    const total = before[v] + kinds[v];
    bigram -= log(total === 0 ? p : ((pairs.get(pair(v, w)) ?? 0) + kinds[v] * p) / total);
  }
  const tokens = heldOut.length - 1;
  return { unigram: unigram / tokens, bigram: bigram / tokens };
}
