// One training run of 100 updates, for any runtime: the same data, options and seed. It imports nothing, and is given the library.

/** The name of the backend, and the weights after the run as hexadecimal digits, byte for byte. */
export async function trained({ createBackend, createModel, fit, languageModel }) {
  const text = 'the tide goes out, the tide comes in, and what it takes it brings again. '.repeat(40);
  const task = languageModel(text);
  const model = createModel(task, { cell: 'gru', hiddenSize: 24, numLayers: 2, embeddingSize: 9, dropout: 0.1 });
  await fit(model, task, { batchSize: 4, bptt: 16, updates: 100, learningRate: 0.01 });
  const bytes = new Uint8Array(model.parameters.slice().buffer);
  return {
    backend: createBackend().name,
    weights: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}
