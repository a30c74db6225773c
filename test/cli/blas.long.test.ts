// Runs with a native BLAS, from its trial to the checkpoint that names it. The libraries are pretended ones, in JavaScript (pretended-koffi.cjs),
// that are quick or slow in their trial as a test wants it.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/formats/checkpoint.ts';
import { betterCores } from '../../src/node/processor.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { jsonLines, reached, root, shortText, start, stop, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
shortText(folder, 2_000, 'text.txt');
/** The products of 32 sequences and 64 units are just large enough for a library. */
const options = [
  '--hidden',
  '64',
  '--batch',
  '32',
  '--bptt',
  '16',
  '--epochs',
  isExhaustive ? '5' : '1',
  '--seed',
  '3',
  '--threads',
  '1',
];
const preload = join(root, 'test/support/pretended-koffi.cjs');

/** The environment of a run whose libraries are pretended, and that remembers in a folder of its own. */
const pretending = (memory: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(preload)}`,
  XDG_CACHE_HOME: memory.startsWith('/') ? memory : join(folder, memory),
  ...more,
});
const begin = (out: string, library: string, environment: NodeJS.ProcessEnv) => {
  const args = ['train', 'text.txt', '--out', out, ...options, '--blas', `/pretended/${library}`, '--json'];
  return start(args, folder, 'ignore', undefined, environment);
};
const train = async (out: string, library: string, environment: NodeJS.ProcessEnv) => {
  const { code, stdout, stderr } = await begin(out, library, environment).finished;
  return { code, stderr, backend: jsonLines(stdout)[0]?.backend as string };
};
const resume = async (out: string, library: string, environment: NodeJS.ProcessEnv) => {
  const args = ['train', 'text.txt', '--out', out, '--resume', '--blas', `/pretended/${library}`, '--json'];
  const { code, stdout, stderr } = await start(args, folder, 'ignore', undefined, environment).finished;
  return { code, stderr, backend: jsonLines(stdout)[0]?.backend as string };
};
const expectSame = (one: string, other: string): void => {
  for (const name of ['model.safetensors', 'checkpoint.safetensors']) {
    const [a, b] = [one, other].map((out) => readFileSync(join(folder, out, name)));
    expect(a.equals(b), name).toBe(true);
  }
};
/** Begins a run and stops it in the middle. */
const half = async (out: string, library: string, environment: NodeJS.ProcessEnv): Promise<void> => {
  const run = begin(out, library, environment);
  await reached(run, 10);
  expect((await stop(run, 'SIGTERM')).code).toBe(143);
};
/** Writes another backend into a checkpoint, as an earlier version called it. */
const rename = (out: string, backend: string): void => {
  const path = join(folder, out, 'checkpoint.safetensors');
  const { tensors, state } = decodeCheckpoint(readFileSync(path), path);
  writeFileSync(path, encodeCheckpoint({ tensors, state: { ...state, backend } }));
};

test('a library that is fast for some products is given these, and equal runs are equal', async () => {
  const first = await train('first', 'mixed', pretending('memory'));
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.backend).toMatch(/^blas-unknown-[0-9a-f]{8}-without-[0-9a-f]{8}$/);
  expect(readdirSync(join(folder, 'memory/unrolled'))).toHaveLength(1);
  // measured now, it would be slow for others
  const second = await train('second', 'mixed', pretending('memory', { SLOW_FORM: 'nt' }));
  expect(second).toEqual(first);
  expectSame('first', 'second');
});

test('a library that is wrong is told of, and WebAssembly trains the model', async () => {
  const { code, stderr, backend } = await train('wrong', 'percent', pretending('memory'));
  expect({ code, backend }).toEqual({ code: 0, backend: expect.stringMatching(/^wasm-/) });
  expect(stderr).toMatch(
    /^unrolled: blas: expected a library with cblas_sgemm that computes right, got \/pretended\/percent, which is wrong by up to .* % in the product .*; name another one, or none; WebAssembly computes all products\n$/,
  );
});

describe.runIf(isExhaustive)('at length', () => {
  test('a run that is resumed takes what it was started with, whatever would be measured now', async () => {
    await train('whole', 'mixed', pretending('memory-of-whole'));
    await half('half', 'mixed', pretending('memory-of-half'));
    rmSync(join(folder, 'memory-of-half'), { recursive: true });
    const { code } = await resume('half', 'mixed', pretending('memory-of-half', { SLOW_FORM: 'nt' }));
    expect(code).toBe(0);
    expectSame('half', 'whole');
  });

  test('a choice that would be another one has another name', async () => {
    const [one, other] = [
      await train('one', 'mixed', pretending('a')),
      await train('two', 'mixed', pretending('b', { SLOW_FORM: 'nt' })),
    ];
    expect(other.backend).toMatch(/^blas-unknown-[0-9a-f]{8}-without-[0-9a-f]{8}$/);
    expect(other.backend).not.toBe(one.backend);
  });

  test('a library that is slower than WebAssembly is not used, and who asked for it is told', async () => {
    const { code, stderr, backend } = await train('slow', 'slow', pretending('memory'));
    expect({ code, backend }).toEqual({ code: 0, backend: expect.stringMatching(/^wasm-/) });
    expect(stderr).toMatch(
      /^unrolled: blas: unknown-[0-9a-f]{8} is no faster here than WebAssembly, which computes all products\n$/,
    );
  });

  test('one that is fast has the plain name, and is given all large products', async () => {
    expect((await train('quick', 'quick', pretending('memory'))).backend).toMatch(/^blas-unknown-[0-9a-f]{8}$/);
  });

  test('where nothing can be remembered nothing is measured, so that equal runs are equal', async () => {
    for (const library of ['mixed', 'slow'])
      expect((await train(`none-${library}`, library, pretending('/proc/none'))).backend).toMatch(
        /^blas-unknown-[0-9a-f]{8}$/,
      );
  });

  test.each(['crash', 'hang', 'exit'])('a library that does %s takes nothing with it', async (library) => {
    const { code, stderr, backend } = await train(`after-${library}`, library, pretending('memory'));
    expect({ code, backend }).toEqual({ code: 0, backend: expect.stringMatching(/^wasm-/) });
    expect(stderr).toContain(`got /pretended/${library}, which `);
  });

  test('the library of a run is refused as another one by its bits, unless an earlier version did not tell', async () => {
    await half('named', 'mixed', pretending('memory'));
    rename('named', 'blas-unknown-00000000');
    expect(await resume('named', 'mixed', pretending('memory'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^unrolled: --blas: expected blas-unknown-00000000, as the run in named was started with, got blas-unknown-[0-9a-f]{8}\S*; give --backend-change to go on with it\n$/,
      ),
    });
  });

  test('a run of a version that called it unknown goes on under that name, with a remark', async () => {
    await half('unknown', 'quick', pretending('memory'));
    rename('unknown', 'blas-unknown');
    expect(await resume('unknown', 'quick', pretending('memory'))).toEqual({
      code: 0,
      backend: 'blas-unknown',
      stderr: expect.stringMatching(
        /^unrolled: the run in unknown does not tell which unknown library it was started with; if it was another one than \/pretended\/quick, its numbers differ in the last digits\n$/,
      ),
    });
  });

  describe.skipIf(betterCores('prescott').length === 0)('an OpenBLAS that does not know the processor', () => {
    const [core] = betterCores('prescott');

    // what is fast is measured, which other work on the machine may disturb
    let attempts = 0;
    test('is told to compute for the best that is right and fast', { retry: 4 }, async () => {
      const name = `old-${++attempts}`;
      const { code, stderr, backend } = await train(name, 'openblas-old', pretending(`memory-${name}`));
      expect({ code, stderr, backend }).toEqual({ code: 0, stderr: '', backend: `blas-openblas-0.3.99-${core}` });
    });

    test('is left alone where the user tells it, and where its newer kernels crash', async () => {
      const told = pretending('memory', { OPENBLAS_CORETYPE: 'Prescott' });
      expect((await train('told', 'openblas-old', told)).backend).toMatch(/^wasm-/);
      const crashing = await train('crashing', 'openblas-crashing', pretending('/proc/none'));
      expect(crashing).toMatchObject({ code: 0, backend: 'blas-openblas-0.3.99-prescott' });
    });

    test('computes for the same in a run that is resumed, also for one that it took by itself', async () => {
      await train('old-whole', 'openblas-old', pretending('memory'));
      await half('old-half', 'openblas-old', pretending('memory'));
      expect(await resume('old-half', 'openblas-old', pretending('another'))).toMatchObject({ code: 0 });
      expectSame('old-half', 'old-whole');
      await half('older', 'openblas-old', pretending('memory'));
      rename('older', 'blas-openblas-0.3.99-prescott');
      expect(await resume('older', 'openblas-old', pretending('memory'))).toEqual({
        code: 0,
        stderr: '',
        backend: 'blas-openblas-0.3.99-prescott',
      });
    });
  });
});
