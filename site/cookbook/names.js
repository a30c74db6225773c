// Learns which language a family name is of, then says so of the name in its field.

import { classify, createModel, evaluate, fit, predict } from 'unrolled';

const languages = ['Finnish', 'Irish', 'Italian', 'Japanese'];
const lists = await Promise.all(languages.map(async (name) => (await fetch(`data/names/${name}.txt`)).text()));
const examples = lists.flatMap((list, i) =>
  list
    .trim()
    .split(/\r?\n/)
    .map((text) => ({ text, label: languages[i] })),
);
const task = classify(examples);
const model = createModel(task);
await fit(model, task);

const { accuracy } = evaluate(model, task.heldOut);
document.querySelector('#score').textContent = `${(100 * accuracy).toFixed(0)} % of the names held out are right.`;

function guess() {
  const [{ classes }] = predict(model, [document.querySelector('#name').value || ' ']);
  const words = classes.map(({ label, probability }) => `${label} ${(100 * probability).toFixed(0)} %`);
  document.querySelector('#guess').textContent = words.join(', ');
}
document.querySelector('#name').addEventListener('input', guess);
guess();
