// Forecasting a series of real numbers: each hour the network reads the value and predicts the one some hours later. To be useful it has to beat the
// naive forecast, which says that nothing changes. Without a file the series is an invented demand for electricity, made of a daily and a weekly
// cycle, weather and noise.
// usage: node examples/forecast.mjs [FILE.csv --target COLUMN] [--horizon 6] [--cell gru] [--hidden 32] [--epochs 100] [--lr 0.004] [--seed 1]

import { parseArgs } from 'node:util';
import { Random } from 'unrolled/core';
import { createModel, evaluate, forecast, parseTable, predict, readTable, train } from 'unrolled/node';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', default: 'demand' },
    horizon: { type: 'string', default: '6' },
    cell: { type: 'string', default: 'gru' },
    hidden: { type: 'string', default: '32' },
    epochs: { type: 'string', default: '100' },
    lr: { type: 'string', default: '0.004' },
    seed: { type: 'string', default: '1' },
  },
});

/** A year of hours. Nobody can know the noise of the next six hours, which leaves a mean squared error of Σ 0.99²ᵏ = 5.7. */
function madeUp(random) {
  let weather = 0;
  const rows = Array.from({ length: 24 * 365 }, (_, hour) => {
    weather = 0.99 * weather + random.normal(); // a slow wandering
    const day = 10 * Math.sin((2 * Math.PI * hour) / 24) + 3 * Math.sin((4 * Math.PI * hour) / 24);
    const weekend = Math.floor(hour / 24) % 7 >= 5 ? 0.6 : 1;
    return (50 + weekend * day + weather).toFixed(3);
  });
  return parseTable(['demand', ...rows].join('\n'));
}

const table = positionals.length > 0 ? readTable(positionals[0]) : madeUp(new Random(Number(options.seed)));
const horizon = Number(options.horizon);
// the end, a fifth, is held out: no forecast may know what comes after it
const task = forecast(table, { target: options.target, horizon, window: 168 });
const seed = Number(options.seed);
const model = createModel(task, { cell: options.cell, hiddenSize: Number(options.hidden), seed });
const settings = { batchSize: 16, epochs: Number(options.epochs), learningRate: Number(options.lr), seed };
for await (const report of train(model, task, settings))
  if (report.kind === 'validation' && report.epoch % 10 === 0)
    console.log(
      `epoch ${report.epoch}: mean squared error ${report.loss.toFixed(4)} of what is learned from, in variances`,
    );

const { mse, naive, skill } = evaluate(model, task.heldOut);
console.log(
  `held-out mean squared error ${mse.toFixed(3)}, naive forecast ${naive.mse.toFixed(3)}: skill ${skill.toFixed(3)}`,
);
for (const { forecast, actual } of predict(model, task.heldOut).filter((_, i) => i < 24 && i % 4 === 0))
  console.log(`forecast ${forecast.toFixed(1)}, came ${actual.toFixed(1)}`);
