// The Worker of the first page: trains a small network on a story, and tells after every update what the loss is, and now and then what the network writes.

import { createModel, languageModel, sample, train } from '../../src/index.ts';

/** A character that the network wrote, and how sure it was: 0 to 3. */
export type Written = readonly [text: string, certainty: number];
export type Message =
  | { readonly kind: 'update'; readonly update: number; readonly loss: number }
  | { readonly kind: 'text'; readonly update: number; readonly text: readonly Written[] }
  | { readonly kind: 'end' };

const tell = (message: Message): void => postMessage(message);

/** A run of this many updates takes some 20 seconds on a laptop, and ends with words. */
const updates = 700;
/** Milliseconds between two texts: time to read one. */
const pause = 700;

const text = await (await fetch(new URL('cookbook/data/river.txt', self.name))).text();
const task = languageModel(text);
const model = createModel(task, { cell: 'gru', hiddenSize: 128, seed: 7 });

function write(update: number): void {
  const written: Written[] = [];
  for (const { text, logProbability } of sample(model, {
    prompt: 'The river ',
    length: 220,
    temperature: 0.6,
    seed: 3,
  })) {
    const certainty = Math.exp(logProbability);
    written.push([text, certainty > 0.75 ? 3 : certainty > 0.4 ? 2 : certainty > 0.15 ? 1 : 0]);
  }
  tell({ kind: 'text', update, text: written });
}

write(0);
addEventListener('message', async () => {
  let last = performance.now();
  const milestones = [10, 40];
  for await (const report of train(model, task, { updates, batchSize: 16, bptt: 48, learningRate: 0.006 })) {
    if (report.kind !== 'update') continue;
    const { update, loss } = report;
    tell({ kind: 'update', update, loss });
    if (performance.now() - last < pause && !milestones.includes(update)) continue;
    write(update);
    last = performance.now();
  }
  write(updates);
  tell({ kind: 'end' });
});
