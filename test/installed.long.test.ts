// The package as npm installs it, from the packed tarball into an empty folder, without a network: every command and program of README.md, of
// docs/guide.md and of the help runs there as it is printed, but for the length of training with the command line.

import { type ExecFileSyncOptions, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands.ts';
import { root, temporaryFolder } from './cli/support.ts';
import { writeClassifier } from './support/saved-classifier.ts';
import { chirp, wav } from './support/sound.ts';

const folder = temporaryFolder();
const isWindows = process.platform === 'win32';
const environment = {
  ...process.env,
  PATH: [join(folder, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  npm_config_offline: 'true',
};
const installed = join(folder, 'node_modules/unrolled');

/** Runs npm without a network and with a cache of its own, so that nothing comes from elsewhere. */
function npm(...args: string[]): string {
  const options: ExecFileSyncOptions = { cwd: folder, stdio: 'pipe', shell: isWindows, env: environment };
  return String(execFileSync('npm', [...args, '--ignore-scripts', '--cache', join(folder, 'cache')], options));
}

beforeAll(() => {
  expect(existsSync(join(root, 'dist/lab/index.html')), 'npm run build').toBe(true);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const parts = [root, ...Object.keys(dependencies).map((name) => join(root, 'node_modules', name))];
  for (const part of parts) npm('pack', part, '--silent');
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  expect(tarballs).toHaveLength(parts.length);
  npm('install', '--no-audit', '--prefer-offline', ...tarballs.map((name) => `./${name}`));
}, 300_000);

/** An empty folder in the project. */
function empty(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

/** Recordings of two words, a table of them, and one more. */
function writeRecordings(place: string): void {
  const rows = ['path,word'];
  for (const [word, from, to] of [
    ['up', 300, 900],
    ['down', 900, 300],
  ] as const) {
    mkdirSync(join(place, 'recordings', word), { recursive: true });
    for (let i = 0; i < 6; i++) {
      const path = `recordings/${word}/${i}.wav`;
      writeFileSync(join(place, path), wav(chirp(from + 20 * i, to, 0.2)));
      rows.push(`${path},${word}`);
    }
  }
  writeFileSync(join(place, 'list.csv'), `${rows.join('\n')}\n`);
  writeFileSync(join(place, 'new.wav'), wav(chirp(350, 850, 0.2)));
}

/** A line of a shell with less training: an option that is given later wins. */
function shortened(line: string): string {
  if (/\bunrolled train /.test(line)) return `${line.replace(/ --epochs \d+/, '')} --updates 2`;
  return /\bunrolled gradcheck/.test(line) ? `${line.replace(/ --samples \d+/, '')} --samples 2` : line;
}

/** Runs a line of a shell; what it writes. */
function shell(line: string, cwd: string): string {
  return execFileSync(line, { cwd, env: environment, encoding: 'utf8', shell: true, stdio: 'pipe' });
}

/** `unrolled lab …` until its page has answered. */
async function visit(line: string, cwd: string): Promise<void> {
  const args = line.split(' ').slice(1);
  const command = join(installed, 'dist/cli/main.js');
  const child = spawn(process.execPath, [command, ...args.filter((arg) => arg !== '--open'), '--port', '0'], { cwd });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let written = '';
      child.stdout.on('data', (chunk) => {
        written += chunk;
        const [found] = /http:\/\/\S+/.exec(written) ?? [];
        if (found && written.includes('\n')) resolve(found);
      });
      child.stderr.on('data', (chunk) => reject(new Error(String(chunk))));
      child.once('exit', (code) => reject(new Error(`exit code ${code}`)));
    });
    expect(await (await fetch(address)).text()).toContain('<script type="module"');
    const licenses = await (await fetch(new URL('/licenses.txt', address))).text();
    for (const name of ['preact', '@preact/signals', 'uplot'])
      expect(licenses).toMatch(new RegExp(`^${name} \\d`, 'm'));
  } finally {
    child.kill();
  }
}

/** Runs a line, or visits the page that it serves. */
async function run(line: string, cwd: string): Promise<void> {
  if (/\bunrolled lab\b/.test(line)) await visit(line.replace(/^npx /, ''), cwd);
  else {
    const printed = shell(shortened(line), cwd);
    const [, file] = / > (\S+)$/.exec(line) ?? []; // what is printed is in a file
    expect(file === undefined ? printed : readFileSync(join(cwd, file), 'utf8'), line).not.toBe('');
  }
}

test('the package is complete: licenses, types, texts, the page, and nothing of the tests', () => {
  const names = readdirSync(installed, { recursive: true }) as string[];
  for (const name of [
    'LICENSE',
    'dist/index.d.ts',
    'dist/unrolled.1',
    'dist/unrolled.js',
    'dist/unrolled.licenses.txt',
    'texts/weather.csv',
    'models/models.json',
    'models/pos/README.md',
    'models/shakespeare/model.safetensors',
  ])
    expect(existsSync(join(installed, name)), name).toBe(true);
  expect(names.filter((name) => /\.test\.|\.ts$/.test(name) && !name.endsWith('.d.ts'))).toEqual([]);
});

test.each(['README.md', 'docs/guide.md'])('every file that %s links to is there', (page) => {
  const text = readFileSync(join(installed, page), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, path]) => path);
  expect(links.length).toBeGreaterThan(10);
  for (const path of links) expect(existsSync(join(installed, page, '..', path)), path).toBe(true);
});

describe('README.md', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const lines = [...readme.matchAll(/^npx unrolled [^#\n]*/gm)].map(([line]) => line.trim());
  const place = join(folder, 'readme');
  beforeAll(() => empty('readme'));

  test('has a program and five commands', () => {
    expect(lines).toHaveLength(5);
    expect(readme.match(/```js\n/g)).toHaveLength(1);
  });

  test('its program', () => {
    const [, program] = /```js\n([\s\S]*?)```/.exec(readme)!;
    writeFileSync(join(place, 'program.mjs'), program.replace('epochs: 5', 'updates: 30'));
    expect(shell('node program.mjs', place)).toMatch(/held-out loss \d/);
  });

  for (const line of lines) test(line, () => run(line, place));
});

describe('docs/guide.md', () => {
  const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
  const programs = [...guide.matchAll(/```js\n(\/\/ Program (\d+): (.*)\n[\s\S]*?)```/g)];
  const lines = [...guide.matchAll(/^unrolled .*$/gm)].map(([line]) => line);
  const place = join(folder, 'guide');
  beforeAll(() => writeRecordings(empty('guide')));

  /** A number or a sentence that each program must print. */
  const printed = [
    /epoch \d+: \d\.\d{3} nats per character\n/,
    /^Ó Briain is Irish, with probability [01]\.\d\d\n\d+ % of the held-out names are right/,
    /^\d+ % of the held-out words are right\nThe\/DET /,
    /^mean squared error \d+\.\d\d; repeating the last value \d+\.\d\d; skill 0\.\d\d\n(row \d+: -?\d+\.\d °C\n){3}$/,
    /stands .*\n.*runs .*\n.*runs .*\n.*runs .*\n.*stands .*\n.*stands /,
    /^next for Ada: \{ label: .* for Bo: \{ label: /,
    /^the same text: true\n$/,
    /^the same text: true\n$/,
    /bit for bit: true\n$/,
  ];

  test('has its programs, numbered in order, no other JavaScript, and commands for every task', () => {
    expect(programs.map(([, , number]) => Number(number))).toEqual(printed.map((_, i) => i + 1));
    expect(guide.match(/^```js$/gm)).toHaveLength(programs.length);
    expect(lines.length).toBeGreaterThan(13);
  });

  for (const [, code, number, title] of programs)
    test(`program ${number}: ${title}`, () => {
      writeFileSync(join(place, `program-${number}.mjs`), code);
      expect(shell(`node program-${number}.mjs`, place)).toMatch(printed[Number(number) - 1]);
    });

  for (const line of lines) test(line, () => run(line, place));
});

describe('the help', () => {
  const place = join(folder, 'help');
  beforeAll(() => writeClassifier(empty('help')));

  // over MPI only where it is: test/cli/mpi.long.test.ts
  for (const { name, examples } of commands)
    for (const { line } of examples)
      if (!line.startsWith('mpirun ')) test(`of ${name}: ${line}`, () => run(line, place));
});
