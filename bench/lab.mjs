// The lab in Chromium while it trains, on the defaults: for each view the share of the engine's speed that is left when the view is shown (against the
// same Worker alone, on an empty page, in turns), main-thread tasks over 50 ms, the time of drawing, how soon a pause acts; and when the first words come.
//
//   node bench/lab.mjs [--seconds S] [--rounds N] [--views LIST] [--cell CELL]      Chromium from PATH, or CHROMIUM=/path; npm run build first
//   node bench/lab.mjs --minutes M      instead: the memory of page and Worker, trained M minutes with every view shown in turn, after one and at the end

import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, extname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    views: {
      type: 'string',
      default: 'train,data,unrolled,debugger,gradients,memory,units,basins,generate,weights,compare,export',
    },
    cell: { type: 'string', default: 'rnn' },
    minutes: { type: 'string', default: '0' },
  },
});
const seconds = Number(values.seconds);
const folder = fileURLToPath(new URL('../dist/lab/', import.meta.url));
const executablePath =
  process.env.CHROMIUM ??
  process.env.PATH.split(delimiter)
    .map((path) => join(path, 'chromium'))
    .find(existsSync);
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const name = pathname === '/' ? 'index.html' : pathname.slice(1);
  const bytes =
    name === 'empty.html'
      ? '<!doctype html><title>empty</title>'
      : existsSync(join(folder, name)) && readFileSync(join(folder, name));
  if (bytes === false) return response.writeHead(404).end();
  // isolated, so that the browser tells how much memory the page and its Worker have
  response
    .writeHead(200, {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'content-type': types[extname(name)] ?? 'application/octet-stream',
    })
    .end(bytes);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const quantile = (list, q) =>
  list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))] ?? 0;

async function open(path) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(origin + path);
  return page;
}

/** Steps per second of the Worker alone. */
async function alone() {
  const page = await open('empty.html');
  const speed = await page.evaluate(
    async ([address, text, settings, duration]) => {
      const engine = new Worker(address, { type: 'module' });
      let id = 0;
      let step = 0;
      const send = (body, transfer = []) => engine.postMessage({ ...body, id: ++id }, transfer);
      await new Promise((resolve) => {
        engine.onmessage = ({ data }) => {
          if (data.type === 'beat') resolve();
        };
      });
      engine.onmessage = ({ data }) => {
        if (data.type !== 'progress') return;
        step = data.step;
        send({ type: 'return', buffer: data.records.buffer }, [data.records.buffer]);
      };
      send({ type: 'start', settings, text });
      send({ type: 'watch', visible: false });
      send({ type: 'run' });
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      await wait(4100); // the compiler warms up; a frame of a hidden page comes every two seconds
      const [from, begin] = [step, performance.now()];
      await wait(duration);
      const before = step;
      while (step === before) await wait(5); // until the next frame says the step
      const result = (1000 * (step - from)) / (performance.now() - begin);
      engine.terminate();
      return result;
    },
    [worker, trainedOn, settings, 1000 * seconds],
  );
  await page.context().close();
  return speed;
}

/** Steps per second with a view shown, and how the page does meanwhile. */
async function watched(view) {
  const page = await open(hash);
  await page.waitForFunction(() => !document.querySelector('#play').disabled);
  await page.click(`#tab-${view}`);
  await page.waitForTimeout(1500);
  const found = await page.evaluate(async (duration) => {
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const seen = { long: [], draws: [] };
    new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    });
    new PerformanceObserver((list) => seen.draws.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'measure',
    });
    const step = () => Number(document.querySelector('[data-readout="step"]').textContent.replaceAll(',', ''));
    const button = document.querySelector('#play');
    button.click();
    await wait(3000);
    const [from, begin] = [step(), performance.now()];
    await wait(duration);
    const speed = (1000 * (step() - from)) / (performance.now() - begin);
    const pauses = [];
    for (let i = 0; i < 10; i++) {
      const asked = performance.now();
      button.click();
      while (!button.textContent.includes('Train')) await new Promise((resolve) => setTimeout(resolve, 1));
      pauses.push(performance.now() - asked);
      button.click();
      while (!button.textContent.includes('Pause')) await wait(1);
      await wait(150);
    }
    return { speed, pauses, ...seen };
  }, 1000 * seconds);
  await page.context().close();
  return found;
}

/** Seconds from Train to a sample of which half of the words of three letters and more are of the text. */
async function firstWords() {
  const known = new Set(trainedOn.toLowerCase().match(/[a-z]{3,}/g));
  const page = await open('');
  await page.waitForFunction(() => !document.querySelector('#play').disabled);
  const begin = performance.now();
  await page.click('#play');
  for (;;) {
    const sample = (await page.textContent('.token-text')) ?? '';
    const words = sample.toLowerCase().match(/[a-z]{3,}/g) ?? [];
    const share = words.filter((word) => known.has(word)).length / Math.max(1, words.length);
    const time = (performance.now() - begin) / 1000;
    if ((share >= 0.5 && words.length > 10) || time > 60) {
      await page.context().close();
      return { time, sample: sample.slice(0, 160) };
    }
    await page.waitForTimeout(100);
  }
}

/** The Worker of the page, and what it is told when it begins: the settings and the text. */
async function startOf(hash) {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, ...rest) {
      if (message.type === 'start') window.startMessage = message;
      return post.call(this, message, ...rest);
    };
  });
  await page.goto(origin + hash);
  const message = await (await page.waitForFunction(() => window.startMessage)).jsonValue();
  const worker = page.workers()[0].url();
  await context.close();
  return { ...message, worker };
}

const hash = values.cell === 'rnn' ? '' : `#v=1&cell=${values.cell}`;
const { settings, text: trainedOn, worker } = await startOf(hash);

/** Megabytes of page and Worker, trained for some minutes while every view is shown in turn. */
async function memory(minutes, views) {
  const page = await open(hash);
  await page.waitForFunction(() => !document.querySelector('#play').disabled);
  await page.click('#play');
  const measure = () => page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes / 2 ** 20);
  const begin = Date.now();
  let first = null;
  for (let i = 0; Date.now() - begin < 60_000 * minutes; i++) {
    await page.click(`#tab-${views[i % views.length]}`);
    await page.waitForTimeout(8000);
    if (first === null && Date.now() - begin >= 60_000) first = await measure();
  }
  const last = await measure();
  const step = await page.textContent('[data-readout="step"]');
  await page.context().close();
  return { first, last, step };
}

const views = values.views.split(',');
if (Number(values.minutes) > 0) {
  const { first, last, step } = await memory(Number(values.minutes), views);
  console.log(
    `after one minute ${first.toFixed(1)} MB, after ${values.minutes} ${last.toFixed(1)} MB (${(100 * (last / first - 1)).toFixed(1)} %), at step ${step}`,
  );
  await browser.close();
  process.exit(0);
}
const speeds = { alone: [] };
const found = Object.fromEntries(views.map((view) => [view, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const view of views) {
    speeds.alone.push(await alone());
    found[view].push({ base: speeds.alone.at(-1), ...(await watched(view)) });
  }
}
console.log(
  `Worker alone: ${median(speeds.alone).toFixed(0)} steps/s (${Math.min(...speeds.alone).toFixed(0)} to ${Math.max(...speeds.alone).toFixed(0)})\n`,
);
console.log(
  '| view | share of the speed alone | tasks > 50 ms | longest, ms | draw p50, p95, ms | pause p50, p95, ms |',
);
console.log('|---|---|---|---|---|---|');
for (const view of views) {
  const all = (key) => found[view].flatMap((each) => each[key]);
  const { long, draws, pauses } = { long: all('long'), draws: all('draws'), pauses: all('pauses') };
  const share = median(found[view].map(({ base, speed }) => speed / base));
  console.log(
    `| ${view} | ${(100 * share).toFixed(0)} % | ${long.length} | ${Math.max(0, ...long).toFixed(0)} | ${median(draws).toFixed(1)}, ${quantile(draws, 0.95).toFixed(1)} | ${median(pauses).toFixed(0)}, ${quantile(pauses, 0.95).toFixed(0)} |`,
  );
}
const { time, sample } = await firstWords();
console.log(`\nhalf of the words are English after ${time.toFixed(1)} s: ${JSON.stringify(sample)}`);
await browser.close();
server.close();
