// Compiles assembly/ to two WebAssembly binaries, with and without relaxed SIMD, and writes them as text to src/engine/binaries.ts, so that
// the library is JavaScript alone: the relaxed one whole, and the other as what differs, so that a page loads little more than the one that it uses.
// The same sources give the same file, byte for byte.
//
// The kernels are the exported functions of assembly/ that take an array. Three files are made from their signatures before anything is
// compiled: assembly/dispatch.ts, which calls the kernel of a number; assembly/cells.ts, which exports the kernels of the cells by name; and
// src/engine/kernels.ts, their names in that order and the interface.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const notice = '// Written by scripts/build-kernels.mjs from assembly/. Do not edit.';

/** The kinds of arguments that make a function a kernel, and the kinds of its other arguments, as TypeScript has them. */
const arrays = { Floats: 'Floats', Integers: 'Int32Array', Doubles: 'Float64Array' };
const scalars = { i32: 'number', u32: 'number', usize: 'number', bool: 'boolean' };

/** The kernels in the order of their numbers: { name, file, comment, parameters: [{ name, kind }] }. */
export function kernelsOf(folder = join(root, 'assembly')) {
  const found = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && name !== 'dispatch.ts' && name !== 'cells.ts')
    .sort()) {
    const source = readFileSync(join(folder, file), 'utf8');
    const functions = source.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export function (\w+)\(([^)]*)\): void/g);
    for (const [, comment = '', name, list] of functions) {
      const parameters = list.split(',').flatMap((part) => {
        const [parameter, kind] = part.split(':').map((text) => text.trim());
        return parameter ? [{ name: parameter, kind }] : [];
      });
      if (!parameters.some(({ kind }) => kind in arrays)) continue;
      for (const { name: parameter, kind } of parameters)
        if (!(kind in arrays || kind in scalars))
          throw new Error(
            `assembly/${file}: ${name}: ${parameter}: expected ${Object.keys({ ...arrays, ...scalars }).join(', ')}, got ${kind}`,
          );
      if (!comment)
        throw new Error(`assembly/${file}: ${name}: expected a comment that says what it computes, got none`);
      found.push({ name, file, comment, parameters });
    }
  }
  return found;
}

/** assembly/dispatch.ts. */
function dispatchSource(kernels) {
  const files = [...new Set(kernels.map(({ file }) => file))];
  const imports = files.map((file) => {
    const names = kernels.filter((kernel) => kernel.file === file).map(({ name }) => name);
    return `import { ${names.join(', ')} } from './${file.replace(/\.ts$/, '')}';`;
  });
  const argument = ({ kind }, i) => {
    const word = `load<u32>(at, ${4 * (i + 1)})`;
    return kind === 'bool' ? `<bool>${word}` : word;
  };
  const cases = kernels.map(
    ({ name, parameters }, code) => `    case ${code}: ${name}(${parameters.map(argument).join(', ')}); return true;`,
  );
  return [
    notice,
    '',
    ...imports,
    '',
    '/** Calls kernel `code` with the arguments behind the head at `at`; false where no kernel has the number. */',
    '// @ts-expect-error: decorator',
    '@inline',
    'export function dispatch(code: u32, at: usize): bool {',
    '  switch (code) {',
    ...cases,
    '    default: return false;',
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Whether a kernel is of a cell: it goes through the units of some sequences. */
function isOfCell({ parameters }) {
  return (
    parameters
      .slice(-2)
      .map(({ name }) => name)
      .join() === 'rows,units'
  );
}

/** assembly/cells.ts. */
function cellsSource(kernels) {
  const exported = kernels
    .filter(isOfCell)
    .map(({ name, file }) => `export { ${name} } from './${file.replace(/\.ts$/, '')}';`);
  return [notice, '', ...exported, ''].join('\n');
}

/** src/engine/kernels.ts. */
function interfaceSource(kernels) {
  const methods = kernels.map(({ name, comment, parameters }) => {
    const list = parameters.map((parameter) => `${parameter.name}: ${{ ...arrays, ...scalars }[parameter.kind]}`);
    return `${comment}${name}(${list.join(', ')}): void;`.replaceAll(/^/gm, '  ');
  });
  return [
    notice,
    '',
    "/** Numbers of the backend's precision. */",
    'export type Floats = Float32Array | Float64Array;',
    '',
    '/** The kernels of rows and elements: what each computes from the arrays, sizes and flags that it is given. */',
    'export interface ComputeKernels {',
    methods.join('\n'),
    '}',
    '',
    "/** The kernels in the order of their numbers, which are the binaries' too. */",
    'export const kernelNames = [',
    ...kernels.map(({ name }) => `  '${name}',`),
    '] as const satisfies readonly (keyof ComputeKernels)[];',
    '',
    '/** The kernels of the cells, which the binaries export by name too, and how many arrays each takes before its rows and units. */',
    'export const cellKernels = {',
    ...kernels.filter(isOfCell).map(({ name, parameters }) => `  ${name}: ${parameters.length - 2},`),
    '} as const satisfies Partial<Record<keyof ComputeKernels, number>>;',
    '',
  ].join('\n');
}

/** Writes a file whose text has changed. */
function update(path, text) {
  const target = join(root, path);
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
}

/** Compiles `entry` (a path from the root) and returns the binary. */
export async function compile(entry, relaxed) {
  const outputs = new Map();
  const { error, stderr } = await asc.main(
    [
      ...[entry, '--baseDir', root],
      ...['--outFile', 'out.wasm', '--runtime', 'stub', '--importMemory', '--maximumMemory', '65536'],
      ...['-O3', '--noAssert', '--use', 'abort='],
      ...['--enable', 'simd'],
      ...(relaxed ? ['--enable', 'relaxed-simd'] : []),
    ],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(join(base, name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => void outputs.set(name, contents),
      listFiles: () => null,
    },
  );
  if (error) throw new Error(`asc ${entry}: ${error.message}\n${stderr.toString()}`);
  return outputs.get('out.wasm');
}

/**
 * What makes `target` of `base`: pieces, each a number of new bytes, these bytes, a number of bytes to copy from the base, and, where there are any,
 * how far they stand behind the end of the last copy (0, −1, 1, −2, … as 0, 1, 2, 3, …). Numbers are in LEB128. `patched` in src/engine/wasm.ts
 * applies it.
 */
function differenceOf(base, target) {
  const [known, shortest] = [6, 8]; // bytes that are looked up, and that are worth a copy from elsewhere
  const places = new Map();
  for (let at = 0; at + known <= base.length; at++) {
    const key = base.toString('latin1', at, at + known);
    places.set(key, [...(places.get(key) ?? []), at]);
  }
  const patch = [];
  const put = (number) => {
    for (let rest = number; ; rest >>>= 7) {
      patch.push((rest & 127) | (rest > 127 ? 128 : 0));
      if (rest <= 127) return;
    }
  };
  let fresh = [];
  let end = 0; // of the last copy, in the base
  for (let at = 0; at < target.length; ) {
    let [from, length] = [0, 0];
    const here = [end + fresh.length, end];
    for (const start of [...here, ...(places.get(target.toString('latin1', at, at + known)) ?? [])]) {
      let same = 0;
      while (at + same < target.length && target[at + same] === base[start + same]) same++;
      if (same > length && same >= (here.includes(start) ? shortest / 2 : shortest)) [from, length] = [start, same];
    }
    if (length === 0) {
      fresh.push(target[at++]);
      continue;
    }
    put(fresh.length);
    patch.push(...fresh);
    put(length);
    put(from < end ? 2 * (end - from) - 1 : 2 * (from - end));
    fresh = [];
    end = from + length;
    at += length;
  }
  put(fresh.length);
  patch.push(...fresh);
  put(0);
  return Buffer.from(patch);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kernels = kernelsOf();
  update('assembly/dispatch.ts', dispatchSource(kernels));
  update('assembly/cells.ts', cellsSource(kernels));
  update('src/engine/kernels.ts', interfaceSource(kernels));
  const [relaxed, plain] = [await compile('assembly/index.ts', true), await compile('assembly/index.ts', false)].map(
    Buffer.from,
  );
  const patch = differenceOf(relaxed, plain);
  console.log(`relaxed SIMD: ${relaxed.length} bytes; SIMD: ${plain.length} bytes, of which ${patch.length} are kept`);
  const constant = (comment, name, bytes) => [
    `/** ${comment} */`,
    `export const ${name}: string =`,
    `  '${bytes.toString('base64')}';`,
    '',
  ];
  update(
    'src/engine/binaries.ts',
    [
      ...[notice, ''],
      ...constant('The binary with relaxed SIMD, in base64.', 'relaxedSimd', relaxed),
      ...constant('What makes the binary without relaxed SIMD of it, in base64 (wasm.ts).', 'simdPatch', patch),
    ].join('\n'),
  );
}
