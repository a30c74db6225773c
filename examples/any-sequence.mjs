// Real vectors in, and a class at every step out: the network learns whether the sum of all inputs so far is positive, which needs a memory. This
// program uses the window itself instead of a trainer.

import { createBackend } from 'unrolled';
import { checkConfig, initialize, Random, Unrolled } from 'unrolled/core';

const [steps, batch] = [12, 32];
const config = checkConfig({ inputSize: 1, vocabSize: 2, hiddenSize: 16 });
const net = new Unrolled(createBackend(), config, { steps, batch, gradients: true });
net.parameters.set(initialize(config));
net.weights.fill(1 / (steps * batch)); // the loss is a mean

const random = new Random(1);
for (let update = 1; update <= 1500; update++) {
  const sums = new Float64Array(batch);
  for (let row = 0; row < steps * batch; row++) {
    net.input[row] = random.normal(); // x(t), [T, B, 1]
    sums[row % batch] += net.input[row];
    net.targets[row] = sums[row % batch] > 0 ? 1 : 0; // y(t), [T, B]
  }
  net.forward();
  net.backward();
  net.parameters.forEach((value, i) => {
    net.parameters[i] = value - 0.5 * net.gradient[i]; // θ ← θ − α ∇θ
  });
  if (update % 500 === 0)
    console.log(`update ${update}: loss ${net.loss().toFixed(3)} (guessing: ${Math.LN2.toFixed(3)})`);
}
