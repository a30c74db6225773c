// `unrolled completion`: a script that completes commands, options, their choices, and the names of what comes with the package, for bash, zsh or fish.
// It is made from the table of options, and is the same until the package is another.

import { expectOneOf } from '../errors.ts';
import { builtInModels, dataNames } from '../node/built-in.ts';
import { type Command, type Request, type Rows, rowsOf } from './options.ts';
import { print } from './output.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

export async function runCompletion({ operands }: Request, commands: readonly Command[]): Promise<number> {
  const shell = expectOneOf('completion', operands[0], shells);
  print({ bash, zsh, fish }[shell](commands));
  return 0;
}

/** An option as it is typed, and what may follow it. */
interface Typed {
  readonly name: string;
  /** Its choices; null where it takes something else. */
  readonly choices: readonly string[] | null;
  readonly isFlag: boolean;
  readonly isPath: boolean;
  readonly help: string;
}

function optionsOf({ groups }: Command): Typed[] {
  const help: Typed = { name: 'help', choices: null, isFlag: true, isPath: false, help: 'show the help' };
  const typed = Object.entries(rowsOf(groups) as Rows).flatMap(([name, row]): Typed[] => {
    const isFlag = row.type === 'flag';
    const one = {
      ...{ name, isFlag, help: row.help, choices: row.choices && row.type === 'choice' ? row.choices : null },
      isPath: row.type === 'text' && /DIR|FILE|PATH/.test(row.value ?? ''),
    };
    return row.negatable ? [one, { ...one, name: `no-${name}`, help: `do not ${row.help}` }] : [one];
  });
  return [...typed, help];
}

/** The names that an argument of a command may have. */
function namesOf({ reads = [] }: Command): string[] {
  const names = new Set([
    ...(reads.includes('data') ? dataNames : []),
    ...(reads.includes('models') ? builtInModels().map(({ name }) => name) : []),
  ]);
  return [...names].map((name) => `@${name}`);
}

/** What may stand in the place of an argument that is no file. */
const wordsOf = (command: Command): string[] => (command.name === 'completion' ? [...shells] : namesOf(command));

/** What may stand behind `unrolled`. */
const firstWords = (commands: readonly Command[]): string[] => [
  ...commands.map(({ name }) => name),
  '--help',
  '--version',
];

/** A shell's `case`: what to do after an option of a command that takes a value. */
function cases(
  commands: readonly Command[],
  choices: (words: readonly string[]) => string,
  path: string,
  other: string,
): string[] {
  return commands.flatMap((command) =>
    optionsOf(command)
      .filter(({ isFlag }) => !isFlag)
      .map((option) => {
        const then = option.choices ? choices(option.choices) : option.isPath ? path : other;
        return `    '${command.name} --${option.name}') ${then}; return ;;`;
      }),
  );
}

function bash(commands: readonly Command[]): string {
  const words = (list: readonly string[]) => `COMPREPLY=($(compgen -W '${list.join(' ')}' -- "$cur"))`;
  return [
    '# unrolled: completion for bash. Put into ~/.bashrc:  source <(unrolled completion bash)',
    '_unrolled() {',
    `  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} options= names= at=`,
    '  COMPREPLY=()',
    `  if [ "$COMP_CWORD" -eq 1 ]; then ${words(firstWords(commands))}; return; fi`,
    '  case "$command $prev" in',
    ...cases(commands, words, 'COMPREPLY=($(compgen -f -- "$cur"))', ':'),
    '  esac',
    '  case "$command" in',
    ...commands.map(
      (command) =>
        `    ${command.name}) options='${optionsOf(command)
          .map(({ name }) => `--${name}`)
          .join(' ')}' names='${wordsOf(command).join(' ')}' ;;`,
    ),
    '  esac',
    '  # bash may divide a word at @',
    '  case "$cur" in',
    '    -*) COMPREPLY=($(compgen -W "$options" -- "$cur")); return ;;',
    `    @) [ "$COMP_WORDBREAKS" != "\${COMP_WORDBREAKS/@/}" ] && at=@ cur= ;;`,
    '  esac',
    '  if [ "$prev" = @ ]; then at=@; fi',
    `  if [ -n "$at" ]; then COMPREPLY=($(compgen -W "\${names//@/}" -- "$cur")); return; fi`,
    '  COMPREPLY=($(compgen -W "$names" -- "$cur") $(compgen -f -- "$cur"))',
    '}',
    'complete -o filenames -F _unrolled unrolled',
  ].join('\n');
}

function zsh(commands: readonly Command[]): string {
  return [
    '#compdef unrolled',
    '# unrolled: completion for zsh. Put into ~/.zshrc, after compinit:  source <(unrolled completion zsh)',
    '_unrolled() {',
    '  local command=$words[2] cur=$words[CURRENT]',
    `  if (( CURRENT == 2 )); then compadd -- ${firstWords(commands).join(' ')}; return; fi`,
    '  case "$command $words[CURRENT-1]" in',
    ...cases(commands, (list) => `compadd -- ${list.join(' ')}`, '_files', ':'),
    '  esac',
    '  case "$command" in',
    ...commands.map((command) => {
      const options = optionsOf(command).map(({ name }) => `--${name}`);
      const names = wordsOf(command);
      const more = names.length > 0 ? `compadd -- ${names.join(' ')}; _files` : '_files';
      return `    ${command.name}) if [[ $cur == -* ]]; then compadd -- ${options.join(' ')}; else ${more}; fi ;;`;
    }),
    '  esac',
    '}',
    'if [[ $funcstack[1] == _unrolled ]]; then _unrolled; else compdef _unrolled unrolled; fi',
  ].join('\n');
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return [
    '# unrolled: completion for fish. Once:  unrolled completion fish > ~/.config/fish/completions/unrolled.fish',
    ...commands.map(
      ({ name, summary }) => `complete -c unrolled -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap((command) => {
      const start = `complete -c unrolled -n '__fish_seen_subcommand_from ${command.name}'`;
      const words = wordsOf(command);
      return [
        ...(words.length > 0 ? [`${start} -a ${quoted(words.join(' '))}`] : []),
        ...optionsOf(command).map(({ name, choices, isFlag, isPath, help }) => {
          const value = choices ? ` -x -a ${quoted(choices.join(' '))}` : isFlag ? '' : isPath ? ' -r' : ' -x';
          return `${start} -l ${name}${value} -d ${quoted(help)}`;
        }),
      ];
    }),
  ].join('\n');
}
