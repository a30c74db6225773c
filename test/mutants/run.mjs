// `npm run test:mutants` plants the faults of faults.mjs, one at a time, in copies of the tree under the folder for temporary files, and runs the one
// test file that should notice. A fault is caught when the named test fails; a file that does not load has caught nothing. The working tree is only
// read. Before that, the same tests have to pass without a fault.
//
//   npm run test:mutants                      all of them, and a table
//   npm run test:mutants -- --room training   those of a room
//   npm run test:mutants -- --only adam       those whose words have `adam` in them
//   npm run test:mutants -- --write           the table also goes into docs/reliability.md, if every fault was caught

import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faults } from './faults.mjs';
import { tableOf, withTable } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What the build makes, and the tests need. */
const built = ['src/engine/binaries.ts', 'src/engine/kernels.ts', 'assembly/dispatch.ts', 'assembly/cells.ts'];
/** A run of a test file that takes longer hangs. */
const limitMs = 240_000;

const { values } = parseArgs({
  options: {
    room: { type: 'string' },
    only: { type: 'string' },
    jobs: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    write: { type: 'boolean', default: false },
  },
});
const chosen = faults.filter(
  ({ room, fault, file, test, name }) =>
    (values.room === undefined || room === values.room) &&
    (values.only === undefined || [fault, file, test, name].some((words) => words.includes(values.only))),
);

/** A copy of the tree as it is now, with packages that are links to ours, so that nothing in it leads back into the working tree. */
function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), 'unrolled-mutant-'));
  const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  for (const path of [...tracked.split('\0').filter(Boolean), ...built]) {
    if (!existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    copyFileSync(join(root, path), join(copy, path));
  }
  const packages = join(copy, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!['.cache', '.vite', '.vite-temp', '.vitest'].includes(name))
      symlinkSync(join(root, 'node_modules', name), join(packages, name));
  return copy;
}

/** Runs a command in a process group of its own, which is ended as a whole when it takes too long. */
function command(copy, args, limit = limitMs) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      process.kill(-child.pid, 'SIGKILL');
    }, limit);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, said, isLate });
    });
  });
}

const escaped = (text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Runs the tests of a file whose names contain one of `names`: what vitest says of each, or why there was nothing to say. */
async function runTests(copy, file, names) {
  const report = join(copy, '.report.json');
  rmSync(report, { force: true });
  const { said, isLate } = await command(copy, [
    join('node_modules', 'vitest', 'vitest.mjs'),
    ...['run', file, '-t', names.map(escaped).join('|'), '--reporter=json', `--outputFile=${report}`],
    ...(file.endsWith('.long.test.ts') ? ['--mode', 'all'] : []),
  ]);
  if (isLate) return { problem: `no answer within ${limitMs / 1000} seconds`, isLate };
  if (!existsSync(report)) return { problem: `vitest ended without a report: ${said.slice(-300)}` };
  const results = JSON.parse(readFileSync(report, 'utf8')).testResults;
  const tests = results
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed' || status === 'failed');
  if (tests.length > 0) return { tests };
  return {
    problem: `no test ran: ${
      results
        .map(({ message }) => message)
        .join(' ')
        .slice(0, 300) || 'none has the name'
    }`,
  };
}

/** How the tests of a name fared: `failed` if one of them did. */
function outcomeOf({ tests, problem, isLate }, name) {
  if (isLate) return { verdict: 'hangs', detail: problem };
  if (problem) return { verdict: 'did not load', detail: problem };
  const own = tests.filter(({ fullName }) => fullName.includes(name));
  if (own.length === 0) return { verdict: 'no such test', detail: `none of ${tests.length} has this name` };
  const failed = own.find(({ status }) => status === 'failed');
  return failed
    ? { verdict: 'failed', detail: firstLine(failed.failureMessages[0]) }
    : { verdict: 'passed', detail: '' };
}

const firstLine = (message = '') => message.split('\n', 1)[0].slice(0, 100);

/** Plants a fault in a copy, asks the named test, and takes the fault out again. */
async function judge(copy, { file, text, replacement, test, name }) {
  const path = join(copy, file);
  const right = readFileSync(path, 'utf8');
  const isKernel = file.startsWith('assembly/');
  const kept = isKernel ? built.map((each) => readFileSync(join(copy, each))) : [];
  try {
    writeFileSync(
      path,
      right.replace(text, () => replacement),
    );
    if (isKernel) {
      const { code, said } = await command(copy, ['scripts/build-kernels.mjs']);
      if (code !== 0) return { verdict: 'did not load', detail: `the kernels do not compile: ${said.slice(-200)}` };
    }
    return outcomeOf(await runTests(copy, test, [name]), name);
  } finally {
    writeFileSync(path, right);
    kept.forEach((bytes, i) => void writeFileSync(join(copy, built[i]), bytes));
  }
}

/** Gives the items to the copies, each the next when it is free. */
async function shared(copies, items, work) {
  const left = [...items];
  const take = async (copy) => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(copy, item);
  };
  await Promise.all(copies.map(take));
}

const words = { failed: 'caught', passed: 'SURVIVED', hangs: 'HANGS', 'did not load': 'DOES NOT LOAD' };

async function main() {
  const misplaced = chosen.filter(({ file, text }) => readFileSync(join(root, file), 'utf8').split(text).length !== 2);
  for (const { fault, file } of misplaced) console.error(`${file}: expected the text of "${fault}" once`);
  if (misplaced.length > 0) return 1;

  const start = performance.now();
  const copies = Array.from({ length: Math.max(1, Number(values.jobs)) }, copyTree);
  const end = () => copies.forEach((copy) => void rmSync(copy, { recursive: true, force: true }));
  process.on('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

  const byFile = Map.groupBy ? Map.groupBy(chosen, ({ test }) => test) : new Map();
  if (byFile.size === 0) for (const fault of chosen) byFile.set(fault.test, [...(byFile.get(fault.test) ?? []), fault]);
  let wrong = 0;
  await shared(copies, byFile, async (copy, [file, those]) => {
    const names = [...new Set(those.map(({ name }) => name))];
    const result = await runTests(copy, file, names);
    for (const name of names) {
      const { verdict, detail } = outcomeOf(result, name);
      if (verdict === 'passed') continue;
      wrong++;
      console.error(`without a fault: ${file}, "${name}": ${verdict}; ${detail}`);
    }
  });
  if (wrong > 0) return 1;
  console.log(`${byFile.size} test files pass without a fault (${Math.round((performance.now() - start) / 1000)} s)`);

  let survived = 0;
  await shared(copies, chosen, async (copy, fault) => {
    const { verdict, detail } = await judge(copy, fault);
    if (verdict !== 'failed') survived++;
    console.log(
      `${(words[verdict] ?? verdict).padEnd(13)} ${fault.room.padEnd(10)} ${fault.fault}; ${fault.test}: ${detail}`,
    );
  });
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`${chosen.length - survived} of ${chosen.length} faults caught by their tests, in ${seconds} s`);
  if (survived > 0) return 1;
  if (values.write && chosen.length === faults.length) {
    const path = join(root, 'docs/reliability.md');
    writeFileSync(path, withTable(readFileSync(path, 'utf8'), tableOf(faults)));
    console.log('docs/reliability.md has the table');
  }
  return 0;
}

process.exitCode = await main();
