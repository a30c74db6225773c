// This library as a contestant of bench/run.mjs: one training step of the same kind as the peers' (forward, BPTT, plain SGD at 0.01,
// mean cross-entropy; one-hot input, or an embedding of size H), on one thread. It measures what is built in dist/.

/**
 * openCase({ B, T, H, C, embedding, native }) resolves to { step(), about }: step() trains one window [T, B] of fixed random ids from a zero
 * state and returns the mean cross-entropy in nats before the update; about names the backend for the report.
 */
export async function openCase({ B, T, H, C, embedding, native }) {
  const { blasBackend, checkConfig, createBackend, initialize, openBlas, Random, Unrolled } = await import(
    '../dist/node.js'
  ).catch((cause) => {
    throw Object.assign(new Error('not built: run npm run build', { cause }), { code: 'NOT_BUILT' });
  });
  const config = checkConfig({ vocabSize: C, hiddenSize: H, embeddingSize: embedding ? H : null });
  const backend = native ? blasBackend(openBlas()) : createBackend('wasm');
  const net = new Unrolled(backend, config, { steps: T, batch: B, gradients: true });
  const random = new Random(1);
  net.parameters.set(initialize(config, { init: 'uniform' }));
  for (let i = 0; i < T * B; i++) {
    net.tokens[i] = random.next() % C;
    net.targets[i] = random.next() % C;
  }
  net.weights.fill(1 / (T * B));
  const { kernels, parameters, gradient, hyperparameters } = net;
  hyperparameters.set([1, 0.01, 0]); // the gradient's scale, α, weight decay
  return {
    about: backend.name,
    step() {
      net.forward();
      const loss = net.loss();
      net.backward();
      kernels.sgd(parameters, gradient, parameters.length, hyperparameters);
      return loss;
    },
  };
}
