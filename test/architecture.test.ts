// The house has few rooms, each standing only on the rooms below it (docs/architecture.md). This walks src/ and reads the imports.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));

/** Rooms and files of src/ by level: a file imports from its own room or from a lower level. */
const levels: Record<string, number> = {
  'errors.ts': 1,
  'random.ts': 1,
  'elementary.ts': 1,
  engine: 2,
  data: 2,
  network: 3,
  training: 4,
  formats: 4,
  insight: 4,
  tasks: 5,
  'index.ts': 6,
  'insight.ts': 6,
  'core.ts': 6,
  node: 7,
  'node.ts': 7,
  cli: 8,
};
/** Places where Node's own modules may be imported. */
const forNode = new Set(['node', 'node.ts', 'cli']);
/** The packages that are there at run time, and the one file that imports each. */
const packages = new Map([
  ['papaparse', 'data/csv.ts'],
  ['@bufbuild/protobuf/wire', 'formats/onnx-proto.ts'],
]);
/** Apart from the levels: the oracle, for tests and the lab only. */
const apart = 'reference';
/** Within level 1, and from the node door to its room. */
const allowedSideways = new Set([
  'random.ts → elementary.ts',
  'elementary.ts → errors.ts',
  'random.ts → errors.ts',
  'node.ts → node',
]);

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && path !== join('engine', 'binaries.ts'))
  .map((path) => ({ path, room: path.split(/[\\/]/)[0], source: readFileSync(join(root, path), 'utf8') }));

function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:^|[;\n}])\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'/g)]
    .concat([...source.matchAll(/(?:\bimport\s*\(|^\s*import)\s*'([^']+)'/gm)])
    .map((match) => match[1]);
}

/** One sentence for every import that goes up or across, or reaches for Node from a room that must run everywhere. */
function complaints(path: string, room: string, source: string): string[] {
  return importsOf(source).flatMap((specifier) => {
    if (!specifier.startsWith('.')) {
      if (specifier.startsWith('node:') && forNode.has(room)) return [];
      if (packages.get(specifier) === path.replaceAll('\\', '/')) return [];
      return [
        `${path} imports ${specifier}: only ${[...forNode].join(', ')} may import Node's modules, and only ${[...packages.values()].join(', ')} a package`,
      ];
    }
    const target = relative(root, join(root, dirname(path), specifier)).split(/[\\/]/)[0];
    if (target === room) return [];
    if (target === apart || room === apart) return [`${path} imports ${specifier}: ${apart}/ stands apart`];
    if (allowedSideways.has(`${room} → ${target}`)) return [];
    if (!(target in levels)) return [`${path} imports ${specifier}: ${target} is not on the map`];
    return levels[target] < levels[room]
      ? []
      : [`${path} imports ${specifier}: level ${levels[room]} → ${levels[target]}`];
  });
}

const labRoot = fileURLToPath(new URL('../lab', import.meta.url));
/** What of the library the lab may import: its doors; the reading of files goes deeper, and the worked example is the reference's. */
const labDoors = new Map([
  ['files', /^src\/(index|insight|core|errors|formats\/|network\/|data\/text\/)/],
  ['text', /^src\/(index|insight|core|reference\/)/],
]);
const labFiles = readdirSync(labRoot, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path: path.replaceAll('\\', '/'), source: readFileSync(join(labRoot, path), 'utf8') }));

function labComplaints(path: string, source: string): string[] {
  const allowed = labDoors.get(path.split('/')[0]) ?? /^src\/(index|insight|core)\.ts$/;
  return importsOf(source)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join('lab', dirname(path), specifier).replaceAll('\\', '/'))
    .filter((target) => !target.startsWith('lab/') && !allowed.test(target))
    .map((target) => `lab/${path} imports ${target}: the lab imports the library's doors`);
}

test('the lab imports the doors of the library, and the library nothing of the lab', () => {
  expect(labFiles.length).toBeGreaterThan(40);
  expect(labFiles.flatMap(({ path, source }) => labComplaints(path, source))).toEqual([]);
  expect(labComplaints('engine/a.ts', "import { x } from '../../src/training/trainer.ts';")).toHaveLength(1);
  expect(labComplaints('engine/a.ts', "import { x } from '../../src/index.ts';")).toHaveLength(0);
  expect(files.filter(({ source }) => importsOf(source).some((name) => /(^|\/)lab\//.test(name)))).toEqual([]);
});

test('the page has three packages at run time', () => {
  const isOfPage = (path: string): boolean => !path.startsWith('text/build/') && path !== 'vite.config.ts';
  const imported = labFiles
    .filter(({ path }) => isOfPage(path))
    .flatMap(({ source }) => importsOf(source))
    .filter((specifier) => !/^(\.|virtual:)/.test(specifier))
    .map((specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)![0]);
  expect([...new Set(imported)].sort()).toEqual(['@preact/signals', 'preact', 'uplot']);
});

test('every file of src/ stands in a room of the map', () => {
  expect(files.filter(({ room }) => !(room in levels) && room !== apart).map(({ path }) => path)).toEqual([]);
});

test('imports go down only', () => {
  expect(files.flatMap(({ path, room, source }) => complaints(path, room, source))).toEqual([]);
});

test('protobuf is loaded only where ONNX is asked for: no door and no command imports it ahead', () => {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    const source = files.find((file) => file.path === path)?.source ?? '';
    const ahead = source.replaceAll(/\bimport\(\s*'[^']+'\s*\)/g, '').replaceAll(/import type[^;]*;/g, '');
    for (const specifier of importsOf(ahead)) if (specifier.startsWith('.')) visit(join(dirname(path), specifier));
  };
  for (const door of ['index.ts', 'node.ts', join('cli', 'main.ts')]) visit(door);
  expect(reached.size).toBeGreaterThan(50);
  expect(reached.has(join('formats', 'onnx-proto.ts'))).toBe(false);
});

test('a file of over 300 lines is remarked on, not forbidden: it may be one thought', () => {
  const long = [...files, ...labFiles].filter(({ source }) => source.split('\n').length > 301);
  for (const { path, source } of long) console.warn(`${path}: ${source.split('\n').length} lines; is it one thought?`);
  expect(long.length).toBeLessThan(10);
});

test('every file opens with a comment that says what it is', () => {
  const bare = [...files, ...labFiles].filter(({ source }) => !/^(#!.*\n)?(\/\/|\/\*)/.test(source));
  expect(bare.map(({ path }) => path)).toEqual([]);
});

test('an import that goes up, across, to Node or to the reference is seen', () => {
  const of = (path: string, specifier: string) =>
    complaints(path, path.split('/')[0], `import { x } from '${specifier}';`);
  expect(of('engine/a.ts', '../network/b.ts')).toHaveLength(1);
  expect(of('data/a.ts', '../engine/b.ts')).toHaveLength(1);
  expect(of('data/a.ts', 'node:fs')).toHaveLength(1);
  expect(of('data/a.ts', 'papaparse')).toHaveLength(1);
  expect(of('data/csv.ts', 'papaparse')).toHaveLength(0);
  expect(of('training/a.ts', '../formats/b.ts')).toHaveLength(1);
  expect(of('network/a.ts', 'node:fs')).toHaveLength(1);
  expect(of('network/a.ts', '../reference/rnn.ts')).toHaveLength(1);
  expect(of('network/a.ts', '../engine/backend.ts')).toHaveLength(0);
  expect(of('node/a.ts', 'node:fs')).toHaveLength(0);
});
