// The help texts, written from the tables of the commands.

import { type Command, type Option, placeholder } from './options.ts';
import { wrap } from './text.ts';

/** The list of the commands. */
export function overview(commands: readonly Command[], width: number): string {
  const pad = Math.max(...commands.map(({ name }) => name.length));
  return [
    ...wrap('unrolled: recurrent neural networks, trained by exact back-propagation through time.', width),
    '',
    'Usage: unrolled COMMAND …',
    '',
    ...commands.flatMap(({ name, summary }) => entry(name, summary, pad, width)),
    '',
    ...wrap('unrolled COMMAND --help tells more, with examples; unrolled --version tells the version.', width),
    '',
    'A first run:',
    '  unrolled train texts/the-clockmakers-river.txt --out river',
    '  unrolled sample river --prompt "The river"',
  ].join('\n');
}

/** The help of one command. */
export function helpOf(command: Command, width: number): string {
  const { name, summary, operands, operandHelp, groups, examples } = command;
  const required = groups
    .flatMap(({ options }) => Object.entries(options))
    .filter(([, option]) => option.required)
    .map(([option, { value }]) => ` --${option} ${value}`);
  const lines = [
    `Usage: unrolled ${name} ${operands}${required.join('')} [options]`,
    '',
    ...wrap(`${summary}.`, width),
    '',
    ...wrap(operandHelp, width),
  ];
  for (const { title, options } of groups) {
    lines.push('', `${title}:`);
    for (const [option, about] of Object.entries(options))
      lines.push(...entry(`--${option} ${placeholder(about)}`.trim(), describe(about), 24, width));
  }
  lines.push('', 'Examples:');
  for (const { line, says } of examples) lines.push(...wrap(says, width - 4).map((text) => `  # ${text}`), `  ${line}`);
  return lines.join('\n');
}

function describe({ help, defaultText, default: value }: Option): string {
  const text = defaultText ?? (value === undefined ? undefined : String(value));
  return text === undefined ? help : `${help} (default ${text})`;
}

/** A name and what it means, in two columns; where there is no room for two, below each other. */
function entry(name: string, text: string, pad: number, width: number): string[] {
  const narrow = width < 60;
  const indent = narrow ? 6 : pad + 4;
  const lines = wrap(text, width - indent).map((line) => ' '.repeat(indent) + line);
  const head = `  ${name}`;
  if (narrow || head.length > indent - 2) return [head, ...lines];
  return [head.padEnd(indent) + lines[0].trimStart(), ...lines.slice(1)];
}
