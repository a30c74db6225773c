// Weights of classes and rows on the command line: what is learned and reported, what a resumed run keeps to, and what is refused.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines, reached, start, stop, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
// one text of ten is rare, and counts three times
const rows = Array.from({ length: 60 }, (_, i) =>
  i % 10 === 0 ? `rare,xo${'x'.repeat(i % 4)},3` : `usual,ox${'o'.repeat(i % 5)},1`,
);
put('texts.csv', `label,text,w\n${rows.join('\n')}\n`);
put('w.json', '{"rare": 9, "usual": 1}');
put('other.json', '{"rare": 8, "usual": 1}');
const classify = [
  'train',
  'texts.csv',
  '--task',
  'classify',
  '--hidden',
  '4',
  '--embedding',
  '2',
  '--validation',
  '0.2',
];

test('the classes are weighted as was asked, and the report says which figures are', async () => {
  const made = await unrolled(
    [...classify, '--class-weights', 'balanced', '--epochs', '2', '--out', 'b', '--json'],
    folder,
  );
  expect(made).toMatchObject({ code: 0 });
  const lines = jsonLines(made.stdout);
  expect(lines[0]).toMatchObject({ weighted: 'class', classWeights: { rare: 48 / (2 * 5), usual: 48 / (2 * 43) } });
  expect(lines.find(({ event }) => event === 'heldOut')).toMatchObject({
    ...{ recall: { rare: expect.any(Number), usual: expect.any(Number) }, balancedAccuracy: expect.any(Number) },
  });
  expect(readFileSync(join(folder, 'b/report.html'), 'utf8')).toContain('class-weights');
  const { stdout } = await unrolled(['eval', 'b', 'texts.csv'], folder);
  expect(stdout).toMatch(
    /^accuracy +[\d.]+ % of 60 texts\nmean recall of the classes +[\d.]+ % \(balanced accuracy\)\n/,
  );
});

test('a run with weights goes on bit for bit, and not with other weights', async () => {
  const weighted = [...classify, '--class-weights', 'w.json', '--weight-column', 'w', '--epochs', '200'];
  const whole = await unrolled([...weighted, '--out', 'whole', '--json'], folder);
  expect(jsonLines(whole.stdout)[0]).toMatchObject({ weighted: 'class and text', classWeights: { rare: 9, usual: 1 } });
  const file = (name: string, one = 'checkpoint') => readFileSync(join(folder, name, `${one}.safetensors`));
  const run = start([...weighted, '--out', 'part', '--json'], folder);
  await reached(run, 20);
  expect((await stop(run, 'SIGINT')).code).toBe(130);
  expect(file('part').equals(file('whole'))).toBe(false);
  expect(await unrolled([...weighted, '--out', 'part', '--resume', '--quiet'], folder)).toMatchObject({ code: 0 });
  for (const name of ['model', 'checkpoint']) expect(file('part', name).equals(file('whole', name)), name).toBe(true);

  const resume = async (...args: string[]) =>
    unrolled([...classify, '--epochs', '200', ...args, '--resume', '--out', 'whole'], folder);
  expect(await resume()).toMatchObject({ code: 0 });
  expect((await resume('--class-weights', 'balanced')).stderr).toBe(
    'unrolled: --class-weights: expected --class-weights w.json, as the run in whole was started with, got balanced; leave the option out, or start anew with --overwrite instead of --resume\n',
  );
  expect((await resume('--weight-column', 'label')).stderr).toMatch(
    /^unrolled: --weight-column: expected --weight-column w, as/,
  );
  cpSync(join(folder, 'other.json'), join(folder, 'w.json'));
  expect(await resume()).toMatchObject({
    ...{
      code: 2,
      stderr: expect.stringMatching(
        /^unrolled: resume: w\.json: expected file 1 of those that the run in whole was started with /,
      ),
    },
  });
  put('w.json', '{"rare": 9, "usual": 1}');
});

test('rows of series and of forecasts are weighted by a column', async () => {
  const steps = Array.from(
    { length: 96 },
    (_, i) => `s${Math.floor(i / 4)},${i % 8 < 4 ? 'up' : 'down'},${i % 8},${1 + (i % 8 < 4 ? 1 : 0)}`,
  );
  put('series.csv', `g,label,x,w\n${steps.join('\n')}\n`);
  const of = async (...args: string[]) => {
    const made = await unrolled(
      [
        'train',
        'series.csv',
        ...args,
        '--epochs',
        '1',
        '--hidden',
        '2',
        '--weight-column',
        'w',
        '--out',
        args[1],
        '--json',
      ],
      folder,
    );
    expect(made).toMatchObject({ code: 0 });
    return jsonLines(made.stdout)[0];
  };
  expect(await of('--task', 'classify', '--group', 'g')).toMatchObject({
    inputs: ['x'],
    weight: 'w',
    weighted: 'sequence',
  });
  expect(await of('--task', 'label', '--group', 'g', '--class-weights', 'balanced')).toMatchObject({
    weighted: 'class and step',
  });
  expect(await of('--task', 'forecast', '--target', 'x')).toMatchObject({ inputs: ['x'], weight: 'w' });
  // the column is not needed any more
  put('new.csv', 'x\n1\n2\n3\n4\n5\n6\n7\n8\n');
  expect(await unrolled(['eval', 'forecast', 'new.csv'], folder)).toMatchObject({ code: 0 });
});

test('what cannot be is one sentence with exit 2', async () => {
  const refused = async (args: string[], sentence: RegExp) => {
    const { code, stderr } = await unrolled(['train', ...args, '--out', 'never'], folder);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(code).toBe(2);
  };
  const texts = ['texts.csv', '--task', 'classify'];
  put('few.csv', 'class,weight\nrare,2\n');
  put('more.json', '{"rare": 1, "usual": 1, "odd": 2}');
  put('bad.csv', 'rare,-2\nusual,1\n');
  put('nan.json', '{"rare": NaN}');
  put('zero.json', '{"rare": 0, "usual": 0}');
  await refused(
    [...texts, '--class-weights', 'few.csv'],
    /class weights: expected a weight for each of the classes usual, rare|classes rare, usual, got none for usual/,
  );
  await refused(
    [...texts, '--class-weights', 'more.json'],
    /class weights: expected the classes .*, got odd; leave it out/,
  );
  await refused(
    [...texts, '--class-weights', 'bad.csv'],
    /bad\.csv, line 1, column 2: expected a weight, a number from 0, got -2/,
  );
  await refused(
    [...texts, '--class-weights', 'nan.json'],
    /nan\.json: expected JSON, got text that is not.*; correct it, or put the whole text back/,
  );
  await refused(
    [...texts, '--class-weights', 'zero.json'],
    /class weights: expected a weight above 0, got 0 for all classes/,
  );
  await refused([...texts, '--class-weights', 'none.json'], /none\.json/);
  await refused(
    [...texts, '--class-weights', '-', '--validation-file', '-'],
    /standard input: expected - once, got it twice/,
  );
  await refused([...texts, '--weight-column', 'v'], /texts\.csv: expected a column v, got the columns label, text, w/);
  put('empty.csv', 'label,text,w\na,x,1\nb,y,\n');
  await refused(
    ['empty.csv', '--task', 'classify', '--weight-column', 'w'],
    /empty\.csv, line 3, column w: expected a weight, got an empty cell; fill it, 1 for no change, or leave the row out/,
  );
  put('zeros.csv', 'label,text,w\na,x,0\nb,y,0\n');
  await refused(
    ['zeros.csv', '--task', 'classify', '--weight-column', 'w'],
    /zeros\.csv, column w: expected a weight above 0, got 0 in all rows/,
  );
  await refused(
    ['@names', '--task', 'classify', '--weight-column', 'w'],
    /--weight-column: expected a table, which it is for, got the folder/,
  );
  await refused(
    ['@tagged', '--task', 'label', '--weight-column', 'w'],
    /--weight-column: expected --group, whose table has it, got none; leave it out/,
  );
  await refused(
    ['@river', '--class-weights', 'balanced'],
    /--class-weights: expected --task label or classify, which it is for, got --task text/,
  );
  await refused(
    ['texts.csv', '--task', 'forecast', '--target', 'w', '--class-weights', 'balanced'],
    /--class-weights: expected --task label or classify/,
  );
});
