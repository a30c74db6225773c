// The regular expressions of the code, and for each the inputs that are worst for it. A pattern is slow where one stretch of text can be matched in many
// ways, or where a search begins anew at every character of a stretch that it has read already. So for every repetition in a pattern there is an input
// that leads to it, goes round it a great many times, and then ends in what the pattern does not want.

import { ts, walk } from './syntax.ts';

/** The regular expressions of src/ and lab/, each with the places where it stands. `new RegExp` is given by its text. */
export function patternsOf(): { literals: Map<string, string[]>; made: string[] } {
  const literals = new Map<string, string[]>();
  const made: string[] = [];
  walk((node, path) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const places = literals.get(node.text);
      if (places) places.push(path);
      else literals.set(node.text, [path]);
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp')
      made.push(`${path}: ${node.arguments?.[0].getText()}`);
  });
  return { literals, made };
}

/** The regular expression of a literal. */
export function patternOf(literal: string): RegExp {
  const end = literal.lastIndexOf('/');
  return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}

type Node =
  | { readonly kind: 'atom'; readonly source: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly of: readonly Node[] }
  | { readonly kind: 'look'; readonly of: Node }
  | { readonly kind: 'repeat'; readonly of: Node; readonly most: number };

/** Parses what stands in the patterns of this tree: groups, looks, choices, classes, escapes and repetitions. */
function parse(source: string): Node {
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    const found = new RegExp(pattern.source, 'y');
    found.lastIndex = at;
    const text = found.exec(source)?.[0];
    if (text !== undefined) at += text.length;
    return text;
  };
  function choice(): Node {
    const of = [sequence()];
    while (take(/\|/)) of.push(sequence());
    return of.length === 1 ? of[0] : { kind: 'choice', of };
  }
  function sequence(): Node {
    const parts: Node[] = [];
    while (at < source.length && source[at] !== ')' && source[at] !== '|') parts.push(repetition());
    return { kind: 'sequence', parts };
  }
  function repetition(): Node {
    const of = atom();
    const mark = take(/[*+?]\??|\{\d+(?:,\d*)?\}\??/);
    if (!mark) return of;
    const most = mark.startsWith('?') ? 1 : Number(/^\{(?:\d+,)?(\d+)\}/.exec(mark)?.[1] ?? Number.POSITIVE_INFINITY);
    return { kind: 'repeat', of, most };
  }
  function atom(): Node {
    const open = take(/\((?:\?<?[=!:]|\?<\w+>)?/);
    if (open) {
      const of = choice();
      if (!take(/\)/)) throw new Error(`cannot parse ${source} at ${at}`);
      return /[=!]/.test(open) ? { kind: 'look', of } : of;
    }
    const text = take(
      /\[(?:\\.|[^\]\\])*\]|\\p\{[^}]*\}|\\P\{[^}]*\}|\\u\{[^}]*\}|\\u[\da-f]{4}|\\x[\da-f]{2}|\\.|[\s\S]/i,
    )!;
    return { kind: 'atom', source: text };
  }
  const root = choice();
  if (at < source.length) throw new Error(`cannot parse ${source} at ${at}`);
  return root;
}

/** Characters of which every class in the patterns has some. */
const alphabet = [
  ...'a0 \n\t\r.,-_/"\'\\<>=&;:%#!()[]{}|~^$*+?@xXdeEÉé日’⁻⁰·\0\u007f\u0085\u00a0\u2028\u0301\u200d👍∇Σ',
  '\ud800',
];

/** What stands for a place in the text and not for a character: ^, $, \b and \B. */
const isPlace = (source: string): boolean => /^[$^]$|^\\b$/i.test(source);

/** The characters that an atom matches, some of each kind. */
function charactersOf(source: string, flags: string): string[] {
  if (isPlace(source)) return [];
  const pattern = new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, ''));
  return alphabet.concat(source.length === 1 ? [source] : []).filter((character) => pattern.test(character));
}

/** A text that a node matches, with the first fitting characters. */
function exampleOf(node: Node, flags: string): string {
  switch (node.kind) {
    case 'atom':
      if (isPlace(node.source)) return '';
      return charactersOf(node.source, flags)[0] ?? (node.source.length === 1 ? node.source : '');
    case 'sequence':
      return node.parts.map((part) => exampleOf(part, flags)).join('');
    case 'choice':
      return exampleOf(node.of[0], flags);
    case 'look':
      return '';
    case 'repeat':
      return exampleOf(node.of, flags);
  }
}

/** A repetition: a text that leads to it, and texts that go round it once. */
interface Loop {
  readonly before: string;
  readonly rounds: readonly string[];
}

function loopsOf(node: Node, before: string, flags: string): Loop[] {
  switch (node.kind) {
    case 'atom':
      return [];
    case 'sequence': {
      let led = before;
      return node.parts.flatMap((part) => {
        const loops = loopsOf(part, led, flags);
        led += exampleOf(part, flags);
        return loops;
      });
    }
    case 'choice':
      return node.of.flatMap((one) => loopsOf(one, before, flags));
    case 'look':
      return loopsOf(node.of, before, flags);
    case 'repeat': {
      const own =
        node.of.kind === 'atom' ? charactersOf(node.of.source, flags).slice(0, 3) : [exampleOf(node.of, flags)];
      const loop: Loop[] = node.most > 16 ? [{ before, rounds: own.filter((round) => round !== '') }] : [];
      return [...loop, ...loopsOf(node.of, before, flags)];
    }
  }
}

/** Inputs of so many characters that are as bad for a pattern as inputs can be. */
export function* worstInputs(pattern: RegExp, length: number): Generator<string> {
  const literals = [
    ...new Set(pattern.source.replace(/\\[pP]\{[^}]*\}|\\./g, '').match(/[^[\](){}|?*+^$]/g) ?? []),
  ].slice(0, 6);
  const ends = ['', '\0', '\n', ...literals];
  for (const { before, rounds } of loopsOf(parse(pattern.source), '', pattern.flags))
    for (const round of rounds) {
      const body = before + round.repeat(Math.ceil(length / round.length));
      for (const end of ends) yield body + end;
    }
}

/** Uses a pattern on a text: all of its matches, or whether there is one. */
export function useOn(pattern: RegExp, text: string): void {
  if (pattern.global) text.replace(pattern, '');
  else pattern.exec(text);
}
