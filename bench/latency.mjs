// What a user waits for: one more token while sampling, a text's loss, and the first update of `unrolled train`.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { samplingTarget } from './cases.mjs';
import { number, spread, table, withQuartiles } from './markdown.mjs';
import { quartiles, ratio, takeTurns, warn } from './measure.mjs';
import { startPeer } from './peers.mjs';

export const title = 'Sampling, evaluation, start';

const root = fileURLToPath(new URL('..', import.meta.url));
const C = 65;
const sampling = [128, samplingTarget.H].flatMap((H) => [false, true].map((draw) => ({ H, C, draw })));
const evaluation = [
  { H: 128, C, T: 4096, B: 1 },
  { H: 512, C, T: 4096, B: 1 },
  { H: 512, C, T: 128, B: 32 },
];

export async function measure({ rounds, seconds, peers }) {
  const open = [await startPeer('unrolled')];
  if (peers.includes('torch')) open.push(await startPeer('torch'));
  try {
    const ready = open.filter(({ label, available, reason }) => available || warn(`not measured: ${label}: ${reason}`));
    const run = async (task, requests) => {
      const results = [];
      for (const sizes of requests) results.push(await compare(ready, task, sizes, rounds, seconds));
      return results;
    };
    const versions = Object.assign({}, ...ready.map((peer) => peer.versions));
    return {
      versions,
      sampling: await run('sample', sampling),
      evaluation: await run('evaluate', evaluation),
      start: await startUp(Math.max(3, rounds)),
    };
  } finally {
    for (const peer of open) await peer.stop();
  }
}

/** The same task of every contestant: milliseconds of a step in each round, and × PyTorch. */
async function compare(peers, task, sizes, rounds, seconds) {
  const request = { task, case: JSON.stringify(sizes), ...sizes };
  const results = [];
  for (const peer of peers) {
    const { losses, error } = await peer.measure({ ...request, seconds: 0 });
    results.push({ contestant: peer.name, losses, ...(error && { error }) });
    if (error) warn(`${task}: ${peer.name}: ${error}`);
  }
  const sound = results.map((result, i) => ({ result, peer: peers[i] })).filter(({ result }) => !result.error);
  const runners = sound.map(({ peer }) => ({
    name: peer.name,
    turn: async () => (await peer.measure({ ...request, seconds: seconds / 2 })).msPerStep ?? null,
  }));
  const values = await takeTurns(runners, rounds, `${task} H ${sizes.H}`);
  const torch = values[sound.findIndex(({ peer }) => peer.name === 'torch')];
  const reference = sound.at(-1).result.losses;
  sound.forEach(({ result }, i) => {
    result.msPerRound = values[i];
    result.ms = quartiles(values[i]);
    result.toTorch = ratio(torch, values[i]);
    // without drawing, all contestants read the same tokens through the same weights
    const apart = Math.max(...result.losses.slice(0, 4).map((loss, k) => Math.abs(loss / reference[k] - 1)));
    if (!(apart < 1e-4))
      warn(
        `WARNING ${task} H ${sizes.H}: ${result.contestant}: its losses are ${apart} apart from ${sound.at(-1).peer.name}'s`,
      );
  });
  return { ...sizes, contestants: results };
}

/** Seconds from the start of the process to the first update, as it tells by itself; beside what Node and PyTorch take to start. */
async function startUp(rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'unrolled-bench-'));
  try {
    const train = [
      'dist/cli/main.js',
      'train',
      'texts/the-clockmakers-river.txt',
      '--updates',
      '2',
      '--json',
      '--overwrite',
    ];
    const runners = [
      {
        name: 'unrolled train',
        turn: () => untilOutput(process.execPath, [...train, '--out', join(folder, 'model')], '"update"'),
      },
      { name: 'node alone', turn: () => untilOutput(process.execPath, ['-e', 'console.log("ready")'], 'ready') },
    ];
    const python = process.env.PYTHON ?? (process.platform === 'linux' ? '/usr/bin/python3' : 'python3');
    try {
      execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
      runners.push({
        name: 'import torch',
        turn: () => untilOutput(python, ['-c', 'import torch; print("ready")'], 'ready'),
      });
    } catch {
      // no PyTorch
    }
    const values = await takeTurns(runners, rounds, 'start');
    return runners.map(({ name }, i) => ({ name, secondsPerRound: values[i], seconds: quartiles(values[i]) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function untilOutput(command, args, text) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let seen = '';
    let seconds;
    child.stdout.on('data', (chunk) => {
      seen += chunk;
      if (seconds === undefined && seen.includes(text)) seconds = (performance.now() - begin) / 1000;
    });
    child.stderr.on('data', (chunk) => {
      seen += chunk;
    });
    child.on('error', reject);
    child.on('close', () =>
      seconds === undefined ? reject(new Error(`${args.join(' ')}: no ${text} in ${seen}`)) : resolve(seconds),
    );
  });
}

export function render({ sampling, evaluation, start }) {
  const names = { unrolled: 'unrolled', torch: 'PyTorch' };
  const rows = (results, what, figure) =>
    results.flatMap(({ contestants, ...sizes }) =>
      contestants.map(({ contestant, error, ms, toTorch }) => [
        sizes.H,
        what(sizes),
        names[contestant],
        ...(error ? [error] : [figure(ms.median, sizes), spread(ms), withQuartiles(toTorch)]),
      ]),
    );
  return [
    `One stream of tokens is read one after another, with C = ${C} and one thread. A token that is *read* gives the next state and the logits; PyTorch runs \`RNN\` and \`Linear\` under
\`no_grad\` on a one-hot row made beforehand. When the next token is also *drawn*, unrolled samples it, and PyTorch calls \`softmax\`, \`multinomial\` and \`item\`. Both give the same losses.`,
    table(
      ['>H', 'a token is', '', '>µs', '>spread', '>× PyTorch'],
      rows(
        sampling,
        ({ draw }) => (draw ? 'read, and the next drawn' : 'read'),
        (ms) => number(1000 * ms),
      ),
    ),
    'Texts are evaluated on one thread. PyTorch runs under `no_grad`, with the whole text in one window.',
    table(
      ['>H', 'texts', '', '>tokens/s', '>spread', '>× PyTorch'],
      rows(
        evaluation,
        ({ B, T }) => (B === 1 ? `one of ${number(T + 1)} tokens` : `${B} of ${number(T + 1)} side by side`),
        (ms, { B, T }) => number((1000 * B * T) / ms),
      ),
    ),
    'The time is that from the start of the process to the first update of `unrolled train` on the built-in text, with the defaults.',
    table(
      ['', '>s', '>spread'],
      start.map(({ name, seconds }) => [name, seconds.median.toFixed(2), spread(seconds)]),
    ),
  ].join('\n\n');
}
