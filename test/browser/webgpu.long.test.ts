// Training and many texts on WebGPU in Chromium, on the GPU that SwiftShader imitates: every kernel beside the portable backend's, whole updates of every architecture
// beside WebAssembly's, what they cost in dispatches and memory, and what happens where a GPU is lost. Needs an installed Chromium with an adapter;
// without one the tests are skipped and say so.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kernelNames } from '../../src/engine/kernels.ts';
import { bundle, executablePath } from './chromium.ts';
import type * as program from './webgpu.ts';
import { kernelCases } from './webgpu-kernels.ts';

type Program = typeof program;
type Name = keyof Program;

/** Whether runs have their whole length, as in `npm run test:all`: minutes on a GPU that a CPU imitates. */
const isWhole = process.env.COMMANDS !== 'hosted';

let server: Server;
let browser: Browser;
let page: Page;
let adapter = 'none: no Chromium';
/** What Chromium says of wrong commands and shaders, and of errors. */
const warnings: string[] = [];

/** Calls a function of the program in a page. */
const callIn = <Function extends Name>(
  where: Page,
  name: Function,
  ...args: Program[Function] extends (...args: infer Args) => unknown ? Args : never
): Promise<Program[Function] extends (...args: never[]) => infer Result ? Awaited<Result> : never> =>
  where.evaluate(`program.${name}(...${JSON.stringify(args)})`);
/** Calls it in the page of most tests. */
const call = <Function extends Name>(
  name: Function,
  ...args: Program[Function] extends (...args: infer Args) => unknown ? Args : never
) => callIn(page, name, ...args);

/** A page that has the program. */
async function newPage(): Promise<Page> {
  const opened = await browser.newPage();
  opened.setDefaultTimeout(0);
  opened.on('console', (message) => {
    if (message.type() === 'warning' || message.type() === 'error') warnings.push(message.text());
  });
  await opened.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await opened.evaluate('import("/bundle.js").then((program) => void Object.assign(globalThis, { program }))');
  return opened;
}

beforeAll(async () => {
  if (!executablePath) return;
  const code = await bundle('./webgpu.ts');
  server = createServer((request, response) => {
    const isCode = request.url === '/bundle.js';
    response
      .writeHead(200, { 'content-type': isCode ? 'text/javascript' : 'text/html' })
      .end(isCode ? code : '<!doctype html><title>WebGPU</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
      ...['--enable-precise-memory-info', '--js-flags=--expose-gc'], // for the heap
    ],
  });
  page = await newPage();
  adapter = await call('adapterOf');
  if (adapter.startsWith('none')) console.warn(`no WebGPU in Chromium: its tests are skipped (${adapter})`);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

describe.skipIf(!executablePath)('on WebGPU in Chromium', () => {
  /** A test that is skipped where there is no adapter, which is known only when the page is there. */
  const gpuTest = (name: string, body: () => Promise<void>): void =>
    test(name, { timeout: 600_000 }, async (context) => {
      if (adapter.startsWith('none')) context.skip(adapter);
      await body();
    });

  test('every kernel has cases', () => {
    const packing = ['packTransposed', 'packPlain']; // within those of product
    expect([...kernelCases, ...packing].sort()).toEqual([...kernelNames].sort());
  });

  gpuTest('every kernel gives the numbers of the portable backend in every size, and writes nothing else', async () => {
    const complaints: string[] = [];
    for (const name of kernelCases) complaints.push(...(await call('compare', name)));
    expect(complaints).toEqual([]);
  });

  gpuTest('the shader with every kernel compiles for 64, 256 and 1,024 invocations, without a message', async () => {
    for (const invocations of [64, 256, 1024]) expect(await call('messagesFor', invocations)).toEqual([]);
  });

  gpuTest('updates of every architecture are WebAssembly’s to the rounding of float32', async () => {
    const names = await call('architectureNames');
    expect(names.length).toBeGreaterThan(25);
    for (const name of names) {
      const apart = await call('updatesOf', name);
      // three updates; 2e-5 is seven times what was seen, and a planted mistake (below) is far above
      for (const [what, error] of Object.entries(apart)) expect(error, `${what} of ${name}`).toBeLessThan(2e-5);
    }
  });

  const mistakes: [architecture: string, mistake: program.Planted][] = [
    ['one-hot', ['tanhBackward', '1.0 - y * y', '1.0 - 0.999 * y * y']],
    ['gru', ['gruBackward', 'f[a + two] = dz', 'f[a + two] = dz * 0.99']],
    ['mingru, 2 layers, dropout', ['dropout', 'bitcast<u32>(first + i)', 'bitcast<u32>(i)']],
    ['one-hot', ['productTN', 'p = k - 1', 'p = k - 2']],
  ];
  gpuTest('a planted mistake is seen', async () => {
    for (const [name, planted] of mistakes) {
      const apart = await call('updatesOf', name, planted);
      expect(Math.max(...Object.values(apart)), planted.join(' ')).toBeGreaterThan(1e-4);
    }
  });

  gpuTest('the same updates give the same bits, with any number of workgroups', async () => {
    expect(await call('repeats', 'bidirectional, 2 layers, dropout')).toEqual([true, true]);
  });

  gpuTest('W in registers, W read in each step and a dispatch for each step give the same bits', async () => {
    // on the way back the LSTM's W has 80 rows: two lanes have a column together
    const architectures = [
      { vocabSize: 7, hiddenSize: 9, nonlinearity: 'relu', numLayers: 2 },
      { vocabSize: 7, hiddenSize: 8, cell: 'gru', bidirectional: true, embeddingSize: 3 },
      { vocabSize: 7, hiddenSize: 20, cell: 'lstm' },
    ] as const;
    expect(await call('designsApart', architectures)).toEqual([[], [], []]);
  });

  gpuTest(
    'an update is one submission of at most 30 dispatches, whatever its length, and nothing is read between',
    async () => {
      const rare = { softmax: 'adaptive', vocabSize: 40, hiddenSize: 16, cutoffs: [4, 20] } as const;
      const kinds = [...(['rnn', 'gru', 'lstm', 'mingru'] as const).map((cell) => ({ cell })), rare];
      for (const kind of kinds)
        for (const steps of [8, 120]) {
          const architecture = { vocabSize: 7, hiddenSize: 5, numLayers: 2, ...kind };
          const { first, later, planned, losses } = await call('countsOf', architecture, { steps }, 3);
          expect(first.dispatches).toBeLessThanOrEqual(30);
          expect(later).toEqual({ ...first, submissions: 3, encoders: 3, dispatches: 3 * first.dispatches });
          expect(later).toMatchObject({ maps: 0, bytes: planned });
          expect(losses[2]).toBeLessThan(losses[0]);
          const name = Object.values(kind)[0];
          console.log(`${name}, 2 layers, T ${steps}: ${first.dispatches} dispatches an update, ${planned} bytes`);
        }
      for (const cell of ['rnn', 'gru'] as const) {
        const { first } = await call('countsOf', { vocabSize: 7, hiddenSize: 16, cell }, { steps: 8 }, 2, 2, 'muon');
        expect(first.submissions).toBe(1);
        expect(first.dispatches).toBeLessThanOrEqual(cell === 'rnn' ? 30 : 50); // nine more for each square of W
        console.log(`${cell}, muon: ${first.dispatches} dispatches an update`);
      }
    },
  );

  gpuTest('an adaptive softmax with many chunks of rare rows is WebAssembly’s', async () => {
    for (const [what, error] of Object.entries(await call('manyChunks'))) expect(error, what).toBeLessThan(2e-5);
  });

  gpuTest('buffers are the formula’s, and nothing grows over 2,000 updates', async () => {
    const [runs, most] = [isWhole ? 2000 : 200, 8];
    const architecture = { vocabSize: 7, hiddenSize: 5 };
    const { first, later, planned, losses, heap } = await call('countsOf', architecture, { steps: 6 }, runs, most);
    const reads = runs / most - 1;
    expect(later).toEqual({
      ...{ buffers: first.buffers, bytes: first.bytes, groups: first.groups, maps: reads },
      ...{ submissions: runs + reads, encoders: runs + reads, dispatches: runs * first.dispatches },
    });
    expect(later.bytes).toBe(planned);
    // one object that each of 1,800 updates left behind would be 100 kB
    expect(heap[0]).toBeGreaterThan(0);
    expect(heap[1] - heap[0]).toBeLessThan(100_000);
    console.log(`heap after ${runs / 10} and ${runs} updates: ${heap.join(' and ')} bytes`);
    // what is watched stands in a ring and in a buffer that the host reads: 33 numbers of 16 bytes and an integer for each update
    const watched = 2 * most * (33 * 16 + 4);
    for (const options of [architecture, { ...architecture, cell: 'lstm', numLayers: 2, dropout: 0.1 } as const]) {
      const { formula, bytes } = await call('formulaOf', options);
      expect(bytes).toBe(formula);
      if (options === architecture) expect(planned).toBe(formula + watched);
    }
    expect(losses).toHaveLength(runs);
  });

  gpuTest('every cell learns the built-in text along the curve of WebAssembly, within 1e-3 nats', async () => {
    const updates = isWhole ? 500 : 32;
    const text = readFileSync(new URL('../../texts/the-clockmakers-river.txt', import.meta.url), 'utf8').slice(
      0,
      12_000,
    );
    for (const [cell, { apart, first, last }] of Object.entries(await call('curvesOf', updates, text))) {
      expect(apart, cell).toBeLessThan(1e-3);
      expect(last, cell).toBeLessThan(first);
      console.log(`${cell}, ${updates} updates: at most ${apart.toExponential(1)} nats apart, ${first} to ${last}`);
    }
  });

  gpuTest('a run goes on from its snapshot bit for bit, and not on another backend', async () => {
    expect(await call('resumes')).toEqual({
      isSame: true,
      at: 8,
      messages: [
        expect.stringMatching(/^step: expected stepTogether on webgpu-\S+, whose numbers come later$/),
        expect.stringMatching(/^snapshot: expected snapshotTogether on webgpu-\S+, whose numbers come later$/),
        expect.stringMatching(
          /^resume: expected backend webgpu-\S+, as the run was started with, got wasm-relaxed-simd$/,
        ),
      ],
    });
  });

  gpuTest('a model is evaluated and writes on the CPU with the numbers that the GPU has just then', async () => {
    const [cpu, gpu] = await call('usesWhileTraining');
    expect(gpu).toHaveLength(cpu.length);
    gpu.forEach(({ loss, heldOut, texts }, at) => {
      expect(Math.abs(loss - cpu[at].loss)).toBeLessThan(1e-4);
      expect(Math.abs(heldOut - cpu[at].heldOut)).toBeLessThan(1e-4);
      expect(texts).toEqual(cpu[at].texts);
    });
    expect(gpu.at(-1)!.loss).toBeLessThan(gpu[0].loss - 0.1); // an epoch later they are others
  });

  gpuTest('texts have the losses of the CPU, and those written are its own, with every cell and head', async () => {
    const found = Object.entries(await call('textsOf'));
    expect(found).toHaveLength(6);
    for (const [name, { nats, cpu, gpu }] of found) {
      expect(nats, name).toBeLessThan(1e-5);
      expect(gpu, name).toEqual(cpu);
    }
  });

  gpuTest(
    'a pass over a window of texts is one submission of few dispatches, and nothing is made after it',
    async () => {
      const [passes, dispatches] = [16, new Set<number>()];
      for (const steps of [6, 18]) {
        const architecture = { vocabSize: 60, hiddenSize: 16, numLayers: 2 };
        const { opened, first, all, told, bytes, parameterBytes } = await call('passesOf', architecture, steps, passes);
        const each = first.dispatches - opened.dispatches;
        dispatches.add(each);
        expect(each).toBe(5);
        expect(first).toEqual({
          ...opened,
          dispatches: opened.dispatches + each,
          submissions: opened.submissions + 1,
          encoders: opened.encoders + 1,
        });
        const reads = passes / 8;
        expect(all).toEqual({
          ...{ buffers: first.buffers, bytes: first.bytes, groups: first.groups, maps: reads },
          ...{ submissions: opened.submissions + passes + reads, encoders: opened.encoders + passes + reads },
          dispatches: opened.dispatches + passes * each,
        });
        expect(told).toBe(passes);
        console.log(`2 layers, T ${steps}: ${each} dispatches a pass of texts`);
        // tokens, targets and weights, and 72 sums that nobody writes: the parameters went there once
        expect(bytes).toBeLessThan(3 * steps * 3 * 4 + 72 * 16 + 500);
        expect(bytes).toBeLessThan(parameterBytes / 2);
      }
      expect(dispatches.size).toBe(1);
    },
  );

  gpuTest('auto takes whichever is faster, here the CPU, and the first report says so', async () => {
    const { names, remarks, isFaster, sentence } = await call('chooses');
    expect(names).toEqual([expect.stringMatching(/^wasm/), expect.stringMatching(/^webgpu-\S+-32$/)]);
    expect(remarks).toEqual([
      expect.stringMatching(
        /^backend auto: the CPU trains; an update takes the GPU \(.+\) [\d.]+ ms, the CPU [\d.]+ ms(; |$)/,
      ),
    ]);
    expect([isFaster, sentence]).toEqual([
      true,
      expect.stringMatching(/^backend auto: the GPU trains; an update takes/),
    ]);
  });

  gpuTest('a run that loses its GPU goes on on the CPU, and says so', async () => {
    // in a page of its own: one that goes on with another GPU is sometimes blocked for ever by Chromium 156, in a lock of its own
    const alone = await newPage();
    const { remarks, sentences, ofText, updates, holes, apart } = await callIn(alone, 'loseTheGpu');
    await alone.close();
    expect(sentences).toEqual([
      'webgpu: the GPU was given back; evaluation begins again on the CPU',
      'webgpu: the GPU was given back; generation begins again on the CPU',
    ]);
    expect(ofText).toEqual([0, 9]);
    expect(remarks).toEqual([
      expect.stringMatching(/^The data set is small, so some defaults differ: /),
      expect.stringMatching(/^webgpu: the GPU was given back; training goes on on the CPU from update \d+$/),
    ]);
    expect([updates, holes]).toEqual([40, 0]);
    expect(apart).toBeLessThan(1e-3);
  });

  gpuTest('what is not finite stops a run with the sentence of the CPU, or takes it back', async () => {
    const { errors, rolledBack } = await call('divergeOn');
    expect(errors[0]).toMatch(/^training: update \d+: .* is not finite; /);
    expect(errors[1]).toBe(errors[0]);
    expect(rolledBack).toBe(60);
  });

  gpuTest('what cannot be is refused in a sentence', async () => {
    expect(await call('refusals')).toEqual([
      'workgroups: expected a whole number from 1 to 1024, got 0',
      'invocations: expected a power of two from 1 to 1024, got 48',
      expect.stringMatching(/^shards, average: expected 1 and 0 on webgpu-\S+, got 2 and 0$/),
      expect.stringMatching(
        /^checkpointEvery: expected none on webgpu-\S+, where every span would be dispatches of its own, got 4; leave it out or take a shorter window$/,
      ),
      expect.stringMatching(
        /^webgpu: expected a window of at most \d+ MiB, as this GPU gives one, got 4096; use a smaller model, batch or window$/,
      ),
      "webgpu: the GPU was given back; take backend 'auto'",
      "backend: expected auto, wasm or javascript, got webgpu; give what openBackend of 'unrolled/webgpu' opens",
    ]);
  });

  gpuTest('in all of this the device refused nothing, and the browser warned of nothing', async () => {
    expect(await call('failureOf')).toBeNull();
    expect(warnings).toEqual([]);
  });
});
