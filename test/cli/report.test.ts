// What `unrolled train` leaves for a person to look at, and `unrolled compare`: pages that need nothing from elsewhere and say what the run's own files
// say; and the marks of their charts.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { escaped, lineChart, marksOf } from '../../src/cli/report/charts.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { readClasses, readTable } from '../../src/node/read-examples.ts';
import { evaluate, predict } from '../../src/tasks/kinds.ts';
import { readEvents } from '../support/events.ts';
import { jsonLines, reached, shortText, start, stop, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const small = ['--hidden', '8', '--batch', '4', '--bptt', '16', '--threads', '1'];
const page = (name: string): string => readFileSync(join(folder, name, 'report.html'), 'utf8');
const metrics = (name: string) => jsonLines(readFileSync(join(folder, name, 'metrics.jsonl'), 'utf8'));
const labels = ['<b>&"\'', 'plain'];

beforeAll(async () => {
  shortText(folder, 3000);
  mkdirSync(join(folder, 'classes'));
  labels.forEach((label, i) => {
    const words = Array.from({ length: 30 }, (_, n) => `${'ab'[(n + i) % 2]}${'cd'[i]}${n}`);
    writeFileSync(join(folder, 'classes', `${label}.txt`), words.join('\n'));
  });
  const runs = [
    ['short.txt', '--out', 'tale', ...small, '--epochs', '3'],
    ['short.txt', '--out', 'other', ...small, '--epochs', '2', '--cell', 'gru', '--validation', '0', '--no-report'],
    [
      '@weather',
      '--out',
      'weather',
      '--task',
      'forecast',
      '--target',
      'temperature',
      '--horizon',
      '3',
      '--updates',
      '3',
    ],
    ['classes', '--out', 'classes-model', '--task', 'classify', '--hidden', '8', '--embedding', '4', '--epochs', '2'],
  ];
  for (const args of runs)
    expect(await unrolled(['train', ...args, '--quiet'], folder)).toMatchObject({ code: 0, stderr: '' });
});

describe('report.html', () => {
  test('has the losses, the samples, what came out and the command, and nothing from elsewhere', () => {
    const html = page('tale');
    const lines = metrics('tale');
    const looks = lines.filter(({ event }) => event === 'validation');
    const best = Math.min(...looks.map(({ validationLoss }) => validationLoss as number));
    expect(html).toContain(`held-out loss ${best.toFixed(3)} nats per character`);
    const samples = lines.filter(({ event }) => event === 'sample');
    expect(samples.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    for (const { text, update } of samples)
      expect(html).toContain(`<h3>after ${update} updates</h3><blockquote>${escaped(text as string)}</blockquote>`);
    const findings = lines.filter(({ event }) => event === 'finding');
    expect(findings.length).toBeGreaterThan(0);
    for (const { sentence } of findings) expect(html).toContain(escaped(sentence as string));
    expect(html).toMatch(/<pre>[^<]* train short\.txt --out tale --hidden 8 .*--epochs 3 --quiet<\/pre>/);
    expect(html).toContain('<th scope="row">--epochs</th><td>3  (not the default)</td>');
    expect(html).not.toMatch(/https?:|src=|href=|url\(|<script|NaN|Infinity|undefined/);
    // one faint line of updates, one smoothed, and a dot for each look
    const loss = html.slice(html.indexOf('<figcaption>Loss'), html.indexOf('</figure>'));
    const points = (path: string) => path.match(/[ML]/g)?.length;
    const paths = [...loss.matchAll(/<path class="(?:faint a|a|b)" d="([^"]*)"/g)].map(([, path]) => points(path));
    const updates = lines.filter(({ event }) => event === 'update').length;
    expect(paths).toEqual([updates, updates, looks.length]);
    expect(loss.match(/<circle/g)).toHaveLength(looks.length);
  });

  test('has the classes that were taken for each other, and names of theirs are no markup', () => {
    const html = page('classes-model');
    const model = loadModel(join(folder, 'classes-model'));
    const [finding] = metrics('classes-model').filter(({ event }) => event === 'finding') as {
      picture: { labels: string[]; counts: number[][] };
    }[];
    expect(finding.picture.labels).toEqual(labels);
    const whole = evaluate(model, readClasses(join(folder, 'classes')));
    expect('confusion' in whole && whole.labels).toEqual(labels);
    const held = finding.picture.counts.flat().reduce((sum, value) => sum + value, 0);
    expect(held).toBe(10); // as many as few data hold out
    expect(html).toContain(`<th scope="row">${escaped(labels[0])}</th>`);
    expect(html).not.toContain(labels[0]);
    for (const row of finding.picture.counts)
      for (const value of row)
        if (value > 0) expect(html).toMatch(new RegExp(`<td class="(right|wrong)"[^>]*>${value}</td>`));
  });

  test('has what came beside what was predicted, as predict says it', () => {
    const [{ picture }] = metrics('weather').filter(({ event }) => event === 'finding') as {
      picture: { name: string; rows: number[]; actual: number[]; predicted: number[] };
    }[];
    const said = predict(loadModel(join(folder, 'weather')), readTable('@weather'));
    const { rows, actual, predicted } = picture;
    expect(picture.name).toBe('temperature');
    expect(rows.length).toBeGreaterThan(50);
    for (const [i, row] of rows.entries()) {
      const one = said.find((each) => each.row === row)!;
      expect(one.actual).toBe(actual[i]);
      expect(predicted[i]).toBeCloseTo(one.forecast, 1); // windows begin elsewhere, and remember more or less
    }
    const chart = page('weather').slice(page('weather').indexOf('temperature: what came'));
    expect(chart.match(/<path class="[ab]"/g)).toHaveLength(2);
  });

  test('is there when a run is stopped, and tells how far it came; a run that goes on begins its page anew', async () => {
    const args = ['train', 'short.txt', '--out', 'long', ...small, '--updates', '1000000'];
    const run = start([...args, '--json'], folder);
    await reached(run, 3);
    expect((await stop(run, 'SIGINT')).code).toBe(130);
    expect(page('long')).toMatch(/stopped after [\d,]+ of 1,000,000 updates/);
    expect(metrics('long').filter(({ event }) => event === 'finding')).toEqual([]);
  });

  test('is left out with --no-report, and goes with the run that it was of', async () => {
    expect(readdirSync(join(folder, 'other'))).not.toContain('report.html');
    const args = ['train', 'short.txt', '--out', 'twice', ...small, '--updates', '3', '--quiet'];
    await unrolled(args, folder);
    expect(readdirSync(join(folder, 'twice'))).toContain('report.html');
    await unrolled([...args, '--overwrite', '--no-report'], folder);
    expect(readdirSync(join(folder, 'twice'))).not.toContain('report.html');
  });
});

test('--tensorboard writes the updates and the looks of metrics.jsonl as events', async () => {
  const args = [
    'train',
    'short.txt',
    '--out',
    'events',
    ...small,
    '--updates',
    '12',
    '--tensorboard',
    'board/a',
    '--quiet',
  ];
  expect(await unrolled(args, folder)).toMatchObject({ code: 0, stderr: '' });
  const [name, ...others] = readdirSync(join(folder, 'board/a'));
  expect(others).toEqual([]);
  const [first, ...events] = readEvents(readFileSync(join(folder, 'board/a', name)));
  expect(first.version).toBe('brain.Event:2');
  const lines = metrics('events').filter(({ event }) => event === 'update' || event === 'validation');
  expect(events.map(({ step }) => step)).toEqual(lines.map(({ update }) => update));
  lines.forEach(({ event, loss, validationLoss }, i) => {
    const { scalars } = events[i];
    if (event === 'update') expect(scalars['loss/training']).toBe(Math.fround(loss as number));
    else expect(scalars['loss/held out']).toBe(Math.fround(validationLoss as number));
  });
  writeFileSync(join(folder, 'a-file'), '');
  const wrong = await unrolled([...args.slice(0, -2), 'a-file', '--overwrite'], folder);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toBe(
    'unrolled: --tensorboard a-file: expected a new name or a folder, got a file; give another path\n',
  );
});

describe('unrolled compare', () => {
  test('prints the runs beside each other, and where their settings differ', async () => {
    const { code, stdout, stderr } = await unrolled(['compare', 'tale', 'other'], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const best = Math.min(
      ...metrics('tale').flatMap(({ event, validationLoss }) =>
        event === 'validation' ? [validationLoss as number] : [],
      ),
    );
    expect(stdout).toMatch(new RegExp(`^tale +1 × 8 tanh units +[\\d,]+ +\\d+ +${best.toFixed(3)} `, 'm'));
    expect(stdout).toMatch(/^other +1 × 8 gru units .* – /m);
    const differing = stdout.slice(stdout.indexOf('setting')).trimEnd().split('\n').slice(1);
    expect(differing.map((line) => line.split(/ {2,}/))).toEqual([
      ['--validation', '0.05', '0'],
      ['--cell', 'rnn', 'gru'],
      ['--dropout', '0.1', '0'], // nothing is held out of the other
      ['--epochs', '3', '2'],
    ]);
  });

  test('--json prints an object for each, and --html writes a page with a line for each', async () => {
    const { stdout } = await unrolled(['compare', 'tale', 'other', '--json'], folder);
    expect(jsonLines(stdout)).toMatchObject([
      { directory: 'tale', options: { cell: 'rnn' } },
      { directory: 'other', validationLoss: null, options: { cell: 'gru' } },
    ]);
    const { code } = await unrolled(['compare', 'tale', 'classes-model', '--html', 'runs.html'], folder);
    expect(code).toBe(0);
    const html = readFileSync(join(folder, 'runs.html'), 'utf8');
    expect(html).toContain('each in its own unit');
    expect(html.match(/<path class="[ab]"/g)).toHaveLength(4);
    expect(html).not.toMatch(/https?:|src=|href=|<script|NaN/);
  });

  test.each([
    [['compare', 'tale', './tale/'], 2, /^unrolled: compare: expected each folder once, got \S+tale twice\n$/],
    [['compare', 'nothing'], 2, /^unrolled: nothing: expected the folder of a training run, got one without a run; /],
    [['compare', 'tale', '--json', '--html', 'x'], 2, /^unrolled: --html cannot be combined with --json; /],
    [
      ['compare', 'damaged'],
      1,
      /^unrolled: damaged\/metrics\.jsonl, line 2, loss: expected a finite number, got "x"\n$/,
    ],
  ])('%j is one sentence', async (args, code, sentence) => {
    if (args[1] === 'damaged') {
      await unrolled(['train', 'short.txt', '--out', 'damaged', ...small, '--updates', '3', '--quiet'], folder);
      const path = join(folder, 'damaged/metrics.jsonl');
      writeFileSync(path, readFileSync(path, 'utf8').replace(/"loss":[^,]*/, '"loss":"x"'));
    }
    const run = await unrolled(args, folder);
    expect(run.code).toBe(code);
    expect(run.stderr).toMatch(sentence);
  });
});

test('charts have round marks within their range, and points that are not finite are left out', () => {
  expect(marksOf(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(marksOf(1.23, 4.04)).toEqual([2, 3, 4]);
  expect(marksOf(-3, 17)).toEqual([0, 5, 10, 15]);
  const chart = (points: readonly (readonly [number, number])[]) =>
    lineChart({ title: 't', x: 'x', y: 'y', lines: [{ name: 'n', color: 'a', points }] });
  const path = (html: string) => /<path class="a" d="([^"]*)"/.exec(html)?.[1];
  expect(
    path(
      chart([
        [0, 0],
        [1, Number.NaN],
        [2, 1],
      ]),
    ),
  ).toBe(
    path(
      chart([
        [0, 0],
        [2, 1],
      ]),
    ),
  );
  // three decades: the middle of a logarithmic scale is the geometric mean
  const [from, middle, to] = path(
    chart([
      [0, 1],
      [1, 10],
      [2, 100],
    ]),
  )!
    .match(/[\d.]+(?=L|$)/g)!
    .map(Number);
  expect(middle).toBeCloseTo((from + to) / 2, 1);
  expect(chart([])).not.toContain('NaN');
});
