// The copy task: the network reads ten symbols, then a gap with nothing to see, and then has to repeat the symbols in their order, one at each step.
// Guessing is right once in eight. How long a gap can a memory bridge?
// usage: node examples/copy.mjs [--cell tanh,irnn,gru,lstm] [--gap 5,20,50] [--updates 2000] [--hidden 128] [--lr RATE] [--seed 1]

import { parseArgs } from 'node:util';
import { Random, sequenceSource } from 'unrolled/core';
import { createModel, createSequences, evaluate, train } from 'unrolled/node';

const { values: options } = parseArgs({
  options: {
    cell: { type: 'string', default: 'tanh,irnn,gru,lstm' },
    gap: { type: 'string', default: '5,20,50' },
    updates: { type: 'string', default: '2000' },
    hidden: { type: 'string', default: '128' },
    lr: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const [length, alphabet, blank, recall] = [10, 8, 8, 9]; // the symbols are 0 to 7, two ids more stand for the gap and for "now"
const [batchSize, updates] = [32, Number(options.updates)];
const cells = {
  tanh: { cell: 'rnn', learningRate: 0.001 },
  irnn: { cell: 'rnn', nonlinearity: 'relu', init: 'identity', learningRate: 0.0003 },
  gru: { cell: 'gru', learningRate: 0.004 },
  lstm: { cell: 'lstm', learningRate: 0.004 },
};

function draw(count, gap, seed) {
  const random = new Random(seed);
  const steps = 2 * length + gap;
  const [ids, targets] = [new Int32Array(count * steps).fill(blank), new Int32Array(count * steps)];
  const counted = new Uint8Array(count * steps); // a mask: only what is said again is judged
  for (let start = 0; start < ids.length; start += steps) {
    ids.fill(recall, start + length + gap, start + steps);
    counted.fill(1, start + length + gap, start + steps);
    for (let t = 0; t < length; t++)
      ids[start + t] = targets[start + length + gap + t] = Math.floor(random.uniform(0, alphabet));
  }
  return createSequences(new Array(count).fill(steps), {
    input: { kind: 'symbols', planes: 1, size: alphabet + 2, ids },
    targets: { kind: 'classes', at: 'step', size: alphabet, ids: targets },
    counted,
  });
}

for (const gap of options.gap.split(',').map(Number)) {
  const training = draw(batchSize * updates, gap, Number(options.seed)); // enough that none is seen twice
  const test = draw(500, gap, Number(options.seed) + 1_000_003);
  for (const name of options.cell.split(',')) {
    const { learningRate, ...cell } = cells[name];
    const sizes = { vocabSize: alphabet + 2, outputSize: alphabet, hiddenSize: Number(options.hidden) };
    const model = createModel({ ...sizes, ...cell, seed: Number(options.seed) });
    const settings = { updates, learningRate: Number(options.lr ?? learningRate), clip: 1 };
    for await (const report of train(model, sequenceSource(training, { batchSize }), settings)) void report;
    const { accuracy } = evaluate(model, test);
    console.log(`gap ${gap}, ${name}: ${(100 * accuracy).toFixed(1)} % of the symbols right (guessing: 12.5 %)`);
  }
}
