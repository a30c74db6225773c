// The adding problem (Hochreiter and Schmidhuber 1997): two numbers in a long random sequence are marked, and the network has to give their sum at
// the end. Always answering 1 has the mean squared error 1/6; a network that does better has kept a number in memory. Each batch is drawn by a source
// of batches written here, which is all that is needed to train on any data.
// usage: node examples/adding.mjs [--cell irnn,gru,lstm,tanh] [--length 150] [--updates 2000] [--hidden 100] [--lr RATE] [--seed 1]

import { parseArgs } from 'node:util';
import { Random, tensorsOf } from 'unrolled/core';
import { createModel, train } from 'unrolled/node';

const { values: options } = parseArgs({
  options: {
    cell: { type: 'string', default: 'irnn,gru,lstm,tanh' },
    length: { type: 'string', default: '150' },
    updates: { type: 'string', default: '2000' },
    hidden: { type: 'string', default: '100' },
    lr: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const [T, B, updates, seed] = [Number(options.length), 32, Number(options.updates), Number(options.seed)];

// IRNN (Le et al. 2015) is an Elman network with ReLU whose W begins as the identity, so that at first it keeps everything it has read.
const cells = {
  irnn: { cell: 'rnn', nonlinearity: 'relu', init: 'identity', learningRate: 0.001 },
  gru: { cell: 'gru', learningRate: 0.004 },
  lstm: { cell: 'lstm', learningRate: 0.004 },
  tanh: { cell: 'rnn', learningRate: 0.001 },
};

const sums = {
  batchSize: B,
  bptt: T,
  shortSteps: [], // every batch has T steps,
  padded: false, // and so has every sequence in it
  carriesState: false, // which begins with an empty memory
  batches: updates,
  /** Writes a batch into the network's own arrays: the same one for the same index, so that a run could be resumed. */
  write(net, _epoch, index) {
    const random = new Random(seed * 1_000_003 + index);
    net.input.fill(0); // x(t) = [number, mark], [T, B, 2]
    net.values.fill(0); // with pooling one target for each sequence, [B, 1]
    net.weights.fill(1 / B); // makes the loss a mean
    for (let b = 0; b < B; b++) {
      const marked = [random.uniform(0, T / 2), random.uniform(T / 2, T)].map(Math.floor);
      for (let t = 0; t < T; t++) net.input[2 * (t * B + b)] = random.uniform();
      for (const t of marked) {
        net.input[2 * (t * B + b) + 1] = 1;
        net.values[b] += net.input[2 * (t * B + b)];
      }
    }
    return { steps: T, predictions: B };
  },
};

/**
 * Sets the biases of an LSTM (chrono initialization, Tallec and Ollivier 2018). The forget gates of a new LSTM let a memory fade within four steps.
 * Here each unit gets a time constant of its own, from 1 to T, and its input gate is closed accordingly. `b0` is a view of the parameters, with the
 * gates in the order i, f, g, o.
 */
function rememberLong({ config, parameters }) {
  const { b0 } = tensorsOf(config, parameters);
  const random = new Random(seed);
  for (let i = 0; i < config.hiddenSize; i++) {
    b0[config.hiddenSize + i] = Math.log(random.uniform(1, T - 1));
    b0[i] = -b0[config.hiddenSize + i];
  }
}

for (const name of options.cell.split(',')) {
  const { learningRate, ...cell } = cells[name];
  const sizes = { vocabSize: 1, inputSize: 2, outputSize: 1, hiddenSize: Number(options.hidden) };
  const model = createModel({ ...sizes, ...cell, pooling: 'last', loss: 'squared', seed });
  if (name === 'lstm') rememberLong(model);
  const recent = []; // losses of batches that were never seen before: test errors
  const cpu = process.cpuUsage(); // seconds of a processor: what others do beside it does not count
  let [mean, solved] = [0, 'not below 0.02'];
  for await (const report of train(model, sums, {
    updates,
    learningRate: Number(options.lr ?? learningRate),
    clip: 1,
  })) {
    if (report.kind !== 'update') continue;
    recent.push(report.loss);
    if (recent.length > 100) recent.shift();
    mean = recent.reduce((sum, loss) => sum + loss, 0) / recent.length;
    if (mean >= 0.02 || recent.length < 100 || solved.startsWith('below')) continue;
    solved = `below 0.02 after ${report.update} updates, ${(process.cpuUsage(cpu).user / 1e6).toFixed(0)} s`;
  }
  console.log(`${name}: squared error ${mean.toFixed(4)} (answering 1: 0.1667), ${solved}`);
}
