// Completion in a shell, and the manual page: what bash completes, asked of a real bash; zsh and fish where they are installed; the form of the page, and
// that groff has nothing to say against it, where it is there.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { manPage } from '../../src/cli/man-page.ts';
import { rowsOf } from '../../src/cli/options.ts';
import { temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const isThere = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

beforeAll(async () => {
  mkdirSync(join(folder, 'river'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await unrolled(['completion', shell], folder);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    writeFileSync(join(folder, `unrolled.${shell}`), stdout);
  }
});

/** What bash offers for the last of these words. */
function bash(...words: string[]): string[] {
  const program = `source ./unrolled.bash; COMP_WORDS=(unrolled "$@") COMP_CWORD=$#; _unrolled; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const written = execFileSync('bash', ['--norc', '-c', program, 'bash', ...words], { cwd: folder, encoding: 'utf8' });
  return written.split('\n').filter((line) => line !== '');
}

describe.skipIf(!isThere('bash', '--version'))('bash completes', () => {
  test('commands, options, choices, files and names', () => {
    expect(bash('')).toEqual([...commands.map(({ name }) => name), '--help', '--version']);
    expect(bash('sa')).toEqual(['sample']);
    expect(bash('train', '--sche')).toEqual(['--schedule']);
    expect(bash('train', '--no-')).toEqual(
      ['--no-header', '--no-difference', '--no-log-difference', '--no-bidirectional', '--no-report'].sort(byTable),
    );
    expect(bash('train', '--cell', '')).toEqual(['rnn', 'gru', 'lstm', 'mingru']);
    expect(bash('train', '--cell', 'g')).toEqual(['gru']);
    expect(bash('export', 'river', '--to', 'h')).toEqual(['huggingface']);
    expect(bash('train', '--seed', '')).toEqual([]);
    expect(bash('train', '--out', 'riv')).toEqual(['river']);
    expect(bash('sample', 'riv')).toEqual(['river']);
    expect(bash('sample', '@sh')).toEqual(['@shakespeare']);
    expect(bash('sample', '@', 'sh')).toEqual(['shakespeare']); // as bash divides words at @
    expect(bash('train', '@')).toEqual(['river', 'names', 'tagged', 'weather']);
    expect(bash('completion', 'z')).toEqual(['zsh']);
  });

  test('every option of every command', () => {
    const asked = commands.flatMap(({ name, groups }) =>
      Object.keys(rowsOf(groups)).map((option) => `${name} --${option}`),
    );
    const program = `source ./unrolled.bash; while read -r c o; do COMP_WORDS=(unrolled "$c" "$o") COMP_CWORD=2; _unrolled; printf "%s\\n" " \${COMPREPLY[*]} "; done`;
    const written = execFileSync('bash', ['--norc', '-c', program], {
      cwd: folder,
      encoding: 'utf8',
      input: `${asked.join('\n')}\n`,
    });
    const offered = written.split('\n').slice(0, -1);
    expect(offered).toHaveLength(asked.length);
    asked.forEach((line, i) => void expect(offered[i], line).toContain(` ${line.split(' ')[1]} `));
  });
});

/** The order of the options in their table. */
function byTable(a: string, b: string): number {
  const names = Object.keys(rowsOf(commands[0].groups));
  const place = (option: string) => Math.max(names.indexOf(option.slice(2)), names.indexOf(option.slice(5)));
  return place(a) - place(b);
}

test.skipIf(!isThere('zsh', '--version'))('zsh reads its script', () => {
  expect(spawnSync('zsh', ['-n', 'unrolled.zsh'], { cwd: folder, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});

test.skipIf(!isThere('fish', '--version'))('fish completes commands, options and choices', () => {
  const fish = (line: string): string[] =>
    execFileSync('fish', ['--no-config', '-c', `source unrolled.fish; complete -C '${line}'`], {
      cwd: folder,
      encoding: 'utf8',
    })
      .split('\n')
      .map((found) => found.split('\t')[0]);
  expect(fish('unrolled sam')).toContain('sample');
  expect(fish('unrolled train --sche')).toContain('--schedule');
  expect(fish('unrolled train --cell g')).toContain('gru');
  expect(fish('unrolled sample @sh')).toContain('@shakespeare');
});

test('another shell is a wrong request', async () => {
  const { code, stderr } = await unrolled(['completion', 'tcsh'], folder);
  expect(code).toBe(2);
  expect(stderr).toBe('unrolled: completion: expected one of bash, zsh, fish, got tcsh\n');
});

describe('the manual page', () => {
  const page = manPage(commands, '1.2.3');

  test('has a header, its sections in order, and every command, option and example', () => {
    expect(page).toMatch(/^\.TH UNROLLED 1 "" "unrolled 1\.2\.3" "User Commands"\n\.SH NAME\nunrolled \\- /);
    const sections = [...page.matchAll(/^\.SH (.*)$/gm)].map(([, title]) => title);
    expect(sections).toEqual([
      ...[
        'NAME',
        'SYNOPSIS',
        'DESCRIPTION',
        'COMMANDS',
        ...commands.map(({ name }) => name.toUpperCase().replaceAll('-', '\\-')),
      ],
      ...['EXIT STATUS', 'ENVIRONMENT'],
    ]);
    const hyphens = (text: string) => text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
    for (const { groups, examples } of commands) {
      for (const option of Object.keys(rowsOf(groups))) expect(page).toContain(hyphens(option));
      for (const { line } of examples) expect(page).toContain(`.EX\n${hyphens(line)}\n.EE`);
    }
    for (const line of page.split('\n')) expect(line).toMatch(/^(\.(TH|SH|PP|TP|B|I|EX|EE)\b|[^.'])|^$/);
  });

  test.skipIf(!isThere('groff', '--version'))('is read by groff without a warning', () => {
    const { status, stderr } = spawnSync('groff', ['-man', '-ww', '-z', '-Tutf8', '-K', 'utf8'], {
      input: page,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
