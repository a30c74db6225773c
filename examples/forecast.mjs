// Forecasting a real-valued series: each hour the network reads the value, and names the one some hours later. To be of use it has to beat the
// naive forecast, which says that nothing changes. Without a file the series is a made-up demand for electricity: a day, a week, weather, noise.
// usage: node examples/forecast.mjs [FILE.csv --target COLUMN] [--horizon 6] [--cell gru] [--hidden 32] [--epochs 100] [--lr 0.004] [--seed 1]

import { parseArgs } from 'node:util';
import { createTaskModel, evaluateForecast, forecast, forecastTask, parseTable, readTable, train } from 'unrolled/node';
import { Random, sequenceSource, targetsOf, trainingRows } from 'unrolled/core';

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

/** A year of hours. The noise of the next six hours nobody can know: it leaves a mean squared error of Σ 0.99²ᵏ = 5.7. */
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
const known = trainingRows(table.rows.length, 0.2, horizon); // the end is held out: no forecast may know what comes after it
const task = forecastTask(table, { target: options.target, horizon, trainingRows: known, window: 168 });
const seed = Number(options.seed);
const model = createTaskModel(task, { cell: options.cell, hiddenSize: Number(options.hidden), seed });
const settings = { epochs: Number(options.epochs), learningRate: Number(options.lr) };
for await (const report of train(model, sequenceSource(task.training, { batchSize: 16, seed }), settings))
  if (report.kind === 'validation' && report.epoch % 10 === 0)
    console.log(
      `epoch ${report.epoch}: mean squared error ${report.loss.toFixed(4)} of what is learned from, in variances`,
    );

const future = { from: known, to: table.rows.length };
const { mse, naive, skill } = evaluateForecast(model, task.series, future);
console.log(
  `held-out mean squared error ${mse.toFixed(3)}, naive forecast ${naive.mse.toFixed(3)}: skill ${skill.toFixed(3)}`,
);
const [said, came] = [forecast(model, task.series, future), targetsOf(task.series, future)];
for (let t = 0; t < 24; t += 4) console.log(`forecast ${said[t].toFixed(1)}, came ${came[t].toFixed(1)}`);
