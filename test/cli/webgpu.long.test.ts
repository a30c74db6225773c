// `--backend webgpu` in Node, on the GPU that Chromium's SwiftShader imitates. Needs the package `webgpu`, which is no dependency: in the
// folder WEBGPU, or in node_modules/.cache/webgpu (npm install --prefix node_modules/.cache/webgpu webgpu), and a driver of Vulkan, here that of Chromium.
// Without them the tests are skipped and say so.

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines, root, shortText, temporaryFolder, unrolled } from './support.ts';

const packages = join(process.env.WEBGPU ?? join(root, 'node_modules/.cache/webgpu'), 'node_modules');
const driver = process.env.VK_ICD_FILENAMES ?? '/usr/lib/chromium/vk_swiftshader_icd.json';
const isThere = existsSync(join(packages, 'webgpu')) && existsSync(driver);
if (!isThere)
  console.warn(
    'cli/webgpu.long.test.ts: the package webgpu or a driver of Vulkan is missing, so training on a GPU in Node is not tested',
  );

const folder = temporaryFolder();
// few and small: SwiftShader takes seconds for an update of the usual workgroups
const small = ['--hidden', '6', '--batch', '2', '--bptt', '6', '--json'];
const train = (...more: string[]): string[] => ['train', 'text.txt', ...more];

/** Runs the command where the package is, with the driver. */
async function onGpu(args: string[]) {
  if (!existsSync(join(folder, 'node_modules'))) {
    shortText(folder, 3000, 'text.txt');
    symlinkSync(packages, join(folder, 'node_modules'));
  }
  return await unrolled(args, folder, undefined, { VK_ICD_FILENAMES: driver });
}

test.skipIf(!isThere)(
  'a run on the GPU has the losses of the CPU, is resumed there, and goes on on the CPU',
  async () => {
    const found: number[][] = [];
    for (const [out, backend] of [
      ['gpu', 'webgpu'],
      ['cpu', 'wasm'],
    ]) {
      const { code, stdout, stderr } = await onGpu(
        train('--out', out, ...small, '--updates', '3', '--backend', backend),
      );
      expect([code, stderr]).toEqual([0, '']);
      const lines = jsonLines(stdout);
      found.push(lines.filter(({ event }) => event === 'update').map(({ loss }) => loss as number));
    }
    expect(found[0]).toHaveLength(3);
    for (const [at, loss] of found[0].entries()) expect(Math.abs(loss - found[1][at])).toBeLessThan(1e-5);
    const refused = await onGpu(train('--out', 'gpu', '--resume', '--backend', 'wasm'));
    expect(refused.stderr).toMatch(
      /expected webgpu-\S+, as the run in gpu was started with, got wasm-.*--backend-change/,
    );
    const again = await onGpu(train('--out', 'gpu', '--resume'));
    expect(again.stdout + again.stderr).toMatch(/finished already: 3 updates/);
    const moved = await onGpu(train('--out', 'gpu', '--resume', '--backend', 'wasm', '--backend-change'));
    expect(moved.code).toBe(0);
  },
);

test.skipIf(!isThere)('files are evaluated and texts written on the GPU as on the CPU', async () => {
  await onGpu(train('--out', 'model', ...small, '--updates', '1'));
  const text = readFileSync(join(folder, 'text.txt'), 'utf8');
  for (const [name, length] of [
    ['a.txt', 30],
    ['b.txt', 12],
  ] as const)
    writeFileSync(join(folder, name), text.slice(0, length));
  const [evaluation, sample] = [
    ['eval', 'model', 'a.txt', 'b.txt', '--each', '--json'],
    ['sample', 'model', '--count', '2', '--length', '4', '--seed', '3', '--json'],
  ];
  const found: Record<string, unknown>[][] = [];
  for (const request of [evaluation, sample])
    for (const backend of ['webgpu', 'wasm']) {
      const { code, stdout, stderr } = await onGpu([...request, '--backend', backend]);
      expect([code, stderr]).toEqual([0, '']);
      found.push(jsonLines(stdout));
    }
  const [there, here, writtenThere, writtenHere] = found;
  expect(there.map((one) => one.text)).toEqual(['a.txt', 'b.txt', 'all 2']);
  there.forEach(({ nll }, i) => void expect(Math.abs((nll as number) - (here[i].nll as number))).toBeLessThan(1e-5));
  expect(writtenThere.map((one) => one.text)).toEqual(writtenHere.map((one) => one.text));
  expect(writtenThere).toHaveLength(2);
});

test('without the package, and without a driver, one sentence says what is missing', async () => {
  const other = temporaryFolder();
  shortText(other, 3000, 'text.txt');
  const without = await unrolled(train('--out', 'none', ...small, '--updates', '1', '--backend', 'webgpu'), other);
  expect([without.code, without.stderr]).toEqual([
    1,
    'unrolled: --backend: expected, for webgpu, the optional package webgpu, got none; npm install webgpu, or leave the option out\n',
  ]);
  expect(existsSync(join(other, 'none'))).toBe(false);
  if (!isThere) return;
  mkdirSync(join(other, 'node_modules'));
  symlinkSync(join(packages, 'webgpu'), join(other, 'node_modules/webgpu'));
  const blind = await unrolled(
    train('--out', 'none', ...small, '--updates', '1', '--backend', 'webgpu'),
    other,
    undefined,
    {
      VK_ICD_FILENAMES: join(other, 'no-driver.json'),
    },
  );
  expect([blind.code, blind.stderr]).toEqual([
    1,
    expect.stringMatching(
      /unrolled: --backend: expected, for webgpu, a GPU with a driver of Vulkan, Metal or Direct3D 12, got none \(.*\); leave the option out\n$/,
    ),
  ]);
});
