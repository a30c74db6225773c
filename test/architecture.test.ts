// The house has few rooms, each standing only on the rooms below it (docs/architecture.md). This walks src/ and lab/ and reads the imports.

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
  'generators.ts': 1,
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
  'onnx.ts': 6,
  'webgpu.ts': 6,
  node: 7,
  'node.ts': 7,
  cli: 8,
};
/** Places where Node's own modules may be imported. */
const forNode = new Set(['node', 'node.ts', 'cli']);
/** The packages that are there at run time, and the one file that imports each. */
const packages = new Map([
  ['papaparse', 'data/csv.ts'],
  ['@bufbuild/protobuf/wire', 'formats/onnx/onnx-proto.ts'],
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
/** Rooms and files of lab/ by level, as above. What is built with the page, and not in it, stands apart: text/build and the Vite configuration. */
const labLevels: Record<string, number> = {
  'format.ts': 1,
  'settings.ts': 1,
  'task-data.ts': 1,
  'task-settings.ts': 2,
  'predicate-names.ts': 1,
  'words.ts': 1,
  'language.ts': 2,
  'protocol.ts': 2,
  'presets.ts': 3,
  'shipped.ts': 3,
  'strings.ts': 4,
  draw: 5,
  export: 5,
  files: 5,
  text: 5,
  state: 6,
  engine: 6,
  explain: 7,
  views: 8,
  ui: 9,
  'main.tsx': 10,
  'worker.ts': 10,
  'text/build': 10,
  'vite.config.ts': 11,
};
/** What of the library the lab may import: its doors; the worked example is the reference's. */
const labDoors = /^src\/(index|insight|core|webgpu)\.ts$/;
const labFiles = readdirSync(labRoot, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
  .map((path) => ({ path: path.replaceAll('\\', '/'), source: readFileSync(join(labRoot, path), 'utf8') }));

/** The room of a file of lab/: the longest name on the map that its path begins with; the words of another language stand where those of English do. */
function labRoomOf(given: string): string | undefined {
  const path = given.replace(/strings\.[a-z]{2}\.ts$/, 'strings.ts');
  const names = Object.keys(labLevels).filter((name) => path === name || path.startsWith(`${name}/`));
  return names.sort((a, b) => b.length - a.length)[0];
}

/** One sentence for every import of a file of lab/ that goes up or across, or into the library by another way than its doors. */
function labComplaints(path: string, source: string): string[] {
  const room = labRoomOf(path)!;
  return importsOf(source)
    .filter((specifier) => /^\..*\.tsx?$/.test(specifier))
    .flatMap((specifier) => {
      const target = join('lab', dirname(path), specifier).replaceAll('\\', '/');
      if (!target.startsWith('lab/')) {
        const isDoor = labDoors.test(target) || (room === 'text' && target.startsWith('src/reference/'));
        const isBuild = path === 'vite.config.ts' && /^scripts\/(licenses|light-models)\.ts$/.test(target);
        return isDoor || isBuild ? [] : [`lab/${path} imports ${target}: the lab imports the library's doors`];
      }
      const there = labRoomOf(target.slice('lab/'.length));
      if (there === room || target.endsWith('.d.ts')) return [];
      if (there === undefined) return [`lab/${path} imports ${target}: it is not on the map`];
      return labLevels[there] < labLevels[room]
        ? []
        : [`lab/${path} imports ${target}: level ${labLevels[room]} → ${labLevels[there]}`];
    });
}

/** The circles of imports among files, types included: each a list of files of which every one leads to every other. */
function circlesOf(sources: readonly { readonly path: string; readonly source: string }[]): string[][] {
  const known = new Set(sources.map(({ path }) => path));
  const targets = new Map(
    sources.map(({ path, source }) => [
      path,
      importsOf(source)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => join(dirname(path), specifier).replaceAll('\\', '/'))
        .filter((target) => known.has(target)),
    ]),
  );
  const reach = (from: string): Set<string> => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      for (const next of targets.get(path) ?? [])
        if (!reached.has(next)) {
          reached.add(next);
          visit(next);
        }
    };
    visit(from);
    return reached;
  };
  const reached = new Map(sources.map(({ path }) => [path, reach(path)]));
  const circles = new Map<string, string[]>();
  for (const [path, all] of reached) {
    const circle = [...all].filter((other) => reached.get(other)!.has(path)).sort();
    if (circle.length > 0) circles.set(circle.join(), circle);
  }
  return [...circles.values()];
}

test('the lab imports the doors of the library, and the library nothing of the lab', () => {
  expect(labFiles.length).toBeGreaterThan(40);
  expect(labFiles.flatMap(({ path, source }) => labComplaints(path, source))).toEqual([]);
  expect(files.filter(({ source }) => importsOf(source).some((name) => /(^|\/)lab\//.test(name)))).toEqual([]);
});

test('every file of lab/ stands in a room of the map', () => {
  expect(labFiles.filter(({ path }) => labRoomOf(path) === undefined).map(({ path }) => path)).toEqual([]);
});

test('an import of the lab that goes up, across or past a door is seen', () => {
  const of = (path: string, specifier: string) => labComplaints(path, `import { x } from '${specifier}';`);
  expect(of('engine/a.ts', '../../src/training/trainer.ts')).toHaveLength(1);
  expect(of('engine/a.ts', '../../src/core.ts')).toHaveLength(0);
  expect(of('views/train/view.ts', '../../../src/reference/rnn.ts')).toHaveLength(1);
  expect(of('text/example.ts', '../../src/reference/rnn.ts')).toHaveLength(0);
  expect(of('engine/a.ts', '../state/store.ts')).toHaveLength(1);
  expect(of('state/a.ts', '../views/index.ts')).toHaveLength(1);
  expect(of('strings.ts', './views/train/strings.ts')).toHaveLength(1);
  expect(of('protocol.ts', './presets.ts')).toHaveLength(1);
  expect(of('text/chapters.ts', './build/assemble.ts')).toHaveLength(1);
  expect(of('views/train/view.ts', './style.css')).toHaveLength(0);
  expect(of('views/train/view.ts', '../../state/store.ts')).toHaveLength(0);
  expect(of('ui/a.tsx', '../helpers/b.ts')).toHaveLength(1);
});

test('no file leads back to itself', () => {
  expect(circlesOf(labFiles)).toEqual([]);
  const of = (path: string, to: string) => ({ path, source: `import type { X } from './${to}';` });
  expect(circlesOf([of('a.ts', 'b.ts'), of('b.ts', 'c.ts'), of('c.ts', 'b.ts')])).toEqual([['b.ts', 'c.ts']]);
  expect(circlesOf([of('a.ts', 'b.ts'), of('b.ts', 'c.ts')])).toEqual([]);
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

test('no file of src/ leads back to itself', () => {
  expect(circlesOf(files.map(({ path, source }) => ({ path: path.replaceAll('\\', '/'), source })))).toEqual([]);
});

test('the picture of docs/architecture.md has at most nine rooms, from top to bottom as the levels have them', () => {
  const page = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');
  const [, picture] = /## The picture[\s\S]*?```\n([\s\S]*?)```/.exec(page)!;
  const rows = [...picture.matchAll(/│([^│\n]+(?:│[^│\n]+)*)│/g)].map(([, cells]) =>
    cells.split('│').map((c) => c.trim()),
  );
  const rooms = [...new Set(files.map(({ room }) => room))].filter((room) => !room.endsWith('.ts') && room !== apart);
  expect(rows.flat().sort()).toEqual(rooms.sort());
  expect(rooms.length).toBeLessThanOrEqual(9);
  for (const row of rows) expect(new Set(row.map((room) => levels[room])).size, row.join()).toBe(1);
  const down = rows.map(([room]) => levels[room]);
  expect(down).toEqual([...down].sort((a, b) => b - a));
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

test('WebGPU is loaded only where it is asked for: no other door and no file of the lab imports it', () => {
  const isOfIt = (path: string): boolean =>
    path.startsWith(join('engine', 'webgpu')) ||
    path === 'webgpu.ts' ||
    path === 'engine/webgpu.ts' ||
    path === join('tasks', 'webgpu-choice.ts');
  const importing = [...files, ...labFiles]
    .filter(({ path }) => !isOfIt(path))
    .filter(({ source }) =>
      importsOf(source.replaceAll(/import type[^;]*;|\bimport\(\s*'[^']+'\s*\)/g, '')).some((name) =>
        name.includes('webgpu'),
      ),
    );
  expect(importing.map(({ path }) => path)).toEqual([]);
  expect(files.filter(({ path }) => isOfIt(path)).length).toBeGreaterThan(5);
});

test('a file of over 300 lines is remarked on, not forbidden: it may be one thought', () => {
  const long = [...files, ...labFiles].filter(({ source }) => source.split('\n').length > 301);
  for (const { path, source } of long) console.warn(`${path}: ${source.split('\n').length} lines; is it one thought?`);
  expect(long.length).toBeLessThan(15);
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

/** How the latest addition of each kind is named in code, and where; a folder that belongs to it alone counts as one file. */
const additions: Record<string, { pattern: RegExp; within: readonly string[]; folder?: string }> = {
  optimizer: { pattern: /rmsprop/i, within: ['assembly', 'src', 'lab', 'python'] },
  cell: { pattern: /mingru/i, within: ['assembly', 'src', 'lab', 'python'] },
  task: {
    pattern: /forecast/i,
    within: ['assembly', 'src', 'python'],
    folder: 'src/tasks/forecast/',
  },
  'task of the lab, whose views count as one': {
    pattern: /forecast/i,
    within: ['lab'],
    folder: 'lab/views/tasks/',
  },
  'tokenizer level': {
    pattern: /'subword'|\bsubword:|subwordTokenizer|\/subwords\//,
    within: ['assembly', 'src', 'lab', 'python'],
    folder: 'src/data/text/subwords/',
  },
  'option of the command line, for what the library has': { pattern: /topP|top-p/, within: ['src/cli'] },
  'view of the lab, whose folder counts as one': {
    pattern: /'generate'|\bgenerate:|GenerateView|generateStrings|\/generate\//,
    within: ['lab'],
    folder: 'lab/views/generate/',
  },
};

/** Code without its comments. */
function withoutComments(path: string, source: string): string {
  if (path.endsWith('.py')) return source.replaceAll(/"""[\s\S]*?"""|#.*$/gm, '');
  const strings = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/.source;
  return source.replaceAll(new RegExp(`(${strings})|/\\*[\\s\\S]*?\\*/|//.*`, 'g'), (_, kept) => kept ?? '');
}

/** The code files of some folders whose code names an addition, without those that the build writes and those of other languages than English. */
function filesThatName({ pattern, within, folder }: (typeof additions)[string]): string[] {
  const top = fileURLToPath(new URL('..', import.meta.url));
  const named = within.flatMap((room) =>
    readdirSync(join(top, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(tsx?|py)$/.test(path) && !/strings\.[a-z]{2}\.ts$/.test(path))
      .map((path) => `${room}/${path.replaceAll('\\', '/')}`)
      .filter((path) => {
        const source = readFileSync(join(top, path), 'utf8');
        return !source.startsWith('// Written by scripts/') && pattern.test(withoutComments(path, source));
      })
      .map((path) => (folder && path.startsWith(folder) ? folder : path)),
  );
  return [...new Set(named)].sort();
}

test.each(Object.entries(additions))(
  'a new %s touches the files that CONTRIBUTING.md lists, and no more',
  (kind, how) => {
    const rows = readFileSync(new URL('../CONTRIBUTING.md', import.meta.url), 'utf8').split('\n');
    const [, , most, , listed] = rows
      .find((row) => row.startsWith(`| ${kind} |`))!
      .split(' | ')
      .flatMap((cell, i) => (i === 0 ? ['', cell] : [cell]));
    const stated = [...listed.matchAll(/`([^`]+)`/g)].map(([, path]) => path);
    expect(filesThatName(how)).toEqual(stated);
    expect(stated.length).toBeLessThanOrEqual(Number(most));
  },
);

test('code is told from comments', () => {
  expect(withoutComments('a.ts', "const a = 'x // y'; // rmsprop\n/* mingru */ b(`//`);")).toBe(
    "const a = 'x // y'; \n b(`//`);",
  );
  expect(withoutComments('a.py', 'a = 1  # mingru\n"""mingru"""')).toBe('a = 1  \n');
});
