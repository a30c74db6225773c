// The manual page of the command, made from the table of options, as roff with the macros of man(7). The build writes it into the package.

import { type Command, headOf, helpOfOption, type Rows, rowsOf, synopsisOf } from './options.ts';

/** The page for a version. */
export function manPage(commands: readonly Command[], version: string): string {
  return [
    `.TH UNROLLED 1 "" "unrolled ${version}" "User Commands"`,
    '.SH NAME',
    'unrolled \\- recurrent neural networks, trained by exact back\\-propagation through time',
    '.SH SYNOPSIS',
    '.B unrolled',
    '.I COMMAND',
    '[options]',
    '.SH DESCRIPTION',
    ...paragraph('unrolled trains recurrent networks on texts, sequences and tables, looks into them and runs them.'),
    ...paragraph('unrolled COMMAND --help describes a command; unrolled --version prints the version.'),
    '.SH COMMANDS',
    ...commands.flatMap(({ name, summary }) => ['.TP', `.B ${roff(name)}`, roff(`${summary}.`)]),
    ...commands.flatMap(section),
    '.SH EXIT STATUS',
    ...[
      ['0', 'done'],
      ['1', 'a failure'],
      ['2', 'a wrong request'],
      ['130, 143', 'stopped by Ctrl-C or SIGTERM'],
    ].flatMap(([code, says]) => ['.TP', `.B ${code}`, roff(says)]),
    '.SH ENVIRONMENT',
    ...[
      ['NO_COLOR', 'no color, also on a terminal'],
      ['FORCE_COLOR', 'color, also where there is no terminal; 0 stands for none'],
    ].flatMap(([name, says]) => ['.TP', `.B ${roff(name)}`, roff(says)]),
    '',
  ].join('\n');
}

function section(command: Command): string[] {
  const rows = Object.entries(rowsOf(command.groups) as Rows);
  return [
    `.SH ${roff(command.name.toUpperCase())}`,
    `.B ${roff(synopsisOf(command))}`,
    ...paragraph(`${command.summary}. ${command.operandHelp}`),
    ...rows.flatMap(([name, row]) => ['.TP', `.B ${roff(headOf(name, row))}`, roff(helpOfOption(row))]),
    ...command.examples.flatMap(({ line, says }) => [...paragraph(`${says}:`), '.PP', '.EX', roff(line), '.EE']),
  ];
}

const paragraph = (text: string): string[] => ['.PP', roff(text)];

/** A line of text as roff has it: no escape, hyphens that can be searched for, and no request at its start. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
