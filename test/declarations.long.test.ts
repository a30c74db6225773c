// The declarations of the package, type-checked without our compiler options: by the libraries of a page, of Node and of neither, and by resolution of
// old.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { root, temporaryFolder } from './cli/support.ts';
import { project } from './support/project.ts';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const plain = [
  "import { createModel, packModelFile } from 'unrolled';",
  "import * as core from 'unrolled/core';",
  "import * as insight from 'unrolled/insight';",
  "import { packOnnx } from 'unrolled/onnx';",
  "import { openWebGpu } from 'unrolled/webgpu';",
  "import 'unrolled/worker';",
  'const model = createModel({ vocabSize: 3 });',
  'export const file: Uint8Array<ArrayBuffer> = packModelFile(model);',
  'export const chunks: Uint8Array<ArrayBuffer>[] = [...packOnnx(model).chunks];',
  'export const doors = [core, insight, openWebGpu];',
].join('\n');
const web = [
  "import { createModel, openThreads, packModelFile, type TrainOptions } from 'unrolled';",
  "import { packOnnx } from 'unrolled/onnx';",
  'const model = createModel({ vocabSize: 3 });',
  'const bytes = packModelFile(model);',
  'export const blob = new Blob([bytes, ...packOnnx(model).chunks]);',
  "export const response = fetch('https://example.com', { method: 'PUT', body: bytes });",
  "export const digest = crypto.subtle.digest('SHA-256', bytes);",
  "export const threads = openThreads(2, () => new Worker('worker.js'));",
  'export const options: TrainOptions = { signal: new AbortController().signal };',
].join('\n');
const node = "import { loadModel, openThreads } from 'unrolled/node';\nexport const used = [loadModel, openThreads];";
/** The programs of README.md and of the guide, as files. They are JavaScript: the parameters of their own functions have no types. */
const programs = Object.fromEntries(
  ['README.md', 'docs/guide.md'].flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/^```js\n(.*?)^```/gms)].map(([, text], i) => [
      `${basename(path, '.md')}-${i + 1}.mts`,
      text,
    ]),
  ),
);
let folder: string;
let target: string;

beforeAll(() => {
  target = temporaryFolder();
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.build.json'), ts.sys.readFile).config,
    ts.sys,
    root,
    { emitDeclarationOnly: true, outDir: join(target, 'dist') },
  );
  expect(ts.createProgram(fileNames, options).emit().diagnostics).toEqual([]);
  writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
  folder = project(target, { 'plain.ts': plain, 'web.ts': web, 'node.ts': node, ...programs });
}, 300_000);

/** What was read before: the types of the language, of Node and ours are the same for all options. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** The complaints of a compiler with these options about the files and about our declarations. */
function complaints(files: string[], options: ts.CompilerOptions): string[] {
  const all: ts.CompilerOptions = {
    ...{ noEmit: true, strict: true, skipLibCheck: false, target: ts.ScriptTarget.ES2022, types: [] },
    ...{ typeRoots: [join(root, 'node_modules/@types')], ignoreDeprecations: '6.0', ...options },
  };
  const host = ts.createCompilerHost(all);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, language, ...rest) => {
    const key = `${name} ${JSON.stringify(language)}`;
    if (!parsed.has(key)) parsed.set(key, read(name, language, ...rest));
    return parsed.get(key);
  };
  const program = ts.createProgram(
    files.map((name) => resolve(folder, name)),
    all,
    host,
  );
  const ours = program
    .getSourceFiles()
    .filter((file) => !program.isSourceFileDefaultLibrary(file) && !file.fileName.includes('/@types/'));
  expect(ours.length).toBeGreaterThan(20);
  return [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...ours.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ].map(({ file, messageText }) => {
    return `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

const modern = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
const lib = (...names: string[]) => ({ lib: names.map((name) => `lib.${name}.d.ts`) });

test('compile in a page, where bytes go into a Blob, a request and a digest', () => {
  expect(complaints(['plain.ts', 'web.ts'], { ...modern, ...lib('es2023', 'dom') })).toEqual([]);
});

test('compile without DOM types', () => {
  expect(complaints(['plain.ts', 'node.ts'], { ...modern, ...lib('es2023'), types: ['node'] })).toEqual([]);
});

test('compile without DOM types and without those of Node', () => {
  expect(complaints(['plain.ts'], { ...modern, ...lib('es2023') })).toEqual([]);
});

test('let the programs of README.md and of the guide compile', () => {
  expect(Object.keys(programs).length).toBeGreaterThanOrEqual(10);
  const options = { ...modern, ...lib('es2023'), types: ['node'], noImplicitAny: false };
  expect(complaints(Object.keys(programs), options)).toEqual([]);
});

/** The declarations of the package, of Node's part or of the rest; those of the command line are not in the package. */
const declarations = (ofNode: boolean): string[] =>
  (readdirSync(join(target, 'dist'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.d.ts') && !/^cli\b/.test(name) && /^node\b/.test(name) === ofNode)
    .map((name) => join(target, 'dist', name));

test('compile to the last file without DOM types, those of Node alone with its types', () => {
  expect(complaints(declarations(false), { ...modern, ...lib('es2023') })).toEqual([]);
  expect(complaints(declarations(true), { ...modern, ...lib('es2023'), types: ['node'] })).toEqual([]);
});

test('are found by moduleResolution node10', () => {
  const options = { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 };
  const files = ['plain.ts', 'node.ts'];
  expect(complaints(files, { ...options, ...lib('es2023'), types: ['node'] })).toEqual([]);
});
