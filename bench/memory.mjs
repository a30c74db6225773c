// Is memory flat while training, and is it what the formula says? Trains 2,000 updates of a small model in a process of its own with a bounded heap
// and compares resident and array memory after the first updates and after the last. Works on what is built in dist/.
// usage: node --expose-gc bench/memory.mjs [FILE]

import { createBackend, createModel, readText, splitValidation, streams, Trainer } from '../dist/node.js';

const file = process.argv[2] ?? new URL('../texts/the-clockmakers-river.txt', import.meta.url).pathname;
const { tokenizer, ids } = readText([file], 'char');
const { training, validation } = splitValidation(ids, 0.05);
const model = createModel({ tokenizer, hiddenSize: 128 });
const trainer = new Trainer(createBackend(), model, streams(training, 16), { updates: 2000 }, validation);
const measure = () => {
  globalThis.gc?.();
  const { rss, arrayBuffers, external } = process.memoryUsage();
  return { rss, arrays: arrayBuffers + external };
};
const rows = [];
for (const at of [1, 200, 1000, 2000]) {
  while (trainer.update < at) trainer.step();
  rows.push([at, measure()]);
}
console.log(`workspaces ${(trainer.bytes / 2 ** 20).toFixed(2)} MiB, as planned`);
for (const [at, { rss, arrays }] of rows)
  console.log(`update ${at}: resident ${(rss / 2 ** 20).toFixed(1)} MiB, arrays ${(arrays / 2 ** 20).toFixed(2)} MiB`);
const [, first] = rows[1];
const [, last] = rows.at(-1);
console.log(
  `from update 200 to 2,000: resident ${(100 * (last.rss / first.rss - 1)).toFixed(2)} %, arrays ${(100 * (last.arrays / first.arrays - 1)).toFixed(2)} %`,
);
