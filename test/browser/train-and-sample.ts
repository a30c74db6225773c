// A small run of the whole library, from text to weights to new text, that must give the same bits wherever it runs.

import { packModel, unpackModel } from '../../src/core.ts';
import {
  createBackend,
  createModel,
  languageModel,
  learnTokenizer,
  openThreads,
  sampleText,
  type Threads,
  train,
} from '../../src/index.ts';

const text = 'the tide goes out, the tide comes in, and what it takes it brings again. '.repeat(40);

/** Threads of a page, whose workers run /thread.js. */
export const openPageThreads = (count: number): Promise<Threads> =>
  openThreads(count, () => new Worker('/thread.js', { type: 'module' }));

/** What computes here by default. */
export const backendName = (): string => createBackend().name;

export async function trainAndSample(threads?: Threads) {
  const backend = createBackend('auto', 'float32', threads);
  const learner = learnTokenizer('char');
  learner.add(text);
  const model = createModel({
    tokenizer: learner.finish(),
    hiddenSize: 24,
    numLayers: 2,
    embeddingSize: 9,
    dropout: 0.1,
  });
  const losses: number[] = [];
  for await (const report of train(model, languageModel(text, { tokenizer: model.tokenizer }), {
    batchSize: 4,
    bptt: 16,
    updates: 120,
    learningRate: 0.01,
    backend,
  }))
    losses.push(report.loss);
  const again = unpackModel(packModel(model), 'memory');
  return {
    backend: backend.name,
    losses,
    parameters: Array.from(again.parameters),
    sample: sampleText(again, { prompt: 'the ', length: 100, temperature: 0.5 }),
  };
}

/** Trains with two threads, ends the worker of the second, and tells how the run took it: its error, and after how long. */
export async function loseAThread() {
  const workers: Worker[] = [];
  const threads = await openThreads(2, () => {
    const worker = new Worker('/thread.js', { type: 'module' });
    workers.push(worker);
    return worker;
  });
  const task = languageModel(text);
  const model = createModel(task, { hiddenSize: 16 });
  const options = { batchSize: 16, epochs: 1e6, backend: createBackend('auto', 'float32', threads) };
  let ended = 0;
  try {
    for await (const report of train(model, task, options)) {
      if (report.update !== 20) continue;
      workers[0].terminate();
      ended = performance.now();
    }
  } catch (error) {
    return { message: (error as Error).message, seconds: (performance.now() - ended) / 1000 };
  } finally {
    threads.close();
  }
  return { message: 'none', seconds: 0 };
}
