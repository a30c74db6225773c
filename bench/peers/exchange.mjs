// Models there and back: saved models of many kinds that PyTorch makes (saved_models.py) are imported here, and models of ours are opened there with
// strict=True. Both times the logits are compared.
//
// usage: npm run build:library && node bench/peers/exchange.mjs      (Debian: python3-torch; without it, it says so and ends)

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cellNames, packModel, Random, Unrolled } from '../../dist/core.js';
import { createBackend, createModel, importPyTorch } from '../../dist/index.js';
import { saveFiles } from '../../dist/node/model-folder.js';
import { readTwin, twinName } from '../../dist/node/twin.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
);
if (!python) {
  console.log('skipped: no python3 has PyTorch (apt-get install python3-torch)');
  process.exit(0);
}

/** The logits of a model for one sequence. */
function logitsOf(model, input) {
  const { config } = model;
  const steps = input.length / (config.inputSize ?? 1);
  const net = new Unrolled(createBackend('javascript', 'float64'), config, { steps, batch: 1, output: 'logits' });
  net.setParameters(model.parameters);
  (config.inputSize === null ? net.tokens : net.input).set(input);
  net.forward();
  const rows = config.pooling === 'none' ? steps : 1;
  const outputs = config.outputSize ?? config.vocabSize;
  return Array.from({ length: rows }, (_, row) => [...net.logitsOf(row)].slice(0, outputs)).flat();
}

const difference = (a, b) => a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
const folder = mkdtempSync(join(tmpdir(), 'unrolled-exchange-'));
let failed = 0;
function row(title, gap, limit) {
  if (!(gap < limit)) failed++;
  console.log(`${title.padEnd(52)} ${typeof gap === 'number' ? gap.toExponential(1) : gap}`);
}

try {
  const list = join(folder, 'saved.json');
  execFileSync(python, [join(here, 'saved_models.py'), list], { stdio: ['ignore', 'inherit', 'ignore'] });
  for (const { title, name, file, options, input, logits } of JSON.parse(readFileSync(list, 'utf8'))) {
    try {
      const model = importPyTorch(new Uint8Array(Buffer.from(file, 'base64')), { ...options, where: name });
      row(title, difference(logits, logitsOf(model, input)), 1e-6);
    } catch (error) {
      row(title, String(error), 0);
    }
  }

  const kinds = [
    { embeddingSize: 4 },
    { embeddingSize: 6, tieWeights: true },
    { numLayers: 2 },
    { embeddingSize: 3, numLayers: 2, bidirectional: true, outputSize: 3 },
    { bidirectional: true, pooling: 'last', outputSize: 3 },
    { embeddingSize: 4, pooling: 'mean', outputSize: 2 },
    { inputSize: 3, outputSize: 2, loss: 'squared' },
    { hiddenSize: 16, vocabSize: 30, softmax: 'adaptive', cutoffs: [6, 14] },
  ];
  const random = new Random(1);
  const ours = cellNames.flatMap((cell) =>
    kinds.map((kind, i) => {
      const model = createModel({ cell, vocabSize: 9, hiddenSize: 6, ...kind, seed: i });
      const parameters = Float32Array.from(model.parameters, () => random.uniform() - 0.5);
      const place = join(folder, `${cell}-${i}`);
      saveFiles(place, new Map([...packModel({ ...model, parameters }), [twinName, readTwin()]]));
      const { inputSize, vocabSize } = model.config;
      const x = Array.from({ length: 5 * (inputSize ?? 1) }, () =>
        inputSize ? random.uniform() : Math.floor(random.uniform() * vocabSize),
      );
      return { title: `${cell} ${JSON.stringify(kind)}`, model: { ...model, parameters }, place, x };
    }),
  );
  const asked = ours.map(({ model, place, x }) => {
    const { inputSize } = model.config;
    return { folder: place, shape: inputSize ? [5, 1, inputSize] : [5, 1], x, lengths: null, integers: !inputSize };
  });
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(asked));
  const script = join(here, '../../test/support/twin_logits.py');
  const answers = JSON.parse(execFileSync(python, [script, join(folder, 'cases.json')], { maxBuffer: 2 ** 26 }));
  console.log(`${ours.length} models of ours, opened there with strict=True`);
  for (const [i, { title, model, x }] of ours.entries())
    row(title, difference(answers[i].logits, logitsOf(model, x)), 1e-6);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(failed === 0 ? 'all agree' : `${failed} do not agree`);
process.exitCode = failed === 0 ? 0 : 1;
