// How the cost of a training step grows with T, B and H, and how it shrinks with threads. Each size takes its turn in every round.

import { availableParallelism } from 'node:os';
import { lengthTarget, threadTarget } from './cases.mjs';
import { openCeiling, openThreadsCeiling } from './ceiling.mjs';
import { number, percent, spread, table, verdict, withQuartiles } from './markdown.mjs';
import { exponent, median, quartiles, ratio, stopwatch, takeTurns, warn } from './measure.mjs';
import { openTraining } from './unrolled.mjs';

export const title = 'Scaling';

const powers = (from, to) => Array.from({ length: Math.log2(to / from) + 1 }, (_, i) => from * 2 ** i);

/** What varies, and what stays. The fit leaves out sizes where a step is mostly what every step costs. */
const series = [
  { name: 'T', values: powers(16, 4096), sizes: { B: 32, H: 256, C: 65 }, fitFrom: 16 },
  { name: 'B', values: powers(1, 256), sizes: { T: 32, H: 256, C: 65 }, fitFrom: 8 },
  { name: 'H', values: powers(64, 1024), sizes: { T: 32, B: 32, C: 65 }, fitFrom: 128 },
];
/** Sizes at which threads are compared. */
const shared = [
  { B: 8, T: 32, H: 512, C: 65 },
  { B: 32, T: 32, H: 256, C: 65 },
  { B: 32, T: 32, H: 512, C: 65 },
  { B: 64, T: 32, H: 512, C: 65 },
];

export async function measure({ rounds, seconds }) {
  const results = [];
  for (const { name, values, sizes, fitFrom } of series) {
    const times = await timesOf(
      values.map((value) => ({ sizes: { ...sizes, [name]: value }, how: {} })),
      { rounds, seconds: seconds / 3, title: `scaling in ${name}` },
    );
    const medians = times.map(median);
    const fitted = values.map((_, i) => i).filter((i) => values[i] >= fitFrom);
    results.push({
      name,
      sizes,
      values,
      fitFrom,
      msPerRound: times,
      exponent: exponent(
        fitted.map((i) => values[i]),
        fitted.map((i) => medians[i]),
      ),
    });
  }
  return { series: results, threads: await threads({ rounds, seconds }) };
}

/** Milliseconds of a step, an array of rounds for each { sizes, how }. */
async function timesOf(settings, { rounds, seconds, title }) {
  const open = [];
  try {
    for (const { sizes, how } of settings) open.push(await openTraining(sizes, how));
    const runners = open.map(({ step }) => stopwatch('', step, seconds));
    return await takeTurns(runners, rounds, title);
  } finally {
    for (const { close } of open) await close();
  }
}

/** Steps on 1, 2, 4, … threads and on all, in WebAssembly and with the BLAS; and what the machine gives to that many. */
async function threads({ rounds, seconds }) {
  const all = availableParallelism();
  if (all < 2) return null;
  const counts = [...new Set([...powers(1, 2 ** Math.floor(Math.log2(all))), all])];
  const machine = await openThreadsCeiling(await openCeiling(), all);
  const runners = counts.map((count) => ({ name: `${count}`, turn: () => machine.all(count) }));
  const ceiling = await takeTurns(runners, rounds, 'threads');
  await machine.close();
  const results = [];
  for (const sizes of shared) {
    for (const blas of [false, true]) {
      try {
        const settings = counts.map((count) => ({ sizes, how: { threads: count, blas } }));
        const msPerRound = await timesOf(settings, {
          rounds,
          seconds: seconds / 2,
          title: `threads, B ${sizes.B}, H ${sizes.H}`,
        });
        const ratios = msPerRound.map((times) => ratio(msPerRound[0], times));
        results.push({ sizes, blas, msPerRound, ratios });
      } catch (error) {
        if (!blas) throw error;
        warn(`threads: not measured with a BLAS: ${error.message}`);
        break;
      }
    }
  }
  return { counts, ceiling, ceilingRatios: ceiling.map((values) => ratio(values, ceiling[0])), results };
}

/** The largest and the smallest cost per token in T, as shares of the median cost. */
export function lengthSpread({ series }) {
  const { values, msPerRound } = series.find(({ name }) => name === 'T');
  const costs = msPerRound.map((times, i) => median(times) / values[i]);
  const middle = median(costs);
  return { above: Math.max(...costs) / middle - 1, below: 1 - Math.min(...costs) / middle };
}

export function render({ series, threads }) {
  const parts = [
    'These are whole training steps, as above, on one thread in WebAssembly. The exponent p is that of time ≈ a · sizeᵖ, by least squares on the logarithms.',
  ];
  for (const { name, sizes, values, fitFrom, msPerRound, exponent } of series) {
    const fixed = Object.entries(sizes).map((entry) => entry.join(' '));
    const rows = msPerRound.map((times, i) => {
      const { B, T } = { ...sizes, [name]: values[i] };
      const ms = quartiles(times);
      return [values[i], number(ms.median), number((1e6 * ms.median) / (B * T)), spread(ms)];
    });
    const from = fitFrom > values[0] ? ` from ${name} = ${fitFrom} on` : '';
    parts.push(`### ${name}, with ${fixed.join(', ')}: exponent ${exponent.toFixed(2)}${from}`);
    if (name === 'T') parts.push(lengthVerdict({ series }));
    parts.push(table([`>${name}`, '>ms a step', '>ns a token', '>spread'], rows));
  }
  parts.push('### Threads', threads ? renderThreads(threads) : 'Not measured: this machine has one thread.');
  return parts.join('\n\n');
}

function lengthVerdict(figures) {
  const { above, below } = lengthSpread(figures);
  const kept = Math.max(above, below) <= lengthTarget;
  return `The cost per token from T = 16 to 4,096 is at most ${percent(above, 1)} above its median and ${percent(below, 1)} below it. The target was to stay within ${percent(lengthTarget)}: ${kept ? 'met' : '**missed**'}.`;
}

function renderThreads({ counts, ceilingRatios, results }) {
  const more = counts.slice(1);
  const rows = results.map(({ sizes, blas, ratios }) => {
    const cells = ratios.slice(1).map((q, i) => {
      const judged = more[i] === 2 && sizes.B >= threadTarget.leastBatch;
      return withQuartiles(q) + (judged ? `: ${verdict(q.median, threadTarget.ratio)}` : '');
    });
    return [`B ${sizes.B}, T ${sizes.T}, H ${sizes.H}${blas ? ', BLAS' : ''}`, ...cells];
  });
  const machine = [
    'multiply-adds on registers: what the machine gives',
    ...ceilingRatios.slice(1).map((q) => withQuartiles(q)),
  ];
  return table(['× one thread', ...more.map((count) => `${count} threads`)], [machine, ...rows]);
}
