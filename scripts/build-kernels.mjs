// Compiles assembly/ to two WebAssembly binaries, with and without relaxed SIMD, and writes them as text to src/engine/binaries.ts, so that
// the library is JavaScript alone. The same sources give the same file, byte for byte.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'src/engine/binaries.ts');

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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = ['// Written by scripts/build-kernels.mjs from assembly/. Do not edit.', ''];
  for (const [name, relaxed] of [
    ['simd', false],
    ['relaxedSimd', true],
  ]) {
    const binary = await compile('assembly/index.ts', relaxed);
    lines.push(`export const ${name}: string =`, `  '${Buffer.from(binary).toString('base64')}';`);
    console.log(`${name}: ${binary.length} bytes`);
  }
  writeFileSync(target, `${lines.join('\n')}\n`);
}
