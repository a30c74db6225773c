// JSON from files: each key once, and brackets to a bounded depth.

import { expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { parseJson, parseObject } from '../../src/formats/json.ts';

const refusal = (text: string): string => {
  try {
    parseJson(text, 'f.json');
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    return (error as Error).message;
  }
  return 'none';
};

test.each([
  '{}',
  '[1, 2, {"a": [null]}]',
  '"a"',
  ' {"a":{"a":1},"b":[{"a":2},{"a":3}]} ',
  '{"a":"a","b":"a:","c":"\\"a\\":"}',
  '{"":1," ":2}',
  '{"__proto__":1,"constructor":2}',
  '{"a\\\\":1,"a":2}',
])('%s is read as JSON.parse reads it', (text) => {
  expect(parseJson(text, 'f.json')).toEqual(JSON.parse(text));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each([
  ['{"a":1,"a":1}', 'a'],
  ['{"b":{"a":1,"c":[],"a":2}}', 'a'],
  ['[{"a":1},{"b":1,"b":2}]', 'b'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"a\\n" : 1, "x": "a\\n", "a\\n" :2}', 'a\\n'],
  ['{"a":{"a":1},"a":1}', 'a'],
  ['{"\\\\":1,"\\\\":2}', '\\\\'],
  ['{"":1,"":2}', ''],
])('%s has a key twice', (text, key) => {
  expect(refusal(text)).toBe(`f.json: expected each key once, got "${key}" twice`);
});

test('brackets may stand a hundred deep, and no deeper', () => {
  const deep = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);
  expect(refusal(deep(100))).toBe('none');
  for (const text of [deep(101), deep(5000), '['.repeat(1e6), '{"a":'.repeat(5000), `"]${deep(1)}" ${deep(1e5)}`])
    expect(refusal(text)).toBe('f.json: expected at most 100 brackets inside one another, got more');
  expect(refusal(`"${'['.repeat(200)}"`)).toBe('none'); // in a string they are none
});

test('text that is no JSON is one short line', () => {
  for (const text of ['', '{', '{"a":', '{"a\n":1}', `{"${'\n'.repeat(1e5)}`, '"\\', 'x'.repeat(1e6)]) {
    const message = refusal(text);
    expect(message).toMatch(
      /^f\.json: expected JSON, got text that is not(, from character \d+ on)?; correct it, or put the whole text back$/,
    );
    expect(message).toMatch(/^[^\n]{1,200}$/);
  }
});

test('a string of ten megabytes, with and without escapes, is read', () => {
  const long = 'x'.repeat(1e7);
  expect(parseJson(JSON.stringify({ [long]: long }), 'f.json')).toEqual({ [long]: long });
  const escaped = '\\"\\\\'.repeat(2.5e6);
  expect((parseJson(`{"a":"${escaped}"}`, 'f.json') as { a: string }).a).toHaveLength(5e6);
});

test('where an object is expected, what else there is is described', () => {
  expect(() => parseObject('[1,2]', 'f.json')).toThrow('f.json: expected a JSON object, got [1,2]');
  expect(() => parseObject('"a\\nb"', 'f.json')).toThrow('f.json: expected a JSON object, got "a\\nb"');
});
