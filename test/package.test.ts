// The package as others meet it: bundled, and required from CommonJS. declarations.long.test.ts type-checks it without our compiler options.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type Rolldown } from 'vite';
import { expect, test } from 'vitest';
import { main, root } from './cli/support.ts';
import { project } from './support/project.ts';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const doors: string[] = Object.keys(manifest.exports).filter((door) => door !== './package.json');

const installed = dirname(dirname(dirname(main)));

test('every door has a source, and types where exports are not read', () => {
  for (const door of doors) {
    const { types, default: script } = manifest.exports[door];
    expect(types.replace(/\.d\.ts$/, '.js')).toBe(script);
    expect(existsSync(join(root, script.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts'))), door).toBe(true);
    expect(door === '.' ? manifest.types : manifest.typesVersions['*'][door.slice(2)][0]).toBe(types);
  }
});

test('a bundler keeps what lets Node use relaxed SIMD and join vectors', async () => {
  const folder = project(installed, {
    'package.json': '{ "type": "module" }',
    'main.js': "import { createBackend } from 'unrolled/node';\nconsole.log(createBackend().name);\n",
  });
  const { output } = (await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, external: ['koffi'] },
    build: { ssr: 'main.js', write: false },
  })) as Rolldown.RolldownOutput;
  const code = output.map((part) => ('code' in part ? part.code : '')).join('\n');
  expect(code).toContain('--experimental-wasm-relaxed-simd');
  expect(code).toContain('--experimental-wasm-revectorize');
  expect(code).not.toContain('parseConllu'); // and leaves out what is not used
});

test('CommonJS requires every door', () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  expect(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)).toBe(true);
  const folder = project(installed, {
    'main.cjs': [
      "const { createBackend, createModel } = require('unrolled');",
      "const node = require('unrolled/node');",
      "for (const door of ['insight', 'core', 'onnx', 'webgpu', 'worker']) require('unrolled/' + door);",
      'console.log(createBackend().name, node.createModel === createModel);',
    ].join('\n'),
  });
  const printed = execFileSync(process.execPath, ['main.cjs'], { cwd: folder, encoding: 'utf8' });
  expect(printed).toMatch(/^(wasm-\S+|javascript) true\n$/);
});
