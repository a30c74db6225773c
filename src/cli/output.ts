// Standard output and standard error: where lines go, how wide they may be, and what happens when nobody reads them any more. And what the program
// calls itself in them.

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { UnrolledError } from '../errors.ts';
import { columns, quoted, visible, wrap } from './text.ts';

/** The reader of standard output has gone, as in `| head`. This is not an error: nobody is left to write for. */
export class ClosedPipe extends Error {}

/** What all processes of a run know to be wrong, and rank 0 says. The others end with it, and whoever started them may then end rank 0. */
export class SaidForAll extends UnrolledError {
  /** To be called once it is said: the others wait for that. */
  readonly whenSaid: () => void;

  constructor(message: string, kind: 'usage' | 'failure', whenSaid: () => void) {
    super(message, kind);
    this.whenSaid = whenSaid;
  }
}

/** Called when standard output cannot be written. A command may replace it, to save first. */
let onBroken: (error: Error) => void = () => {};

/** Sets what happens when standard output cannot be written, and returns what was set before. */
export function guardOutput(action: (error: Error) => void): (error: Error) => void {
  const before = onBroken;
  onBroken = action;
  return before;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // EIO: the terminal was closed
  if (error.code === 'EPIPE' || error.code === 'EIO') onBroken(new ClosedPipe());
  else {
    const reason = error.code === 'ENOSPC' ? 'the disk is full' : error.message;
    onBroken(new UnrolledError(`standard output: cannot be written, ${reason}`, 'failure', { cause: error }));
  }
});
process.stderr.on('error', () => {}); // there is nowhere left to report it

/** Writes a line to standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line for people to standard error. */
export function note(line: string): void {
  process.stderr.write(`${visible(line)}\n`);
}

/** The columns of the terminal, less one, so that no line wraps by itself. */
export function terminalWidth(): number {
  return Math.max(20, (process.stdout.columns || 80) - 1);
}

/** Writes a sentence, on a terminal broken between words, with `indent` before each line. */
export function say(sentence: string, indent = ''): void {
  const text = visible(sentence); // names in it may come from files
  if (!process.stdout.isTTY) print(indent + text);
  else for (const line of wrap(text, terminalWidth() - indent.length)) print(indent + line);
}

/** Whether a table of 80 columns does not fit. */
export function isNarrow(): boolean {
  return process.stdout.isTTY === true && terminalWidth() < 79;
}

/** The columns of a help text. */
export function helpWidth(): number {
  return process.stdout.isTTY ? Math.min(100, terminalWidth()) : 100;
}

/**
 * Whether colors are welcome: on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is a dumb one; and wherever FORCE_COLOR is set, unless to 0,
 * which stands for none. Where both are set FORCE_COLOR counts, as in Node.
 */
export function hasColor(): boolean {
  const { FORCE_COLOR } = process.env;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** Whether the terminal's encoding has more than ASCII. */
export function unicode(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

const styled = (code: number) => (text: string) => (hasColor() ? `\x1b[${code}m${text}\x1b[0m` : text);
export const bold = styled(1);
export const dim = styled(2);
export const green = styled(32);
export const red = styled(31);
export const cyan = styled(36);

/** Columns that stand below each other; the first row is the head. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, i) => rows.reduce((most, row) => Math.max(most, columns(row[i])), 0));
  rows.forEach((row, at) => {
    const line = row.map((cell, i) => cell + ' '.repeat(i < row.length - 1 ? widths[i] - columns(cell) : 0)).join('  ');
    print(at === 0 ? bold(visible(line)) : visible(line));
  });
}

/** The way this program was started, for lines that can be typed as they stand. */
export function programName(): string {
  const asked = process.env.UNROLLED_COMMAND;
  if (asked) return asked;
  const script = process.argv[1] ?? '';
  if (process.env.npm_command === 'exec') return 'npx unrolled';
  if (/[\\/]\.bin[\\/]unrolled$/.test(script)) return 'npx unrolled';
  return /[\\/]unrolled$/.test(script) ? 'unrolled' : `node ${relative(script)}`;
}

function relative(path: string): string {
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}

/** The command as it was given, so that it can be given again. */
export function commandLine(): string {
  return [programName(), ...process.argv.slice(2).map(quoted)].join(' ');
}

/** The version of this library. */
export function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
