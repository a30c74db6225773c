// A first model: it learns from a text file, is saved and loaded, and writes new text.
// usage: node examples/first-model.mjs [FILE] [FOLDER] [UPDATES]

import { createModel, languageModel, loadModel, readText, sampleText, saveModel, train } from 'unrolled/node';

const [file = '@river', folder = 'my-first-model', updates = '400'] = process.argv.slice(2);

const task = languageModel(readText(file));
const model = createModel(task, { hiddenSize: 128 });
for await (const report of train(model, task, { batchSize: 16, updates: Number(updates) })) {
  if (report.kind === 'validation')
    console.log(`epoch ${report.epoch}: held-out loss ${report.validationLoss?.toFixed(3)}`);
}
saveModel(folder, model);
console.log(sampleText(loadModel(folder), { prompt: 'Ida ', length: 200 }));
