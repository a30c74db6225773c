// Learns parts of speech in the page, then tags what is written into its field.

import { createModel, fit, label, predict } from 'unrolled';
import { conlluLabels, parseConllu } from 'unrolled/core';

const text = await (await fetch('data/tagged.conllu')).text();
const task = label(conlluLabels(parseConllu(text), 'upos'));
const model = createModel(task);
await fit(model, task, { batchSize: 4, epochs: 20 });

function tag() {
  const words = document.querySelector('#sentence').value.trim().split(/\s+/);
  const [tags] = predict(model, [words]);
  document.querySelector('#tags').textContent = words.map((word, t) => `${word}/${tags[t].label}`).join(' ');
}
document.querySelector('#ask').addEventListener('submit', (event) => {
  event.preventDefault();
  tag();
});
tag();
