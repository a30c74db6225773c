// The Worker: trains, tells how it goes, and hands the model over as bytes. If it is told to stop, it hands over what there is.

import { createModel, languageModel, packModelFile, train } from 'unrolled';

const stop = new AbortController();

addEventListener('message', async ({ data }) => {
  if (data === 'stop') return stop.abort();
  const task = languageModel(data.text);
  const model = createModel(task, { cell: 'gru', hiddenSize: 128 });
  const options = { updates: data.updates, batchSize: 16, learningRate: 0.006, signal: stop.signal };
  for await (const { kind, update, loss } of train(model, task, options))
    if (kind === 'update') postMessage({ update, loss });
  const bytes = packModelFile(model);
  postMessage({ bytes }, [bytes.buffer]);
});
