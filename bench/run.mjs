// npm run bench: speed, memory and size of this library beside its peers and beside the machine's ceilings. This file reads the options, runs the
// sections one after another (report.mjs lists them) and writes down what they find; how they measure is told in each.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allCases } from './cases.mjs';
import { describe, machine } from './machine.mjs';
import { peerNames } from './peers.mjs';
import { page, sections, targetTables } from './report.mjs';
import { library } from './unrolled.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const files = {
  results: path('results.json'),
  notes: path('performance-notes.md'),
  page: path('../docs/performance.md'),
};
const help = `usage: npm run bench -- [options]

  --only LIST     of ${Object.keys(sections).join(',')} (default: all but gpu)
  --cases LIST    of ${Object.keys(allCases).join(',')} (default: all)
  --peers LIST    of ${peerNames.join(',')};
                  or all, or none (default: torch,numpy where installed)
  --kernels TEXT  only kernels whose name contains it, e.g. productTN
  --rounds N      turns of each contestant (default 5)
  --seconds S     length of a turn of training steps (default 0.7; a turn is at least one step)
  --quick         a short look: 2 rounds of 0.2 s
  --clock CLOCK   of training steps: wall (default), or cpu, the process's own CPU time, steadier where others share the machine; one thread only
  --gpu           section gpu: on the GPU of this machine; without it on SwiftShader, where only counts mean anything
  --tflops N      section gpu: what the GPU computes in float32, for the roofline
  --gbs N         … and what its memory delivers, in GB/s
  --json FILE     write every figure there
  --write         write bench/results.json and docs/performance.md; sections that were not run keep their figures
  --render        measure nothing, write docs/performance.md from bench/results.json
  --help

PYTHON=/path/to/python3 chooses the interpreter for PyTorch and NumPy.`;

function refuse(message) {
  console.error(`bench: ${message}; --help lists the options`);
  process.exit(2);
}

function readOptions() {
  const options = Object.fromEntries(
    ['only', 'cases', 'peers', 'kernels', 'rounds', 'seconds', 'clock', 'tflops', 'gbs', 'json'].map((name) => [
      name,
      { type: 'string' },
    ]),
  );
  for (const name of ['quick', 'gpu', 'write', 'render', 'help']) options[name] = { type: 'boolean', default: false };
  try {
    const { values } = parseArgs({ options });
    const list = (name, known, otherwise) => {
      const text = values[name] ?? otherwise;
      const chosen = text === 'all' ? known : text === 'none' ? [] : [...new Set(text.split(',').filter(Boolean))];
      const stranger = chosen.find((item) => !known.includes(item));
      return stranger ? refuse(`--${name}, expected some of ${known.join(',')}, got ${stranger}`) : chosen;
    };
    const atLeast = (name, least, otherwise) => {
      const value = Number(values[name] ?? otherwise);
      return value >= least ? value : refuse(`--${name}, expected a number from ${least}, got ${values[name]}`);
    };
    if (values.write && (values.cases ?? values.kernels) !== undefined)
      refuse('--write, expected whole sections, got some cases or kernels');
    const clock = values.clock ?? 'wall';
    if (!['wall', 'cpu'].includes(clock)) refuse(`--clock, expected wall or cpu, got ${clock}`);
    return {
      ...values,
      clock,
      only: list(
        'only',
        Object.keys(sections),
        Object.keys(sections)
          .filter((name) => name !== 'gpu')
          .join(),
      ),
      cases: list('cases', Object.keys(allCases), 'all'),
      peers: list('peers', peerNames, 'torch,numpy'),
      rounds: atLeast('rounds', 1, values.quick ? 2 : 5),
      tflops: atLeast('tflops', 0, 0),
      gbs: atLeast('gbs', 0, 0),
      seconds: atLeast('seconds', 0.01, values.quick ? 0.2 : 0.7),
      command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    };
  } catch (error) {
    return refuse(error.message);
  }
}

/** Six digits are more than any figure here has. */
const asJson = (value) =>
  `${JSON.stringify(value, (_, x) => (typeof x === 'number' ? Number(x.toPrecision(6)) : x), 1)}\n`;

function readResults() {
  return existsSync(files.results) ? JSON.parse(readFileSync(files.results, 'utf8')) : {};
}

function writePage(results) {
  writeFileSync(files.page, page(results, readFileSync(files.notes, 'utf8')));
  console.error(`written: ${files.page}`);
}

function writeResults(results) {
  writeFileSync(files.results, asJson(results));
  try {
    execFileSync('npx', ['biome', 'format', '--write', files.results], {
      stdio: 'ignore',
      shell: process.platform === 'win32',
    });
  } catch {
    console.error('bench/results.json is not formatted: npm run format');
  }
}

async function main() {
  const options = readOptions();
  if (options.help) return console.log(help);
  if (options.render) return writePage(readResults());
  await library().catch((error) => refuse(error.message));
  const made = machine();
  const { only, cases, peers, rounds, seconds, clock, command } = options;
  console.log(`${describe(made)}\n${rounds} rounds, turns of ${seconds} s, ${clock} time`);
  const results = {};
  for (const name of only) {
    if (sections[name].caseNames?.every((known) => !cases.includes(known))) continue;
    const start = performance.now();
    try {
      const figures = await sections[name].measure(options);
      results[name] = { made, options: { command, cases, peers, rounds, seconds, clock }, figures };
      console.log(`\n## ${sections[name].title}\n\n${sections[name].render(figures)}`);
    } catch (error) {
      console.error(`bench: ${name}:`, error);
      process.exitCode = 1;
    }
    console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  console.log(`\n## Targets\n\n${targetTables(results)}`);
  if (options.json) writeFileSync(options.json, asJson(results));
  if (options.write) {
    const all = { ...readResults(), ...results };
    writeResults(all);
    writePage(readResults()); // as it stands on the disk, so that --render gives the same
  }
}

await main();
