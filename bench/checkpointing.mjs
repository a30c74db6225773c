// Keeping the states of every K-th step only and computing the others again on the way back: what it saves, what it costs, and that the
// gradients are the same bytes.

import { number, percent, table, withQuartiles } from './markdown.mjs';
import { ratio, stopwatch, takeTurns } from './measure.mjs';
import { openTraining } from './unrolled.mjs';

export const title = 'Checkpointing';

const sizes = { T: 4096, B: 8, H: 256, C: 65 };
const every = [16, 64, 256];

export async function measure({ rounds, seconds }) {
  const settings = [{ name: 'all states kept', window: {} }];
  for (const K of every) settings.push({ name: `every ${K}th state kept`, window: { checkpointEvery: K } });
  const open = [];
  for (const { name, window } of settings) {
    const training = await openTraining(sizes, {}, window);
    training.step();
    open.push({
      name,
      K: window.checkpointEvery ?? null,
      ...training,
      gradient: training.net.gradient.slice(),
      ...memoryOf(training, window),
    });
  }
  const [plain] = open;
  const times = await takeTurns(
    open.map(({ name, step }) => stopwatch(name, step, seconds)),
    rounds,
    'checkpointing',
  );
  for (const { close } of open) await close();
  const bytesOf = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);
  return {
    sizes,
    results: open.map(({ name, K, mib, activationsMiB, gradient }, i) => ({
      name,
      K,
      workspaceMiB: mib,
      activationsMiB,
      msPerRound: times[i],
      time: ratio(times[i], times[0]),
      sameBytes: bytesOf(gradient).equals(bytesOf(plain.gradient)),
    })),
  };
}

/** States and their gradients: what grows with the window, as the sizes say. In MiB. */
function memoryOf({ net }, { checkpointEvery: K }) {
  const { T, B, H } = sizes;
  const { numLayers: L } = net.config;
  const slabs = K ? Math.ceil(T / K) + 1 + 2 * (K + 1) : 2 * (T + 1);
  return { activationsMiB: (4 * L * slabs * B * H) / 2 ** 20 };
}

export function render({ sizes: { T, B, H, C }, results }) {
  const what = `T ${number(T)}, B ${B}, H ${H}, C ${C}, one layer, WebAssembly, one thread`;
  const rows = results.map(({ name, workspaceMiB, activationsMiB, time, sameBytes }) => [
    name,
    number(activationsMiB),
    percent(activationsMiB / results[0].activationsMiB, 1),
    number(workspaceMiB),
    withQuartiles(time),
    sameBytes ? 'the same bytes' : '**other bytes**',
  ]);
  return [
    `${what}. The activations are the states and their gradients: 2 (T + 1) B H numbers, or (T / K + 1 + 2 (K + 1)) B H with checkpoints. The workspace is everything, with weights,
logits and programs. The time is that of a training step, as a ratio to the step in which all states are kept.`,
    table(['', '>activations, MiB', '>of all kept', '>workspace, MiB', '>time', 'gradients'], rows),
  ].join('\n\n');
}
