// JSON from files that anybody may have made. JSON.parse alone keeps the last of two equal keys in silence, and values that are nested thousands
// deep overflow the stack of whoever walks them. Here each key occurs once, and the nesting is bounded.

import { described, quoted, reasonOf, UnrolledError } from '../errors.ts';

/** The most brackets inside one another. The files that are read here have at most ten. */
const maxDepth = 100;

/**
 * Parses JSON.
 * @throws UnrolledError of that kind: one sentence that begins with `where`
 */
export function parseJson(text: string, where: string, kind: UnrolledError['kind'] = 'failure'): unknown {
  const twice = firstKeyTwice(text, where, kind);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const [, at] = /position (\d+)/.exec(reasonOf(error)) ?? [];
    throw new UnrolledError(
      `${where}: expected JSON, got text that is not${at ? `, from character ${+at + 1} on` : ''}; correct it, or put the whole text back`,
      kind,
      { cause: error },
    );
  }
  if (twice !== undefined)
    throw new UnrolledError(`${where}: expected each key once, got ${quoted(twice)} twice`, kind);
  return json;
}

/**
 * Parses a text that holds a JSON object.
 * @throws UnrolledError of kind failure: one sentence that begins with `where`
 */
export function parseObject(text: string, where: string): Record<string, unknown> {
  const json = parseJson(text, where);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw new UnrolledError(`${where}: expected a JSON object, got ${described(json)}`, 'failure');
}

/** The first key that an object has twice. Throws where the nesting is too deep; of text that is no JSON it says nothing. */
function firstKeyTwice(text: string, where: string, kind: UnrolledError['kind']): string | undefined {
  const open: (Set<string> | null)[] = []; // for each bracket that is open: the keys of an object so far, or null for a list
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : null) > maxDepth)
        throw new UnrolledError(`${where}: expected at most ${maxDepth} brackets inside one another, got more`, kind);
    } else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const start = at;
      at = endOfString(text, start);
      const keys = open.at(-1);
      if (!keys || !isKey(text, at + 1)) continue;
      const key = keyOf(text.slice(start, at + 1));
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** The place of the quote that ends the string that begins at `start`; the end of the text where none does. */
function endOfString(text: string, start: number): number {
  for (let from = start + 1; ; ) {
    const end = text.indexOf('"', from);
    if (end < 0) return text.length;
    let before = end;
    while (before > from && text[before - 1] === '\\') before--;
    if ((end - before) % 2 === 0) return end;
    from = end + 1;
  }
}

/** Whether a colon comes next, after white space. */
function isKey(text: string, start: number): boolean {
  let at = start;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return text[at] === ':';
}

/** What a key in quotes stands for. */
function keyOf(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal);
  } catch {
    return literal;
  }
}
