// The native BLAS: what is missing is said in a sentence; where there is one, it passes the conformance suite of all backends, and gives the numbers
// of WebAssembly to float32's accuracy. On a machine without OpenBLAS or Accelerate that part is skipped, and says so.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { streams } from '../../src/data/text/streams.ts';
import { createBackend } from '../../src/engine/create.ts';
import { checkConfig } from '../../src/network/config.ts';
import { initialize } from '../../src/network/initialize.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { blasBackend } from '../../src/node/blas-backend.ts';
import { type BlasLibrary, libraryOf } from '../../src/node/blas-library.ts';
import { findBlas, variedProducts } from '../../src/node/blas-search.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';
import type { Trainer } from '../../src/training/trainer.ts';
import { main, river } from '../cli/support.ts';
import { lossConforms } from '../engine/conformance/loss.ts';
import { optimizersConform } from '../engine/conformance/optimizers.ts';
import { pointwiseConform } from '../engine/conformance/pointwise.ts';
import { productsConform } from '../engine/conformance/products.ts';
import { rowsConform } from '../engine/conformance/rows.ts';
import { workspacesConform } from '../engine/conformance/workspaces.ts';
import { relativeError } from '../support/numbers.ts';
import { openTestThreads } from '../support/threads.ts';

const dist = new URL('..', pathToFileURL(main));
const script = new URL('node/blas-trial.js', dist);
const { library } = findBlas({ products: variedProducts(), script });
if (!library) console.warn('no native BLAS found: its tests are skipped (install libopenblas0)');

test('a library that is not there, or is none, is refused with a sentence that names it', async () => {
  const { openBlas } = (await import(new URL('node.js', dist).href)) as { openBlas(path: string): BlasLibrary };
  expect(() => openBlas('/nowhere/libblas.so')).toThrow(
    /blas: expected a library with cblas_sgemm that computes right, got \/nowhere\/libblas.so, which cannot be tried \(/,
  );
  expect(() => openBlas(process.execPath)).toThrow(/which cannot be tried \(/);
});

test('without the optional package koffi a sentence says so, and nothing else needs it', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const copy = mkdtempSync(join(tmpdir(), 'unrolled-bare-')); // no node_modules above it
  try {
    for (const name of ['dist', 'package.json', 'texts', 'node_modules/papaparse'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    const text = join(copy, 'texts/the-clockmakers-river.txt');
    const train = (...more: string[]) => {
      const args = [
        'dist/cli/main.js',
        'train',
        text,
        '--out',
        join(copy, 'm'),
        '--updates',
        '1',
        '--overwrite',
        ...more,
      ];
      return spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
    };
    expect(train('--hidden', '4').status).toBe(0);
    const asked = train('--blas', 'auto');
    expect(asked.status).toBe(0);
    expect(asked.stdout).toMatch(/Using: WebAssembly, \d+ threads?\n/);
    expect(asked.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Note: blas: expected the optional package koffi, got none; npm install koffi; WebAssembly computes all products.',
    );
    const system = spawnSync(process.execPath, ['dist/cli/main.js', 'inspect', '--system'], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect(system.stdout).toContain('no native BLAS expected the optional package koffi, got none; npm install koffi');
  } finally {
    rmSync(copy, { recursive: true });
  }
});

/** A library in JavaScript, to see what reaches it. */
function pretended(): { library: BlasLibrary; calls: [number, number, number][] } {
  const calls: [number, number, number][] = [];
  const sgemm: Parameters<typeof libraryOf>[2] = (_, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) => {
    calls.push([m, n, k]);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++)
          sum += a[ta === 111 ? i * lda + p : p * lda + i] * b[tb === 111 ? p * ldb + j : j * ldb + p];
        c[i * ldc + j] = alpha * sum + (beta ? beta * c[i * ldc + j] : 0);
      }
  };
  return { library: libraryOf('pretended', '', sgemm), calls };
}

/** A window run forward and backward. */
function run(backend: ReturnType<typeof createBackend>, H: number, B: number) {
  const config = checkConfig({ vocabSize: 40, hiddenSize: H, embeddingSize: 24, numLayers: 2 });
  const net = new Unrolled(backend, config, { steps: 12, batch: B, gradients: true });
  const random = new Random(3);
  net.parameters.set(initialize(config));
  for (let i = 0; i < net.tokens.length; i++) {
    net.tokens[i] = random.next() % 40;
    net.targets[i] = random.next() % 40;
  }
  net.forward();
  net.backward();
  return { loss: net.loss(), gradient: net.gradient.slice() };
}

test('a wrong file is told of, and the run goes on with WebAssembly', () => {
  const out = mkdtempSync(join(tmpdir(), 'unrolled-wrong-'));
  try {
    const args = [
      'train',
      river,
      '--out',
      join(out, 'm'),
      '--updates',
      '1',
      '--hidden',
      '4',
      '--blas',
      process.execPath,
    ];
    const { status, stdout } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /Note: blas: expected a library with cblas_sgemm that computes right, got .*; WebAssembly computes all products\./,
    );
    expect(status).toBe(0);
  } finally {
    rmSync(out, { recursive: true });
  }
});

describe('the rule of sizes', () => {
  test('gives the library the large products only, weights unpacked, and the numbers stay', () => {
    const { library: pretend, calls } = pretended();
    const [ours, theirs] = [createBackend('wasm'), blasBackend(pretend)].map((backend) => run(backend, 64, 33));
    expect(calls.length).toBeGreaterThan(40); // the recurrence forward and backward, and what is beside it
    for (const [m, n, k] of calls) expect(m * n * k).toBeGreaterThanOrEqual(2 ** 17);
    expect(theirs.loss).toBeCloseTo(ours.loss, 2);
    expect(relativeError(theirs.gradient, ours.gradient)).toBeLessThan(5e-6); // two orders of summation in float32
  });

  test('leaves a small network to WebAssembly, bit for bit', () => {
    const { library: pretend, calls } = pretended();
    const [ours, theirs] = [createBackend('wasm'), blasBackend(pretend)].map((backend) => run(backend, 16, 2));
    expect(calls).toEqual([]);
    expect(theirs).toEqual(ours);
  });
});

test('every product of an update with Muon reads the matrix that was packed for it', () => {
  const { library: pretend, calls } = pretended();
  const ids = new Uint8Array(2000).map((_, i) => (i * i + (i >> 3)) % 40);
  const [ours, theirs] = [createBackend('wasm'), blasBackend(pretend)].map((backend) => {
    const model = createModel({ vocabSize: 40, hiddenSize: 64, cell: 'gru' });
    const trainer = textTrainer(backend, model, streams(ids, 8), { updates: 3, bptt: 8, optimizer: 'muon' });
    while (!trainer.done) trainer.step();
    return trainer.parameters.map((value, i) => value - model.parameters[i]);
  });
  expect(calls.filter((sizes) => sizes.every((size) => size === 64)).length).toBe(3 * 3 * 3 * 3); // updates, gates, rounds, products
  expect(relativeError(theirs, ours)).toBeLessThan(1e-4); // the rounds enlarge what two orders of summation differ by
});

describe.skipIf(!library)('the library that is here', () => {
  const backend = library ? blasBackend(library) : createBackend();

  productsConform(backend);
  rowsConform(backend);
  pointwiseConform(backend);
  lossConforms(backend);
  optimizersConform(backend);
  workspacesConform(backend);

  test('gives WebAssembly’s losses and gradients to float32’s accuracy', () => {
    const [ours, theirs] = [createBackend('wasm'), backend].map((each) => run(each, 96, 40));
    expect(relativeError([theirs.loss], [ours.loss])).toBeLessThan(1e-6);
    expect(relativeError(theirs.gradient, ours.gradient)).toBeLessThan(5e-6);
  });

  test('in two threads gives the same numbers, and the same bits each time', async () => {
    const crew = await openTestThreads(2);
    try {
      const shared = blasBackend(library!, crew);
      expect(shared.name).toBe(`${backend.name}-2-threads`);
      const [alone, ...both] = [backend, shared, shared].map((each) => run(each, 96, 40));
      expect(relativeError(both[0].gradient, alone.gradient)).toBeLessThan(5e-6);
      expect(both[1]).toEqual(both[0]);
    } finally {
      crew.close();
    }
  });

  test('repeats itself bit for bit, and goes on from a snapshot bit for bit', () => {
    const ids = new Uint8Array(6000).map((_, i) => (i * i + (i >> 3)) % 40);
    const open = () =>
      textTrainer(backend, createModel({ vocabSize: 40, hiddenSize: 64 }), streams(ids, 32), { updates: 12, bptt: 20 });
    const finish = (trainer: Trainer) => {
      while (!trainer.done) trainer.step();
      return trainer.snapshot();
    };
    const whole = finish(open());
    expect(finish(open())).toEqual(whole);
    const half = open();
    while (half.update < 5) half.step();
    const rest = open();
    rest.restore(half.snapshot());
    expect(finish(rest)).toEqual(whole);
  });
});
