// npm run bench: whole training steps of this library beside its peers and beside the machine's ceiling. Absolute times on a shared
// machine wander, so all contestants take turns within every round of one run, and what counts are the ratios: medians over the rounds.
// The measuring of kernels alone is bench/kernels.mjs; how a peer is written, bench/peers/.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measure, warmUp } from './peers/protocol.mjs';
import { peerNames, startPeer } from './peers.mjs';
import { cpuModel, machine, quartiles, table } from './report.mjs';

const cases = {
  minchar: { B: 1, T: 25, H: 100, C: 65 }, // min-char-rnn's shape
  char: { B: 50, T: 50, H: 128, C: 65 }, // char-rnn's shape, one layer
  charbig: { B: 64, T: 128, H: 512, C: 65 },
  word: { B: 32, T: 35, H: 256, C: 10000 }, // embedding of size H, full softmax
  wide: { B: 64, T: 64, H: 1024, C: 256 },
};
const help = `usage: npm run bench -- [options]

Trains ${Object.keys(cases).join(', ')} for a moment with each contestant in turn, one thread each.

  --cases LIST    of ${Object.keys(cases).join(',')} (default: all)
  --peers LIST    of ${peerNames.join(',')}; or all, or none (default: torch,numpy where installed)
  --rounds N      turns of each contestant (default 5)
  --clock CLOCK   wall (default), or cpu: the process's own CPU time, steadier where other processes share the machine
  --seconds S     length of a turn (default 0.7; a turn is at least one step)
  --json FILE     write every figure there
  --help

tokens/s and GFLOP/s: median over the rounds; useful work per token is 3 (2 H² + 2 H C) operations (forward and twice that backward; a
token id costs no product). spread: interquartile range over the median. of ceiling: of the multiply-adds one core does in registers in
WebAssembly. x PyTorch: median of the ratios within the rounds. PYTHON=/path/to/python3 chooses the interpreter.`;

const slowStep = 5000; // ms: a contestant slower than this has two turns only

function refuse(message) {
  console.error(`bench: ${message}; --help lists the options`);
  process.exit(2);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        cases: { type: 'string', default: Object.keys(cases).join(',') },
        peers: { type: 'string', default: 'torch,numpy' },
        rounds: { type: 'string', default: '5' },
        clock: { type: 'string', default: 'wall' },
        seconds: { type: 'string', default: '0.7' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (!['wall', 'cpu'].includes(values.clock)) refuse(`--clock, expected wall or cpu, got ${values.clock}`);
    const list = (text, known, what) => {
      const names = [...new Set(text.split(',').filter(Boolean))];
      for (const name of names) {
        if (!known.includes(name)) refuse(`${what}, expected some of ${known.join(',')}, got ${name}`);
      }
      return names;
    };
    const number = (name, least) => {
      const value = Number(values[name]);
      return value >= least ? value : refuse(`--${name}, expected a number from ${least}, got ${values[name]}`);
    };
    const peers = { all: peerNames.join(','), none: '' }[values.peers] ?? values.peers;
    return {
      ...values,
      cases: list(values.cases, Object.keys(cases), '--cases'),
      peers: list(peers, peerNames, '--peers'),
      rounds: number('rounds', 1),
      seconds: number('seconds', 0),
    };
  } catch (error) {
    return refuse(error.message);
  }
}

/** This library, measured in this process exactly as the JavaScript peers measure themselves in theirs; with `native`, on a native BLAS. */
async function unrolled(native) {
  let opened = {};
  return {
    name: native ? 'unrolled+blas' : 'unrolled',
    versions: {},
    async measure({ case: name, seconds, ...sizes }) {
      try {
        if (opened.name !== name) {
          opened.contestant?.close?.();
          const { openCase } = await import('./unrolled-step.mjs');
          const contestant = await openCase({ ...sizes, embedding: name === 'word', native });
          const { loss } = await warmUp(() => contestant.step());
          opened = { name, contestant, loss, about: contestant.about };
        }
        const { contestant, loss, about } = opened;
        return { loss, about, ...(await measure(() => contestant.step(), seconds)) };
      } catch (error) {
        if (error.code === 'NOT_BUILT') return { error: 'not built' };
        if (native && error.name === 'UnrolledError') return { error: 'no native BLAS' };
        throw error;
      }
    },
    async stop() {
      opened.contestant?.close?.();
    },
  };
}

/** The ceiling as a function, or null with a message where it is not there to measure. */
async function openCeiling() {
  try {
    const { measureCeiling } = await import('./ceiling.mjs');
    await measureCeiling(); // compiles and warms up
    return measureCeiling;
  } catch (error) {
    console.error(`ceiling: not measured (${String(error.message).split('\n')[0]})`);
    return null;
  }
}

/** One case: every contestant opened and warmed up, then `rounds` rounds of one turn each, starting with another one every round. */
async function runCase(name, contestants, ceiling, { rounds, seconds, clock }) {
  const sizes = cases[name];
  const results = contestants.map((contestant) => ({ contestant: contestant.name, turns: [] }));
  const guess = Math.log(sizes.C);
  for (const [i, contestant] of contestants.entries()) {
    const first = await contestant.measure({ case: name, ...sizes, seconds: 0 });
    Object.assign(results[i], first.error ? { error: first.error } : { loss: first.loss, about: first.about });
    results[i].compileMs = first.compileMs;
    results[i].slow = first.msPerStep > slowStep;
    if (!first.error && !(Math.abs(first.loss - guess) <= 0.2 * guess)) {
      results[i].warning =
        `first loss ${first.loss?.toFixed(3)}, not near ln C = ${guess.toFixed(3)}: it may not do the same work`;
      console.error(`WARNING ${name}: ${contestant.name}: ${results[i].warning}`);
    }
  }
  const ceilings = [];
  for (let round = 0; round < rounds; round++) {
    if (ceiling) ceilings.push(await ceiling());
    for (let k = 0; k < contestants.length; k++) {
      const i = (k + round) % contestants.length;
      const result = results[i];
      if (result.error || (result.slow && round >= 2)) continue;
      const turn = await contestants[i].measure({ case: name, ...sizes, seconds });
      if (turn.error) result.error = turn.error;
      else result.turns[round] = clock === 'cpu' ? turn.cpuMsPerStep : turn.msPerStep;
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${name}: round ${round + 1} of ${rounds} `);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return summarize(name, results, ceilings);
}

function summarize(name, results, ceilings) {
  const { B, T, H, C } = cases[name];
  const flop = 3 * (2 * H * H + 2 * H * C) * B * T; // useful work of one step
  const top = ceilings.length ? { ...ceilings[0], gflops: quartiles(ceilings.map((c) => c.gflops)).median } : null;
  const torch = results.find((result) => result.contestant === 'torch' && !result.error);
  return {
    case: name,
    ...cases[name],
    ceiling: top && { ...top, perRound: ceilings.map((c) => c.gflops) },
    contestants: results.map(({ slow, turns, ...result }) => {
      if (result.error) return result;
      const times = quartiles(turns.filter((ms) => ms !== undefined));
      const ratios = torch ? turns.map((ms, round) => torch.turns[round] / ms).filter(Number.isFinite) : [];
      const gflops = flop / times.median / 1e6;
      return {
        ...result,
        msPerStep: times.median,
        tokensPerSecond: (B * T * 1000) / times.median,
        gflops,
        spread: (times.upper - times.lower) / times.median,
        ofCeiling: top ? gflops / top.gflops : null,
        toTorch: ratios.length ? quartiles(ratios).median : null,
        msPerRound: turns,
      };
    }),
  };
}

async function main() {
  const options = readOptions();
  if (options.help) return console.log(help);
  const ceiling = await openCeiling();
  const contestants = [await unrolled(false), await unrolled(true)];
  try {
    for (const name of options.peers) {
      const peer = await startPeer(name);
      if (peer.available) contestants.push(peer);
      else console.error(`${name}: not available (${peer.reason})`);
    }
    const versions = Object.assign({}, ...contestants.map((contestant) => contestant.versions));
    const report = { machine: machine(versions), options, cases: [] };
    console.log(
      `${cpuModel()}, Node ${process.versions.node}, ${options.rounds} rounds of ${options.seconds} s, 1 thread each, ${options.clock} time`,
    );
    console.log(
      `${Object.entries(versions)
        .map((entry) => entry.join(' '))
        .join(', ')}\n`,
    );
    for (const name of options.cases) {
      const result = await runCase(name, contestants, ceiling, options);
      report.cases.push(result);
      console.log(`${table(result)}\n`);
    }
    if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
}

await main();
