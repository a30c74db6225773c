// Text for a terminal: widths, lines, numbers and durations as people read them. Pure functions.

import { count, nats, number, percent, plural } from '../tasks/phrases.ts';

export { count, nats, number, percent, plural };

/** The columns that a character takes: 2 for East Asian wide ones and pictures, 0 for marks on another character. */
function columnsOf(character: string): number {
  if (/^[\p{M}\p{Cf}]$/u.test(character)) return 0;
  return /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u.test(
    character,
  )
    ? 2
    : 1;
}

/** The columns that a line takes. */
export function columns(line: string): number {
  let sum = 0;
  for (const character of line) sum += columnsOf(character);
  return sum;
}

/** The line, cut to at most `width` columns. */
export function truncate(line: string, width: number): string {
  if (columns(line) <= width) return line;
  let cut = '';
  let used = 0;
  for (const character of line) {
    used += columnsOf(character);
    if (used > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** The lines of a text, of at most `width` columns, broken at spaces where possible; line ends in the text are kept. */
export function wrap(text: string, width: number): string[] {
  const maxColumns = Math.max(8, width);
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(/(?<= )/)) {
      if (line && columns(line + word.trimEnd()) > maxColumns) {
        lines.push(line.trimEnd());
        line = '';
      }
      let rest = word;
      while (columns(rest.trimEnd()) > maxColumns) {
        let head = '';
        for (const character of rest) {
          if (columns(head + character) > maxColumns) break;
          head += character;
        }
        lines.push(head);
        rest = rest.slice(head.length);
      }
      line += rest;
    }
    return [...lines, line.trimEnd()];
  });
}

/** A text of unknown origin, made safe for a terminal: control characters, which could move its cursor or worse, become ␛ and the like. */
export function visible(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '␡';
  });
}

/** The loss of held-out data, and the share of right classes where there are classes. */
export function heldOutText(loss: number, accuracy?: number): string {
  return `held-out ${nats(loss)}${accuracy === undefined ? '' : ` (${percent(accuracy)})`}`;
}

/** a, b or c */
export function anyOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** 12 s, 3 min 05 s, 2 h 07 min */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** 512 bytes, 12.3 KiB, 1.20 GiB */
export function byteSize(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];
  let value = bytes;
  let unit = 'bytes';
  for (const next of units) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return unit === 'bytes' ? `${value} bytes` : `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}

/** A path or a text, quoted where a shell needs it. */
export function quoted(argument: string): string {
  return /^[\w./:=@%+,~-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
