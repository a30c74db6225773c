// Links as tables of keys: `name=value&name=value`, for people to read and to change. A key knows its default, which is never written, and how its value
// stands in a link. Reading never throws: what is unknown, garbled or out of range becomes the nearest value or the default, and a sentence.

import { quoted } from '../../src/core.ts';

/** What was read: a value, and what was wrong with the text if anything was. */
export interface Reading<Value> {
  readonly value: Value;
  /** `expected …, got …; took …` */
  readonly problem?: string;
}

export interface Key<Value> {
  readonly name: string;
  /** Other names that are understood. */
  readonly also?: readonly string[];
  write(value: Value): string;
  read(text: string, fallback: Value): Reading<Value>;
}

/** A key for every part of a state. */
export type KeyTable<State> = { readonly [Part in keyof State]: Key<State[Part]> };

const wrong = <Value>(value: Value, expected: string, got: string, took: unknown): Reading<Value> => ({
  value,
  problem: `expected ${expected}, got ${quoted(got)}; took ${took}`,
});

/** A number from `min` to `max`, or `off`. */
export function numberKey(
  name: string,
  range: { readonly min: number; readonly max: number; readonly off?: number; readonly whole?: boolean },
): Key<number> {
  const { min, max, off, whole = false } = range;
  const expected = `a ${whole ? 'whole ' : ''}number from ${min} to ${max}${off === undefined ? '' : `, or ${off}`}`;
  return {
    name,
    write: String,
    read(text, fallback) {
      // each digit can be matched in one way only, so that a link takes time in proportion to its length
      if (!/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text)) return wrong(fallback, expected, text, fallback);
      const given = Number(text);
      if (given === off) return { value: off };
      const nearest = Math.min(max, Math.max(min, whole ? Math.round(given) : given));
      return nearest === given ? { value: nearest } : wrong(nearest, expected, text, nearest);
    },
  };
}

/** One of some names. @param aliases other spellings, to what they mean */
export function choiceKey<Value extends string>(
  name: string,
  choices: readonly Value[],
  aliases: Readonly<Record<string, Value>> = {},
): Key<Value> {
  return {
    name,
    write: (value) => Object.entries(aliases).find(([, meant]) => meant === value)?.[0] ?? value,
    read(text, fallback) {
      const choice = Object.hasOwn(aliases, text) ? aliases[text] : (text as Value);
      return choices.includes(choice)
        ? { value: choice }
        : wrong(fallback, `one of ${choices.join(', ')}`, text, fallback);
    },
  };
}

export function flagKey(name: string): Key<boolean> {
  return {
    name,
    write: (value) => (value ? '1' : '0'),
    read: (text, fallback) =>
      text === '1' || text === '0' ? { value: text === '1' } : wrong(fallback, '1 or 0', text, fallback ? 1 : 0),
  };
}

/** Any text of at most `max` UTF-16 units. */
export function textKey(name: string, max: number): Key<string> {
  return {
    name,
    write: (value) => value,
    read(text) {
      if (text.length <= max) return { value: text };
      // without half a character at the end
      const value = text.slice(0, max).replace(/\p{Surrogate}$/u, '');
      return wrong(value, `at most ${max} characters`, text, `the first ${max}`);
    },
  };
}

/** A text of a certain form. */
export function patternKey(name: string, pattern: RegExp, expected: string): Key<string> {
  return {
    name,
    write: (value) => value,
    read: (text, fallback) =>
      pattern.test(text) ? { value: text } : wrong(fallback, expected, text, fallback === '' ? 'none' : fallback),
  };
}

/** Some names with commas between them; `1` stands for all, `0` and nothing for none. @param known the full name, where there is such a one */
export function namesKey(name: string, what: string, known: (text: string) => string | undefined): Key<string> {
  const { write, read } = listKey(name, what, known);
  return {
    name,
    write,
    read(text, fallback) {
      if (text === '0' || text === '1') return { value: text === '1' ? '1' : '' };
      const { value, problem } = read(text, fallback);
      return { value, problem: problem?.replace('expected names', 'expected 1, 0 or names') };
    },
  };
}

/** Some names with commas between them. Those that are not known are left out, and named. */
export function listKey(name: string, what: string, known: (text: string) => string | undefined): Key<string> {
  return {
    name,
    write: (value) => value,
    read(text, fallback) {
      const given = [...new Set(text.split(','))];
      const unknown = given.filter((each) => known(each) === undefined);
      const value = [...new Set(given.flatMap((each) => known(each) ?? []))].join(',');
      return unknown.length === 0
        ? { value }
        : wrong(value || fallback, `names of ${what} with commas between them`, unknown.join(','), value || 'none');
    },
  };
}

/** A key that may be absent: null. */
export function optional<Value>(key: Key<Value>): Key<Value | null> {
  return {
    ...key,
    write: (value) => key.write(value as Value),
    read(text, fallback) {
      const { value, problem } = key.read(text, fallback as Value);
      return { value, problem: problem?.replace(/took (null|"null")$/, 'left it out') };
    },
  };
}

/** Percent-encodes what a link cannot hold, and what programs that find links in a text take for its end. */
function encode(text: string): string {
  const whole = text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  return encodeURIComponent(whole).replaceAll(/[!'()*~]|\.$/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `name=value` for every part that is not as in `base`. */
export function writeKeys<State extends object>(table: KeyTable<State>, state: State, base: State): string[] {
  const parts = Object.keys(table) as (keyof State)[];
  return parts
    .filter((part) => table[part].write(state[part]) !== table[part].write(base[part]))
    .map((part) => `${table[part].name}=${encode(table[part].write(state[part]))}`);
}

/** The pairs of a link, decoded; the first of equal names. */
export function readPairs(link: string, remarks: string[]): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of link.replace(/^#/, '').split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    try {
      const name = decodeURIComponent(at < 0 ? part : part.slice(0, at));
      if (at < 0) remarks.push(`link, ${quoted(name)}: expected name=value, got no value; left it out`);
      else if (pairs.has(name)) remarks.push(`link, ${quoted(name)}: expected once, got it again; took the first`);
      else pairs.set(name, decodeURIComponent(part.slice(at + 1)));
    } catch {
      remarks.push(`link: expected percent-encoded text, got ${quoted(part)}; left it out`);
    }
  }
  return pairs;
}

/** The state of a link; the pairs that are understood are taken out of `pairs`. */
export function readKeys<State extends object>(
  table: KeyTable<State>,
  pairs: Map<string, string>,
  base: State,
  remarks: string[],
): State {
  const state = { ...base };
  for (const part of Object.keys(table) as (keyof State)[]) {
    const { name, also = [], read } = table[part];
    const given = [name, ...also].filter((each) => pairs.has(each));
    const text = given.length > 0 ? pairs.get(given[0])! : undefined;
    for (const each of given) pairs.delete(each);
    if (text === undefined) continue;
    const { value, problem } = read(text, base[part]);
    state[part] = value;
    if (problem) remarks.push(`link, ${name}: ${problem}`);
  }
  return state;
}
