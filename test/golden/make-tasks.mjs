// Makes the small trained models task-*: folders as `unrolled export --to huggingface` writes them, without the twin. make_tasks.py then asks Python about
// them. task-forecast is as version 0.1 made such a model; task-change, task-season and task-shops forecast changes, from what is known of the future, and
// a path with quantiles of several series; task-growth the change of the logarithm, with calibrated quantiles; task-series and
// task-steps give series and their rows classes.
//
// usage: node test/golden/make-tasks.mjs [NAME...]        (after npm run build:library; it replaces the folders, those of the names alone where some are given)

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelCard } from '../../dist/formats/model-card.js';
import { packForOthers } from '../../dist/formats/model-folder.js';
import { classify, createModel, fit, forecast, label, languageModel } from '../../dist/index.js';
import { readClasses, readLabeled, readTable, readText } from '../../dist/node.js';
import { cardOf } from '../../dist/tasks/kinds.js';

const here = dirname(fileURLToPath(import.meta.url));

async function make(name, task, network, training) {
  const asked = process.argv.slice(2);
  if (asked.length > 0 && !asked.includes(name)) return;
  const model = createModel(task, { ...network, seed: 5 });
  await fit(model, task, { learningRate: 0.02, ...training, seed: 5 });
  const folder = join(here, `task-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [file, bytes] of packForOthers(model)) writeFileSync(join(folder, file), bytes);
  writeFileSync(join(folder, 'README.md'), modelCard(model, { use: cardOf(model), license: 'mit' }));
  console.log(name, model.parameters.length);
}

const names = readClasses('@names');
await make('classify', classify(names), { hiddenSize: 12, embeddingSize: 8, bidirectional: true }, { epochs: 6 });

const words = (text) => text.split(' ');
const reviews = ['good', 'great', 'fine', 'bad', 'poor', 'dull'].flatMap((mood, i) =>
  words('film book play meal song').flatMap((noun) =>
    ['A MOOD NOUN .', 'this NOUN is MOOD !', "The NOUN wasn't MOOD , it's MOOD's twin"].map((text, k) => ({
      text: text.replace('MOOD', mood).replace('MOOD', mood).replace('NOUN', noun),
      label: i < 3 === k < 2 ? 'praise' : 'blame',
    })),
  ),
);
await make(
  'reviews',
  classify(reviews, { level: 'word', pooling: 'mean', minCount: 1 }),
  { cell: 'lstm', hiddenSize: 8, embeddingSize: 6, dropout: 0 },
  { epochs: 20, batchSize: 8 },
);

const tagged = readLabeled(['@tagged'], 'upos').slice(0, 60);
await make(
  'label',
  label(tagged, { planes: ['form', 'lower', 'suffix3', 'suffix1', 'prefix2', 'shape'], minCount: 3 }),
  { hiddenSize: 10, embeddingSize: 8, numLayers: 2, dropout: 0 },
  { epochs: 12, batchSize: 4 },
);

const weather = readTable('@weather');
await make(
  'forecast',
  forecast(weather, { target: 'temperature', horizon: 3, window: 10, difference: false }),
  { hiddenSize: 8 },
  { epochs: 4 },
);

/** Rows of what a shop sells: a trend, a week of five days, and twice as much with a promotion. */
const salesOf = (shop, days, level) =>
  Array.from({ length: days }, (_, day) => {
    const promo = (day * 7 + level) % 4 === 0 ? 1 : 0;
    const sold = level * (1 + day / 40) + 2 * ((day % 5) - 2) + (promo ? level : 0) + Math.round(3 * Math.sin(day * day)) / 4;
    return { shop, promo, price: 2 + ((day * 3) % 7) / 10, sold: Math.round(sold * 100) / 100 };
  });
function tableOf(rows) {
  const columns = Object.keys(rows[0]);
  const cells = rows.map((row) => columns.map((column) => String(row[column])));
  return { where: 'sales', columns, rows: cells, lines: cells.map((_, i) => i + 2) };
}
const dateOf = (day) => new Date(Date.UTC(2024, 1, 20 + day)).toISOString().slice(0, 10);
const sales = tableOf(salesOf('North', 80, 10));
await make(
  'change',
  forecast(sales, {
    ...{ target: 'sold', inputs: ['price'], known: ['promo'], horizon: 2, season: 1, difference: true, window: 8 },
  }),
  { hiddenSize: 6 },
  { epochs: 8 },
);
await make(
  'season',
  forecast(tableOf(salesOf('North', 80, 10).map((row, day) => ({ day: dateOf(day), ...row }))), {
    ...{ target: 'sold', inputs: ['sold', 'price'], horizon: 7, season: 5, window: 9 },
  }),
  { cell: 'lstm', hiddenSize: 5 },
  { epochs: 8 },
);
const shops = [salesOf('North', 60, 10), salesOf('South', 50, 40), salesOf('Süd 2', 45, 3)];
const mixed = Array.from({ length: 60 }, (_, day) => shops.flatMap((rows) => rows.slice(day, day + 1))).flat();
await make(
  'shops',
  forecast(tableOf(mixed), {
    ...{ target: 'sold', inputs: ['sold'], known: ['promo'], horizon: '1-3', group: 'shop', season: 5, window: 8 },
    quantiles: [0.25, 0.75, 0.8],
  }),
  { hiddenSize: 6 },
  { epochs: 8 },
);

await make(
  'growth',
  forecast(tableOf(salesOf('North', 80, 10).map(({ sold }, day) => ({ sold: Math.round(sold * 1.03 ** day * 100) / 100 }))), {
    ...{ target: 'sold', horizon: '1-6', season: 5, window: 8, logDifference: true, quantiles: [0.1, 0.5, 0.9] },
  }),
  { hiddenSize: 6 },
  { epochs: 8 },
);

/** Waves that rise or fall in turn; the rows of a wave stand apart. */
const waves = Array.from({ length: 9 }, (_, t) => t).flatMap((t) =>
  Array.from({ length: 24 }, (_, k) => ({
    wave: `w${k}`,
    shape: k % 2 ? 'rise' : 'fall',
    height: Math.round(100 * (5 + Math.sin(k) + (k % 2 ? t : -t) / 4 + Math.sin(7 * k * t) / 3)) / 100,
    width: (k * t) % 5,
    up: (k * t) % 5 > 2 ? 'wide' : 'narrow',
  })),
);
const ofWaves = { hiddenSize: 5, dropout: 0 };
await make('series', classify(tableOf(waves), { group: 'wave', label: 'shape', inputs: ['height', 'width'] }), ofWaves, {
  epochs: 12,
});
await make('steps', label(tableOf(waves), { group: 'wave', label: 'up', inputs: ['height', 'width'] }), ofWaves, {
  epochs: 12,
});

const river = readText('@river').slice(0, 4000);
await make(
  'words',
  languageModel(river, { level: 'word', minCount: 2 }),
  { cell: 'mingru', hiddenSize: 12, embeddingSize: 12, tieWeights: true },
  { epochs: 25, batchSize: 4, bptt: 16 },
);
await make(
  'letters',
  languageModel(river, { level: 'char' }),
  { cell: 'rnn', hiddenSize: 16 },
  { epochs: 6, batchSize: 4, bptt: 16 },
);
for (const name of ['classify', 'label']) console.log(readFileSync(join(here, `task-${name}`, 'task.json')).length);
