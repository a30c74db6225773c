// Whole training steps: this library beside its peers and beside the machine's ceilings, the same network, ids and first weights for all.
// Every contestant is a process of its own, and the losses of its first steps tell whether it does the same work.

import { availableParallelism } from 'node:os';
import { allCases, cases, operations } from './cases.mjs';
import { openCeiling, openSgemm } from './ceiling.mjs';
import { number, percent, spread, table, withQuartiles } from './markdown.mjs';
import { quartiles, ratio, takeTurns, warn } from './measure.mjs';
import { javascriptPeers, startPeer } from './peers.mjs';

export const title = 'Training steps';

/** Contestants whose products are a BLAS's. */
const onBlas = ['unrolled+blas', 'torch', 'numpy'];
/** What a contestant may take for a case, in seconds, if it is slow. */
const patience = 7;
/** How far a loss at the start may be from ln C, and its fall from that of the others, beside what sums in float32 round. As shares. */
const tolerance = { first: 0.05, fall: 0.02, rounding: 1e-6 };

/** The contestants: this library and PyTorch on one thread and on all, the other peers on one. */
function contestantsOf({ peers, clock }) {
  const all = availableParallelism();
  const threaded = clock === 'wall' && all > 1 ? [1, all] : [1]; // the clock of a process adds its threads up
  const names = ['unrolled', 'unrolled+blas', ...peers];
  return names.flatMap((name) => {
    const threads = name.startsWith('unrolled') || name === 'torch' ? threaded : [1];
    return threads.map((count) => ({ name, threads: count }));
  });
}

export const caseNames = Object.keys(cases);
export const measure = (options) => measureCases(caseNames, options);

/** Those of the cases that the options ask for. */
export async function measureCases(known, options) {
  const names = options.cases.filter((name) => known.includes(name));
  const ceiling = await openCeiling();
  const sgemm = await openSgemm();
  const peers = [];
  const absent = [];
  try {
    for (const { name, threads } of contestantsOf(options)) {
      const peer = await startPeer(name, { threads });
      if (peer.available) peers.push(peer);
      else absent.push(`${peer.label}: ${peer.reason}`);
    }
    for (const reason of absent) warn(`not measured: ${reason}`);
    const versions = Object.assign({}, ...peers.map((peer) => peer.versions));
    const results = [];
    for (const name of names) results.push(await runCase(name, peers, ceiling, sgemm, options));
    return { versions, absent, ceilingKind: ceiling.kind, cases: results };
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

async function runCase(name, peers, ceiling, sgemm, { rounds, seconds, clock }) {
  const sizes = allCases[name];
  const { B, H } = sizes;
  const milliseconds = clock === 'cpu' ? 'cpuMsPerStep' : 'msPerStep';
  const suited = peers.filter((peer) => B > 1 || peer.threads === 1); // one sequence is not shared among threads
  const results = suited.map(({ name: contestant, label, threads }) => ({ contestant, label, threads }));
  const runners = [
    { name: 'ceiling', turn: ceiling.multiplyAdds },
    ...(sgemm ? [{ name: 'sgemm', turn: () => sgemm(1024, 1024, 1024) }] : []),
    ...(sgemm ? [{ name: 'recurrent', turn: () => sgemm(B, H, H) }] : []),
  ];
  const fixed = runners.length;
  for (const [i, peer] of suited.entries()) {
    const { peakMiB, case: _, ...opened } = await peer.measure({ case: name, ...sizes, seconds: 0 });
    Object.assign(results[i], opened);
    const turn = async () => {
      if (results[i].error) return null;
      const reply = await peer.measure({ case: name, ...sizes, seconds });
      if (reply.error) results[i].error = reply.error;
      else results[i].losses = reply.losses;
      return reply[milliseconds] ?? null;
    };
    const length = opened.firstMs - (opened.compileMs ?? 0);
    const turns = opened.error ? 0 : Math.max(1, Math.floor((1000 * patience) / Math.max(length, 1000 * seconds)));
    runners.push({ name: peer.label, turn, turns });
  }
  const values = await takeTurns(runners, rounds, name);
  const byName = Object.fromEntries(runners.slice(0, fixed).map((runner, i) => [runner.name, values[i]]));
  results.forEach((result, i) => {
    if (!result.error) result.msPerRound = values[fixed + i];
  });
  return summarize(name, results, byName);
}

function summarize(name, results, { ceiling, sgemm, recurrent }) {
  const { B, T } = allCases[name];
  const work = operations(allCases[name]);
  const find = (contestant, threads) => results.find((r) => r.contestant === contestant && r.threads === threads);
  for (const result of results) {
    if (result.error) continue;
    const gflops = result.msPerRound.map((ms) => (ms === null ? null : work / ms / 1e6));
    const top = onBlas.includes(result.contestant) ? sgemm : ceiling;
    result.gflops = quartiles(gflops);
    result.tokensPerSecond = quartiles(result.msPerRound.map((ms) => (ms === null ? null : (1000 * B * T) / ms)));
    result.ofCeiling = ratio(
      gflops,
      top?.map((value) => value * result.threads),
    );
    if (onBlas.includes(result.contestant))
      result.ofRecurrent = ratio(
        gflops,
        recurrent?.map((value) => value * result.threads),
      );
    result.toTorch = ratio(find('torch', result.threads)?.msPerRound, result.msPerRound);
    if (result.threads > 1) result.toOneThread = ratio(find(result.contestant, 1)?.msPerRound, result.msPerRound);
  }
  compareLosses(name, results);
  return {
    case: name,
    ...allCases[name],
    ceiling: { ...quartiles(ceiling), perRound: ceiling },
    sgemm: sgemm && { ...quartiles(sgemm), perRound: sgemm },
    recurrent: recurrent && { ...quartiles(recurrent), perRound: recurrent },
    contestants: results,
    toJavascript: toJavascript(results),
  };
}

/** × the fastest of the other JavaScript libraries, and × the fastest of them as their users write them. */
function toJavascript(results) {
  const others = results.filter((r) => javascriptPeers.includes(r.contestant) && !r.error);
  const fastest = (list) => list.toSorted((a, b) => b.tokensPerSecond.median - a.tokensPerSecond.median)[0];
  const against = (rival) =>
    rival && {
      rival: rival.contestant,
      wasm: ratio(rival.msPerRound, results.find((r) => r.label === 'unrolled')?.msPerRound),
      blas: ratio(rival.msPerRound, results.find((r) => r.label === 'unrolled+blas')?.msPerRound),
    };
  return {
    all: against(fastest(others)),
    untuned: against(fastest(others.filter((r) => !r.contestant.endsWith('-tuned')))),
  };
}

/** Nobody skips work: all begin near ln C, and by the same updates all losses fall by the same. */
function compareLosses(name, results) {
  const guess = Math.log(allCases[name].C);
  const reference = results.find((r) => r.contestant === 'torch' && !r.error) ?? results.find((r) => !r.error);
  for (const result of results) {
    if (result.error) continue;
    const complain = (text, figures) => {
      result.warning = text;
      warn(
        `WARNING ${name}: ${result.label}: ${text} (${figures.map(number).join(' / ')}); it may not do the same work`,
      );
    };
    const { losses, ownNetwork } = result;
    if (!(Math.abs(losses[0] - guess) <= tolerance.first * guess)) complain('begins far from ln C', [losses[0], guess]);
    const updates = Math.min(losses.length, reference.losses.length) - 1;
    if (ownNetwork || updates < 1) continue;
    const [fall, expected] = [losses, reference.losses].map((list) => list[0] - list[updates]);
    result.lossFall = { updates, ofReference: fall / expected };
    if (!(Math.abs(fall - expected) <= tolerance.fall * expected + tolerance.rounding * guess))
      complain(`its loss falls otherwise than ${reference.label}'s`, [fall, expected]);
  }
}

export const render = (figures) => renderCases(figures, legend);

/** One table a case. */
export function renderCases({ cases: results, absent, ceilingKind }, legend) {
  const parts = results.map((result) => {
    const { case: name, B, T, H, C, cell, embedding, ceiling, sgemm, recurrent, contestants } = result;
    const kind = `${cell ? `, ${cell.toUpperCase()}` : ''}${embedding ? ', an embedding of size H' : ''}`;
    const blas = sgemm
      ? `; sgemm ${number(sgemm.median)} GFLOP/s at 1024³, ${number(recurrent.median)} at [${B}, ${H}] × [${H}, ${H}]`
      : '';
    const ceilings = `WebAssembly's ceiling ${number(ceiling.median)} GFLOP/s (${ceilingKind})${blas}`;
    return [
      `### ${name}: B ${B}, T ${T}, H ${H}, C ${number(C)}${kind}`,
      `One core: ${ceilings}.`,
      table(
        ['', '>tokens/s', '>spread', '>GFLOP/s', '>of its ceiling', '>× PyTorch', '>fall of the loss', ''],
        contestants.map(row),
      ),
    ].join('\n\n');
  });
  const backends = results[0].contestants.filter(({ about }) => about).map(({ label, about }) => `${label}: ${about}`);
  const missing = absent.length ? [`Not measured: ${absent.join('; ')}.`] : [];
  return [legend, `Backends: ${backends.join('; ')}.`, ...parts, ...missing].join('\n\n');
}

const legend = `A step is the forward pass, back-propagation and SGD. The columns tokens/s and GFLOP/s are medians over the rounds; the spread is half the distance between the quartiles.
GFLOP/s count only useful work, which is 6 (H² + H C) operations for a token (and 6 H² more behind an embedding). The *ceiling* is WebAssembly's rate of multiply-adds. For unrolled+blas, torch and numpy it is
sgemm at 1024³, and in parentheses sgemm of the shape of the recurrence. Ceilings are multiplied by the number of threads. *× PyTorch* is the median of the ratios within the rounds, with its quartiles, to PyTorch
with the same number of threads. The *fall of the loss* says how much the first updates reduced the loss, as a share of what they did in PyTorch from the same weights on the same text; 1 means that the work was the
same. In a *tuned* contestant parts of the gradient are written by hand where the library's own gradient is slow.`;

function row({
  label,
  error,
  warning,
  gflops,
  tokensPerSecond,
  ofCeiling,
  ofRecurrent,
  toTorch,
  lossFall,
  compileMs,
  msPerRound,
}) {
  if (error) return [label, '', '', '', '', '', '', error];
  const turns = msPerRound.filter((ms) => ms !== null).length;
  const notes = [
    warning && `**${warning}**`,
    compileMs && `compiled in ${number(compileMs / 1000)} s`,
    turns < msPerRound.length && (turns === 1 ? 'one turn' : `${turns} turns`),
  ].filter(Boolean);
  return [
    label,
    number(tokensPerSecond.median),
    spread(tokensPerSecond),
    number(gflops.median),
    percent(ofCeiling?.median) + (ofRecurrent ? ` (${percent(ofRecurrent.median)})` : ''),
    withQuartiles(toTorch),
    lossFall ? lossFall.ofReference.toFixed(3) : '–',
    notes.join(', '),
  ];
}
