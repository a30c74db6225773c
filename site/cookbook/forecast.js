// Learns the weather of some days in the page, and draws the day to come: the median, and a band that should hold four of five values.

import { createModel, fit, forecast, parseTable, predict } from 'unrolled';

const text = await (await fetch('data/weather.csv')).text();
const table = parseTable(text);
const task = forecast(table, { target: 'temperature', horizon: '1-24', quantiles: [0.1, 0.5, 0.9] });
const model = createModel(task);
await fit(model, task);

const path = predict(model, table); // the 24 hours behind the last row
const lines = text.trim().split(/\r?\n/);
const column = lines[0].split(',').indexOf('temperature');
const past = lines.slice(-72).map((line) => Number(line.split(',')[column]));

const values = [...past, ...path.flatMap(({ quantiles }) => quantiles)];
const [low, high] = [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))];
const x = (hour) => (600 * hour) / (past.length + path.length - 1);
const y = (value) => 200 - (200 * (value - low)) / (high - low);
const points = (list, from) => list.map((value, i) => `${x(from + i).toFixed(1)},${y(value).toFixed(1)}`);
const [lower, median, upper] = [0, 1, 2].map((i) =>
  points(
    path.map(({ quantiles }) => quantiles[i]),
    past.length,
  ),
);
document.querySelector('#past').setAttribute('points', points(past, 0).join(' '));
document.querySelector('#median').setAttribute('points', median.join(' '));
document.querySelector('#band').setAttribute('points', [...lower, ...upper.reverse()].join(' '));

const [first, , , , , sixth] = path;
const words = ({ quantiles: [from, middle, to] }) => `${middle.toFixed(1)} °C (${from.toFixed(1)} to ${to.toFixed(1)})`;
document.querySelector('#forecast').textContent = `In one hour ${words(first)}, in six hours ${words(sixth)}.`;
