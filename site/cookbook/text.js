// Learns a text in the page, letter by letter, then writes more of it.

import { createModel, languageModel, sample, train } from 'unrolled';

const find = (id) => document.querySelector(`#${id}`);
const text = await (await fetch('data/river.txt')).text();
const task = languageModel(text);
const model = createModel(task, { cell: 'gru', hiddenSize: 128 });
for await (const report of train(model, task, { updates: 300, batchSize: 16, learningRate: 0.006 })) {
  find('progress').value = report.update / report.updates;
  if (report.kind === 'update') find('loss').textContent = `loss ${report.loss.toFixed(2)}`;
}

async function write() {
  const prompt = find('prompt').value;
  find('written').textContent = prompt;
  for (const { text } of sample(model, { prompt, length: 300, temperature: 0.6, unknown: 'skip' })) {
    find('written').append(text);
    await new Promise(requestAnimationFrame); // a letter for each picture of the screen
  }
}
find('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  write();
});
find('write').disabled = false;
write();
