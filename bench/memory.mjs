// Is memory flat while training, and is it what the formula says? Trains 2,000 updates of a small model in a process of its own with a bounded heap
// and compares resident and array memory after the first updates and after the last. Works on what is built in dist/.
// usage: node --expose-gc bench/memory.mjs [--json] [FILE]

import { splitValidation, streams, textTrainer } from '../dist/core.js';
import { createBackend, createModel, readTokens } from '../dist/node.js';

const asJson = process.argv[2] === '--json';
const file = process.argv[asJson ? 3 : 2] ?? new URL('../texts/the-clockmakers-river.txt', import.meta.url).pathname;
const { tokenizer, ids } = readTokens([file], 'char');
const { training, validation } = splitValidation(ids, 0.05);
const model = createModel({ tokenizer, hiddenSize: 128 });
const trainer = textTrainer(createBackend(), model, streams(training, 16), { updates: 2000 }, validation);
const mib = (bytes) => bytes / 2 ** 20;
const measure = () => {
  globalThis.gc?.();
  const { rss, arrayBuffers, external } = process.memoryUsage();
  return { residentMiB: mib(rss), arraysMiB: mib(arrayBuffers + external) };
};
const rows = [];
for (const update of [1, 200, 1000, 2000]) {
  while (trainer.update < update) trainer.step();
  rows.push({ update, ...measure() });
}
if (asJson) console.log(JSON.stringify({ workspacesMiB: mib(trainer.bytes), rows }));
else {
  console.log(`workspaces ${mib(trainer.bytes).toFixed(2)} MiB, as planned`);
  for (const { update, residentMiB, arraysMiB } of rows)
    console.log(`update ${update}: resident ${residentMiB.toFixed(1)} MiB, arrays ${arraysMiB.toFixed(2)} MiB`);
  const [, first, , last] = rows;
  const change = (name) => `${(100 * (last[name] / first[name] - 1)).toFixed(2)} %`;
  console.log(`from update 200 to 2,000: resident ${change('residentMiB')}, arrays ${change('arraysMiB')}`);
}
