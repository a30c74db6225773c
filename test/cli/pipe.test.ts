// `unrolled predict MODEL -` and `unrolled sample MODEL --prompt -` in real processes: a line is written, its answer awaited, the next line written.
// The answers are those of the library, and the process ends with its input, with Ctrl-C, or when nobody reads any more.

import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import type { ForecastDescription } from '../../src/tasks/forecast/description.ts';
import { numbersOf } from '../../src/tasks/forecast/reader.ts';
import { predict } from '../../src/tasks/kinds.ts';
import { open } from '../../src/tasks/session.ts';
import { sampleText } from '../../src/tasks/text/sample.ts';
import { eachRequest, root, shell, shortText, start, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const model = (name: string) => loadModel(join(folder, name));

beforeAll(async () => {
  shortText(folder, 6000);
  const texts = join(root, 'texts');
  const tag = [join(texts, 'tagged.conllu'), '--task', 'label', '--embedding', '6', '--hidden', '6'];
  const trainings = [
    ['short.txt', '--out', 'river', '--hidden', '16', '--batch', '4'],
    [join(texts, 'names'), '--out', 'namer', '--task', 'classify', '--hidden', '8', '--embedding', '6'],
    [...tag, '--out', 'tagger'],
    [...tag, '--out', 'forward', '--no-bidirectional'],
    [join(texts, 'weather.csv'), '--out', 'weather', '--task', 'forecast', '--target', 'temperature', '--hidden', '6'],
  ];
  for (const args of trainings)
    expect(await unrolled(['train', ...args, '--updates', '5', '--quiet'], folder)).toMatchObject({ code: 0 });
});

/** A process that is asked line by line. */
function conversation(...args: string[]) {
  const run = start(args, folder, 'pipe');
  const answers = createInterface({ input: run.process.stdout! })[Symbol.asyncIterator]();
  return {
    ...run,
    tell: (line: string) => void run.process.stdin!.write(`${line}\n`),
    async ask(line: string): Promise<string> {
      run.process.stdin!.write(`${line}\n`);
      return (await answers.next()).value;
    },
    async end() {
      run.process.stdin!.end();
      return await run.finished;
    },
  };
}

describe('a line in, a line out', () => {
  test('classes of texts', async () => {
    const pipe = conversation('predict', 'namer', '-');
    for (const name of ['Suzuki', 'Ó Briain', 'Virtanen']) {
      const [{ label, probability }] = predict(model('namer'), [name]);
      expect(await pipe.ask(name)).toBe(`${label}\t${probability.toFixed(4)}`);
    }
    expect(await pipe.ask('')).toBe('');
    expect(await pipe.end()).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  test('all classes, as JSON', async () => {
    const pipe = conversation('predict', 'namer', '-', '--format', 'json', '--probabilities');
    const [{ label, classes }] = predict(model('namer'), ['Suzuki']);
    const answer = JSON.parse(await pipe.ask('Suzuki'));
    expect(answer).toMatchObject({ text: 'Suzuki', label });
    for (const one of classes) expect(answer.probabilities[one.label]).toBeCloseTo(one.probability, 5);
    await pipe.end();
  });

  test.each(['tagger', 'forward'])('labels of tokens by the model %s', async (name) => {
    const pipe = conversation('predict', name, '-');
    for (const line of ['The boat sank .', 'Ida  wrote']) {
      const tokens = line.split(/ +/);
      const labels = predict(model(name), [tokens])[0].map(({ label }) => label);
      expect(await pipe.ask(line)).toBe(labels.join(' '));
    }
    expect(await pipe.end()).toMatchObject({ code: 0, stderr: '' });
  });

  test('forecasts, each from all rows so far', async () => {
    const rows = ['hour,temperature,pressure,sun', '0,11.5,1012,0', '1,11,1012.5,0', '2,10.5,1013,0.1'];
    const weather = model('weather');
    const inputs = numbersOf(weather.task as ForecastDescription);
    const header = `day,${inputs.join(',')}`;
    const session = open(weather);
    const pipe = conversation('predict', 'weather', '-', '--format', 'json');
    pipe.tell(header); // has no answer
    for (const [i, row] of rows.slice(1).entries()) {
      const cells = row.split(',').slice(0, inputs.length);
      session.read(parseTable(`${header}\n9,${cells.join(',')}`));
      const answer = JSON.parse(await pipe.ask(`9,${cells.join(',')}`));
      expect(answer).toEqual({ row: i + 2, forecast: session.values()[0] });
    }
    await pipe.end();
    const bare = conversation('predict', 'weather', '-');
    const cells = inputs.map((_, d) => String(10 + d));
    const [value] = open(weather).read(cells.map(Number)).values();
    expect(await bare.ask(cells.join(','))).toBe(`2\t${Number(value.toPrecision(6))}`);
    expect(await bare.end()).toMatchObject({ code: 0, stderr: '' });
  });

  test('prompts, each continued to the end of a line', async () => {
    const pipe = conversation('sample', 'river', '--prompt', '-', '--seed', '7', '--length', '30');
    for (const [i, prompt] of ['The ', 'Ida', 'The '].entries())
      expect(await pipe.ask(prompt)).toBe(
        prompt + sampleText(model('river'), { prompt, seed: 7 + i, length: 30, temperature: 0.8, stop: '\n' }),
      );
    expect(await pipe.end()).toMatchObject({ code: 0, stderr: '' });
    const json = conversation('sample', 'river', '--prompt', '-', '--seed', '7', '--length', '30', '--json');
    const text = sampleText(model('river'), { prompt: 'The ', seed: 7, length: 30, temperature: 0.8 });
    expect(JSON.parse(await json.ask('The '))).toMatchObject({ prompt: 'The ', text, seed: 7 });
    await json.end();
  });
});

describe('the end', () => {
  test('a last line without a line end is answered too', async () => {
    const { stdout, code } = await shell("printf 'Suzuki\\r\\nVirtanen' | unrolled predict namer -", folder);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toHaveLength(3);
  });

  test('Ctrl-C ends it without a word', async () => {
    const pipe = conversation('predict', 'namer', '-');
    await pipe.ask('Suzuki');
    pipe.process.kill('SIGINT');
    expect(await pipe.finished).toMatchObject({ signal: 'SIGINT', stderr: '' });
  });

  test('when nobody reads the answers, it ends without a word', async () => {
    const run = await shell('yes Suzuki | (unrolled predict namer -; echo exit code $? >&2) | head -n 3', folder);
    expect(run.stderr).toBe('exit code 0\n');
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  eachRequest<[string, string[], string, RegExp]>([
    [
      'an unknown character',
      ['sample', 'river', '--prompt', '-'],
      'a\n÷',
      /^unrolled: standard input, line 2, prompt: a character is not in the vocabulary .*"÷"/,
    ],
    [
      'a row of words',
      ['predict', 'weather', '-'],
      'a,b',
      /standard input, line 1, header: expected the names of the columns, .*, got a, b;/,
    ],
    [
      'a row that is too short',
      ['predict', 'weather', '-'],
      '1',
      /standard input, line 1, row: expected \d columns .*got 1/,
    ],
    [
      'a file beside it',
      ['predict', 'namer', '-', 'x.txt'],
      '',
      /predict: expected either files or - for standard input/,
    ],
    ['a file to write', ['predict', 'namer', '-', '--out', 'x'], '', /--out: expected files to predict, got -/],
    [
      'many texts of a line',
      ['sample', 'river', '--prompt', '-', '--count', '2'],
      '',
      /--count cannot be combined with --prompt -/,
    ],
  ])('%s is one sentence and exit code 2', async (_, args, input, pattern) => {
    const pipe = conversation(...args);
    pipe.process.stdin!.write(`${input}\n`);
    const { code, stderr } = await pipe.finished;
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(stderr).toMatch(pattern);
    expect(code).toBe(2);
  });
});
