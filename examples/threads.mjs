// Several threads share the work of a model on one memory, and give the same numbers, bit for bit, as one thread does.
// A page that is cross-origin isolated does the same with `openThreads` of 'unrolled'.

import { availableParallelism } from 'node:os';
import { createBackend, createModel, evaluate, languageModel, openThreads, readTokens, train } from 'unrolled/node';

const { tokenizer, ids } = readTokens(['@river'], 'char');

async function learn(backend) {
  const model = createModel({ tokenizer, hiddenSize: 96 });
  for await (const report of train(model, languageModel(ids, { tokenizer }), { updates: 40, backend })) void report;
  return evaluate(model, ids.subarray(0, 2000), backend).nll;
}

const threads = await openThreads(Math.min(4, availableParallelism()));
const alone = await learn(createBackend());
const shared = await learn(createBackend('auto', 'float32', threads));
threads.close();
console.log(`${alone.toFixed(4)} nats per character with 1 thread, ${shared.toFixed(4)} with ${threads.count}`);
console.log(alone === shared ? 'the same bits' : 'other bits');
