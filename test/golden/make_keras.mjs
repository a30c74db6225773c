// Writes keras.json: models of Keras's layers with what they answer, as TensorFlow.js computes it, which has the layers, the weights and the layouts of
// Keras (the kernels [in, G H], the gates i f c o and z r h, reset_after). It is no dependency of the project: `npm install @tensorflow/tfjs@4.22.0` in a
// folder of its own, then `node test/golden/make_keras.mjs FOLDER`. What TensorFlow.js lacks, a GRU with reset_after, is computed by Keras's documented
// equations in float64, and says so.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const tf = createRequire(`${resolve(process.argv[2])}/`)('@tensorflow/tfjs');
await tf.setBackend('cpu');
const [V, E, H, C, STEPS] = [7, 3, 4, 5, 6];
const tokens = [[1, 2, 6, 1, 0, 3]];
let seed = 7;
const random = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.fround(seed / 1073741824 - 1);
};
const numbers = (...shape) => {
  const fill = ([size, ...rest]) => Array.from({ length: size }, () => (rest.length ? fill(rest) : random()));
  return fill(shape);
};
const cases = [];

function ofTfjs(title, layers) {
  const model = tf.sequential();
  for (const layer of layers) model.add(layer);
  model.build([1, STEPS]);
  for (const layer of model.layers)
    if (layer.weights.length > 0) layer.setWeights(layer.weights.map(({ shape }) => tf.tensor(numbers(...shape))));
  cases.push({
    ...{ title, from: `@tensorflow/tfjs ${tf.version.tfjs}` },
    layers: model.layers.map((layer) => {
      const one = layer.getClassName() === 'Bidirectional' ? layer.forwardLayer : layer;
      return {
        kind: one.getClassName(),
        isBidirectional: layer !== one,
        config: { activation: one.getConfig().activation, return_sequences: one.getConfig().returnSequences },
        weights: layer.getWeights().map((weight) => weight.arraySync()),
      };
    }),
    output: model.predict(tf.tensor(tokens)).arraySync()[0],
  });
}

const { layers } = tf;
const embedding = () => layers.embedding({ inputDim: V, outputDim: E, inputShape: [STEPS] });
const dense = () => layers.dense({ units: C });
const recurrent = { SimpleRNN: layers.simpleRNN, LSTM: layers.lstm };
for (const [name, make] of Object.entries(recurrent)) {
  const layer = (options = {}) => make({ units: H, recurrentActivation: 'sigmoid', returnSequences: true, ...options });
  ofTfjs(`${name}, every step`, [embedding(), layer(), dense()]);
  ofTfjs(`${name}, the last step`, [embedding(), layer({ returnSequences: false }), dense()]);
  ofTfjs(`${name}, two layers without biases`, [embedding(), layer({ useBias: false }), layer({ useBias: false }), dense()]);
  ofTfjs(`${name}, in both directions`, [
    embedding(),
    layers.bidirectional({ layer: layer(), mergeMode: 'concat' }),
    dense(),
  ]);
  ofTfjs(`${name}, in both directions, the last steps`, [
    embedding(),
    layers.bidirectional({ layer: layer({ returnSequences: false }), mergeMode: 'concat' }),
    dense(),
  ]);
}
ofTfjs('SimpleRNN with relu', [embedding(), recurrent.SimpleRNN({ units: H, activation: 'relu', returnSequences: true }), dense()]);
ofTfjs('GRU without reset_after', [
  embedding(),
  layers.gru({ units: H, recurrentActivation: 'sigmoid', returnSequences: true, resetAfter: false }),
  dense(),
]);

/** A GRU with reset_after by the equations in Keras's documentation, in float64. */
function gru(x, [kernel, recurrentKernel, bias], reverse) {
  const sigmoid = (a) => 1 / (1 + Math.exp(-a));
  const times = (vector, matrix) => matrix[0].map((_, j) => vector.reduce((sum, one, i) => sum + one * matrix[i][j], 0));
  let h = new Array(H).fill(0);
  const states = [];
  for (const input of reverse ? x.toReversed() : x) {
    const a = times(input, kernel).map((one, j) => one + (bias ? bias[0][j] : 0));
    const b = times(h, recurrentKernel).map((one, j) => one + (bias ? bias[1][j] : 0));
    h = h.map((before, j) => {
      const z = sigmoid(a[j] + b[j]);
      const r = sigmoid(a[H + j] + b[H + j]);
      const candidate = Math.tanh(a[2 * H + j] + r * b[2 * H + j]);
      return z * before + (1 - z) * candidate;
    });
    states.push(h);
  }
  return reverse ? states.toReversed() : states;
}

function ofEquations(title, { bidirectional = false, deep = false, last = false, bias = true }) {
  const table = numbers(V, E);
  let x = tokens[0].map((token) => table[token]);
  const found = [{ kind: 'Embedding', isBidirectional: false, config: {}, weights: [table] }];
  for (let layer = 0; layer < (deep ? 2 : 1); layer++) {
    const one = () => [numbers(x[0].length, 3 * H), numbers(H, 3 * H), ...(bias ? [numbers(2, 3 * H)] : [])];
    const directions = bidirectional ? [one(), one()] : [one()];
    const states = directions.map((weights, i) => gru(x, weights, i === 1));
    x = x.map((_, t) => states.flatMap((each) => each[t]));
    const config = { return_sequences: !last };
    found.push({ kind: 'GRU', isBidirectional: bidirectional, config, weights: directions.flat() });
    if (last) x = [states.flatMap((each, i) => each[i === 1 ? 0 : STEPS - 1])];
  }
  const [V2, c] = [numbers(x[0].length, C), numbers(C)];
  const scores = x.map((h) => c.map((one, j) => h.reduce((sum, value, i) => sum + value * V2[i][j], one)));
  found.push({ kind: 'Dense', isBidirectional: false, config: {}, weights: [V2, c] });
  cases.push({ title, from: 'the equations of Keras', layers: found, output: last ? scores[0] : scores });
}
ofEquations('GRU, every step', {});
ofEquations('GRU, the last step', { last: true });
ofEquations('GRU, two layers without biases', { deep: true, bias: false });
ofEquations('GRU, in both directions', { bidirectional: true });
ofEquations('GRU, in both directions, the last steps', { bidirectional: true, last: true });

const rounded = JSON.stringify({ tokens: tokens[0], cases }, (_, value) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value,
);
writeFileSync(new URL('keras.json', import.meta.url), `${rounded}\n`);
