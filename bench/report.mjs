// docs/performance.md, made from the figures of bench/results.json and the notes of bench/performance-notes.md. No measuring here.

import { lengthTarget, samplingTarget, shareTargets, targets, threadTarget } from './cases.mjs';
import * as checkpointing from './checkpointing.mjs';
import * as footprint from './footprint.mjs';
import * as gated from './gated.mjs';
import * as gpu from './gpu.mjs';
import * as kernels from './kernels.mjs';
import * as latency from './latency.mjs';
import { describe } from './machine.mjs';
import { number, percent, table, verdict } from './markdown.mjs';
import * as scaling from './scaling.mjs';
import * as softmax from './softmax.mjs';
import * as steps from './steps.mjs';

/** The parts of a run by the names that `--only` takes. Each has title, measure(options) and render(figures). */
export const sections = {
  steps,
  gated,
  kernels,
  scaling,
  sampling: latency,
  memory: footprint,
  checkpointing,
  softmax,
  gpu,
};

/** results: { section: { made, options, figures } }. */
export function page(results, notes) {
  const present = Object.entries(sections).filter(([name]) => results[name]);
  const first = results[present[0][0]];
  const dates = new Set(present.map(([name]) => results[name].made.date));
  dates.delete(first.made.date);
  const parts = ['# Performance', opening(first)];
  for (const date of dates) {
    const later = present.filter(([name]) => results[name].made.date === date);
    parts.push(
      `Measured at another time: ${later.map(([, { title }]) => `*${title}*`).join(', ')}. ${provenance(results[later[0][0]])}`,
    );
  }
  parts.push(reading, '## Targets', targetTables(results));
  for (const [name, { title, render }] of present) parts.push(`## ${title}`, render(results[name].figures));
  return `${[...parts, notes.trim()].join('\n\n')}\n`;
}

function opening(result) {
  const versions = Object.entries(result.figures.versions ?? {}).map((entry) => entry.join(' '));
  return `${provenance(result)} Machine: ${describe(result.made)}. Versions: ${versions.join(', ')}.
[bench/results.json](../bench/results.json) has every figure of every round. \`bench/report.mjs\` writes this page, which is not edited by hand.`;
}

function provenance({ made, options }) {
  const { date, commit, uncommitted } = made;
  const state = `${commit?.slice(0, 10)}${uncommitted ? ' with uncommitted changes' : ''}`;
  const { rounds, seconds, clock } = options;
  return `Made with \`${options.command}\` on ${date.slice(0, 10)} at commit ${state}: ${rounds} rounds, turns of ${seconds} s, ${clock} time.`;
}

const reading = `Read the ratios, not the absolute figures. All contestants take turns within every round of one run, so that a slow moment of the machine affects
all of them. Ratios are taken within a round; the figures are medians over the rounds, with the quartiles in parentheses, or with half the distance between the quartiles as the
spread. \`unrolled\` is WebAssembly alone, and \`unrolled+blas\` leaves its large products to the native BLAS. Both use one thread unless another number is given. Every
contestant is a process of its own ([bench/peers](../bench/peers/README.md)).`;

export function targetTables(results) {
  const cases = [results.steps, results.gated].flatMap((result) => result?.figures.cases ?? []);
  return [cases.length > 0 && comparisons(cases), others(results, cases)].filter(Boolean).join('\n\n');
}

/** Measured / target, against PyTorch and the other JavaScript libraries. */
function comparisons(cases) {
  const rows = cases.map(({ case: name, contestants, toJavascript }) => {
    const find = (contestant, wanted) => contestants.find((c) => c.contestant === contestant && wanted(c.threads));
    const pair = (wanted) => ({
      wasm: find('unrolled', wanted)?.toTorch?.median,
      blas: find('unrolled+blas', wanted)?.toTorch?.median,
    });
    const goal = targets[name];
    const { all, untuned } = toJavascript;
    const ratios = (rival) => ({ wasm: rival?.wasm?.median, blas: rival?.blas?.median });
    return [
      name,
      ...judged(
        pair((threads) => threads === 1),
        goal.torch,
      ),
      ...judged(
        pair((threads) => threads > 1),
        goal.threads,
      ),
      ...judged(ratios(all), goal.javascript),
      all?.rival ?? '–',
      untuned ? `${number(untuned.wasm?.median)}, ${number(untuned.blas?.median)}: ${untuned.rival}` : '–',
    ];
  });
  const threads = Math.max(...cases.flatMap(({ contestants }) => contestants.map((c) => c.threads)));
  const all = threads > 1 ? `${threads} threads` : 'all threads';
  return [
    `Each cell has the measured value and its target. The first columns compare with PyTorch on as many threads. The others compare, on one thread, with the fastest other JavaScript
library: first *tuned* by hand where its own gradients are slow, and then as its users write it. Where a target names neither WebAssembly nor BLAS, it judges the faster of the two.`,
    table(
      [
        ...['case', '× PyTorch, WebAssembly', 'BLAS', `${all}: WebAssembly`, `${all}: BLAS`],
        ...['× JavaScript, WebAssembly', 'BLAS', 'the fastest', '× the fastest untuned: WebAssembly, BLAS'],
      ],
      rows,
    ),
  ].join('\n\n');
}

/** Two cells: a value is judged by its own target, or the better of them by that for the best. */
function judged(values, goal = {}) {
  const best = (values.blas ?? 0) > (values.wasm ?? 0) ? 'blas' : 'wasm';
  return ['wasm', 'blas'].map((kind) => {
    const target = goal[kind] ?? (goal.best && kind === best ? goal.best : undefined);
    return target === undefined ? number(values[kind]) : verdict(values[kind], target);
  });
}

/** Shares of ceilings, threads, length, sampling. */
function others({ scaling: sized, sampling }, cases) {
  const rows = [];
  const share = (value, target) => {
    if (!Number.isFinite(value)) return `not measured / ${percent(target)}`;
    return `${percent(value)} / ${percent(target)} ${value >= target ? 'met' : '**missed**'}`;
  };
  for (const { case: name, B, H, contestants } of cases) {
    const one = (contestant) => contestants.find((c) => c.contestant === contestant && c.threads === 1);
    if (shareTargets.cases.includes(name)) {
      const [wasm, blas] = [one('unrolled'), one('unrolled+blas')];
      rows.push([`${name}: of WebAssembly's SIMD ceiling`, share(wasm?.ofCeiling?.median, shareTargets.wasm)]);
      rows.push([`${name}, BLAS: of sgemm at 1024³`, share(blas?.ofCeiling?.median, shareTargets.blas)]);
      rows.push([
        `${name}, BLAS: of sgemm at [${B}, ${H}] × [${H}, ${H}]`,
        share(blas?.ofRecurrent?.median, shareTargets.blas),
      ]);
    }
    for (const { contestant, label, threads, toOneThread } of contestants)
      if (threads === 2 && B >= threadTarget.leastBatch && contestant !== 'torch' && toOneThread)
        rows.push([`${name}: ${label} × one`, verdict(toOneThread.median, threadTarget.ratio)]);
  }
  if (sized) {
    const { above, below } = scaling.lengthSpread(sized.figures);
    const far = Math.max(above, below);
    const met = far <= lengthTarget ? 'met' : '**missed**';
    rows.push([
      'cost per token, T from 16 to 4,096: farthest from its median',
      `${percent(far, 1)} / ${percent(lengthTarget)} ${met}`,
    ]);
  }
  for (const { H, draw, contestants } of sampling?.figures.sampling ?? []) {
    const ours = contestants.find((c) => c.contestant === 'unrolled');
    if (H === samplingTarget.H && ours?.toTorch)
      rows.push([
        `a token at H = ${H}, ${draw ? 'drawn' : 'read'} × PyTorch`,
        verdict(ours.toTorch.median, samplingTarget.ratio),
      ]);
  }
  return rows.length > 0 ? table(['', 'measured / target'], rows) : '';
}
