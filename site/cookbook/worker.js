// The page: starts a Worker that trains, shows how it goes, and uses the model that comes back.

import { sampleText, unpackModelFile } from 'unrolled';

const find = (id) => document.querySelector(`#${id}`);
const updates = 300;
const worker = new Worker(new URL('./trainer.js', import.meta.url), { type: 'module' });

worker.onmessage = ({ data: { update, loss, bytes } }) => {
  if (bytes) {
    const { model } = unpackModelFile(bytes, 'river');
    find('written').textContent = sampleText(model, { prompt: 'The river ', length: 300, temperature: 0.6, seed: 1 });
    find('stop').disabled = true;
  } else {
    find('progress').value = update / updates;
    find('loss').textContent = `loss ${loss.toFixed(2)}`;
  }
};
find('stop').addEventListener('click', () => worker.postMessage('stop'));
find('stop').disabled = false;

const text = await (await fetch('data/river.txt')).text();
worker.postMessage({ text, updates });
