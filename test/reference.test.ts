// The reference of the library: every export of every door, every member, and every type that a signature names has a doc comment, and each has its
// place on a page. The pages themselves are opened by site.long.test.ts.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type Code, readReference } from '../site/build/declarations.ts';
import { referenceOf, referencePlaces } from '../site/build/reference.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const small = mkdtempSync(join(tmpdir(), 'unrolled-reference-'));
afterAll(() => rmSync(small, { recursive: true, force: true }));

/** A package of one door. */
function packageOf(source: string): string {
  mkdirSync(join(small, 'src'), { recursive: true });
  writeFileSync(
    join(small, 'package.json'),
    '{ "name": "small", "exports": { ".": { "default": "./dist/index.js" } } }',
  );
  writeFileSync(join(small, 'src/index.ts'), source);
  return small;
}
const text = ({ code }: { readonly code: Code }): string =>
  code.map((piece) => (typeof piece === 'string' ? piece : `‹${piece.text}›`)).join('');

test('every export of the library, every member and every type that a signature names is documented', () => {
  const { doors, undocumented } = readReference(root, false);
  expect(undocumented).toEqual([]);
  expect(doors.flatMap(({ declarations }) => declarations).length).toBeGreaterThan(300);
  for (const { source, about } of doors) expect(about, source).not.toBe('');

  const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
  const pages = referenceOf({ doors }, guide);
  expect(pages.map(({ path }) => path)).toEqual(
    referencePlaces([
      'unrolled',
      'unrolled/node',
      'unrolled/insight',
      'unrolled/core',
      'unrolled/onnx',
      'unrolled/webgpu',
    ]).map(([path]) => path),
  );
  for (const { declarations, specifier } of doors)
    for (const { name } of declarations)
      expect(pages.find((page) => page.name === specifier)!.markdown, specifier).toContain(`\n### ${name}\n`);
});

test('an export, a member, a member of a type within a type, and a type that is only named are missed', () => {
  const { undocumented } = readReference(
    packageOf(`
export function bare(x: number): number { return x; }
/** It is told of. */
export const told = 1;
interface Named {
  readonly a: number;
  /** B. */
  readonly b: string;
}
/** A shape. */
export interface Shape {
  readonly named: Named;
  /** Inside. */
  readonly within: { readonly deep: number };
}
/** It is. */
export class Thing {
  /** It makes one. */
  constructor() {}
  method(): void {}
  /** @internal */
  hidden(): void {}
  private own = 0;
  #more = 0;
  get read(): number { return this.#more + this.own; }
}
`),
    false,
  );
  expect([...undocumented].sort()).toEqual(
    ['bare', 'Named', 'Named.a', 'Shape.named', 'Shape.within.deep', 'Thing.method', 'Thing.read'].sort(),
  );
});

test('signatures are shown as they are called, with links to the types that they name', () => {
  const { doors, undocumented } = readReference(
    packageOf(`
/** A pair. */
export interface Pair {
  /** Left. */
  readonly left: Float32Array; // [T, B]
}
/** Takes a pair. */
export function take({ left }: Pair = { left: new Float32Array() }, times = 2): Pair { return { left }; }
/** Names. */
export type Name = keyof typeof table;
const table = { a: 1, b: 2 };
/**
 * Says it.
 * @param what the words
 * @returns nothing
 */
export function say(what: string): void;
export function say(what: number): void;
/** It is what is carried out. */
export function say(what: unknown): void {}
`),
    false,
  );
  const byName = new Map(doors[0].declarations.map((one) => [one.name, one]));
  expect(text(byName.get('take')!.forms[0])).toBe('take(options?: ‹Pair›, times = 2): ‹Pair›');
  expect(text(byName.get('Pair')!.members[0])).toBe('left: Float32Array  // [T, B]');
  expect(text(byName.get('Name')!.forms[0])).toBe('type Name = "a" | "b"');
  const said = byName.get('say')!.forms;
  expect(said.map(text)).toEqual(['say(what: string): void', 'say(what: number): void']);
  expect(said[0].doc).toMatchObject({ text: 'Says it.', params: [['what', 'the words']], returns: 'nothing' });
  expect(undocumented).toEqual(['say']); // with a number
});
