// The adaptive softmax beside the full one at a vocabulary of words: the speed of a training step and what it needs in memory. Words are drawn by
// Zipf's law, most frequent first, because that is what the adaptive softmax lives on.

import { number, table, withQuartiles } from './markdown.mjs';
import { ratio, stopwatch, takeTurns, warn } from './measure.mjs';
import { library, openBackend, openStep } from './unrolled.mjs';

export const title = 'Adaptive softmax';

const sizes = { B: 32, T: 35, H: 256, C: 33000 };

export async function measure({ rounds, seconds }) {
  const { checkConfig, parameterCount } = await library();
  const config = (softmax) => checkConfig({ vocabSize: sizes.C, hiddenSize: sizes.H, embeddingSize: sizes.H, softmax });
  if (parameterCount(config('adaptive')) === parameterCount(config('full'))) {
    warn('softmax: this build has no adaptive softmax');
    return { sizes, missing: 'this build has no adaptive softmax' };
  }
  const contestants = [];
  for (const blas of [false, true]) {
    for (const softmax of ['full', 'adaptive']) {
      try {
        contestants.push({ softmax, blas, ...(await open(config(softmax), blas)) });
      } catch (error) {
        warn(`softmax: not measured${blas ? ' with a BLAS' : ''}: ${error.message}`);
      }
    }
  }
  const times = await takeTurns(
    contestants.map(({ softmax, step }) => stopwatch(softmax, step, seconds)),
    rounds,
    'softmax',
  );
  for (const { close } of contestants) await close();
  const full = (blas) => times[contestants.findIndex((one) => one.softmax === 'full' && one.blas === blas)];
  return {
    sizes,
    results: contestants.map(({ softmax, blas, about, parameters, mib, losses }, i) => ({
      ...{ softmax, blas, about, parameters, workspaceMiB: mib, losses, msPerRound: times[i] },
      speed: ratio(full(blas), times[i]),
    })),
  };
}

async function open(config, blas) {
  const { initialize, Random } = await library();
  const { B, T, C } = sizes;
  const { backend, close } = await openBackend({ blas });
  const { net, step } = await openStep(backend, config, 0.1, { steps: T, batch: B });
  net.parameters.set(initialize(config, { init: 'uniform' }));
  const random = new Random(1);
  const word = () => Math.floor(C ** random.uniform(0, 1)) - 1; // p(rank) ∝ 1 / rank
  for (let i = 0; i < T * B; i++) {
    net.tokens[i] = word();
    net.targets[i] = word();
  }
  const losses = [step(), step(), step()];
  return { step, losses, close, about: backend.name, parameters: net.parameters.length, mib: net.bytes / 2 ** 20 };
}

export function render({ sizes: { B, T, H, C }, missing, results }) {
  const what = `B ${B}, T ${T}, H ${H}, C ${number(C)}, an embedding of size H, words by Zipf's law; one thread`;
  if (missing) return `${what}. Not measured: ${missing}.`;
  const rows = results.map(({ softmax, blas, parameters, workspaceMiB, losses, msPerRound, speed }) => {
    const tokens = (1000 * B * T) / msPerRound.toSorted((a, b) => a - b)[msPerRound.length >> 1];
    return [
      `${softmax}${blas ? ', BLAS' : ''}`,
      number(tokens),
      withQuartiles(speed),
      number(parameters),
      number(workspaceMiB),
      `${losses[0].toFixed(2)} → ${losses.at(-1).toFixed(2)}`,
    ];
  });
  return [
    `${what}. The figures are those of training steps; the loss is that before the first and before the third update, from random weights.`,
    table(['softmax', '>tokens/s', '>× full', '>parameters', '>workspace, MiB', '>loss'], rows),
  ].join('\n\n');
}
