// What `unrolled sample` writes, and that every example of every help text runs as it stands.

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { type Rows, rowsOf } from '../../src/cli/options.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { some } from '../support/exhaustive.ts';
import { writeClassifier } from '../support/saved-classifier.ts';
import { shell, shortText, start, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();

beforeAll(async () => {
  const path = shortText(folder, 5000, 'short.txt'); // the examples' text, but short …
  const words = Array.from({ length: 900 }, (_, i) =>
    [i / 100, (i / 10) % 10, i % 10].map((n) => 'thersinoad'[n | 0]).join(''),
  );
  appendFileSync(path, words.join(' ')); // … with as many words as an adaptive softmax wants
  const made = await shell('unrolled train short.txt --out model --hidden 24 --epochs 3 --batch 4 --quiet', folder);
  expect(made).toMatchObject({ code: 0, stderr: '' });
});

describe('unrolled sample', () => {
  test('writes the prompt and as many tokens as asked for', async () => {
    const { code, stdout, stderr } = await unrolled(
      ['sample', 'model', '--prompt', 'The ', '--length', '50', '--seed', '3'],
      folder,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith('The ')).toBe(true);
    expect([...stdout.replace(/\n$/, '')].length).toBeGreaterThanOrEqual(53); // 54, the last of which may be a line end
  });

  test('with --count writes several texts, each as its seed gives it alone', async () => {
    const { stdout } = await unrolled(['sample', 'model', '--count', '3', '--length', '40', '--seed', '5'], folder);
    const one = async (seed: string) =>
      (await unrolled(['sample', 'model', '--length', '40', '--seed', seed], folder)).stdout.replace(/\n$/, '');
    const texts = await Promise.all(['5', '6', '7'].map(async (seed) => `── seed ${seed} ──\n${await one(seed)}`));
    expect(stdout.replaceAll(/\n+/g, '\n')).toBe(`${texts.join('\n')}\n`.replaceAll(/\n+/g, '\n'));
    const wrong = await unrolled(['sample', 'model', '--count', '3', '--beam', '2'], folder);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^unrolled: --count cannot be combined with --beam; leave it out/),
    });
  });

  test.each([
    ['temperature', '0.5'],
    ['top-k', '2'],
    ['top-p', '0.5'],
    ['min-p', '0.1'],
    ['repetition-penalty', '2'],
    ['no-repeat-ngram', '3'],
    ['seed', '1'],
  ])('refuses --%s beside --beam, which draws nothing, be it the default or not', async (name, value) => {
    const { code, stderr } = await unrolled(['sample', 'model', '--beam', '2', `--${name}`, value], folder);
    expect(stderr).toBe(
      `unrolled: --${name} cannot be combined with --beam; leave one of them out, as a beam search draws nothing\n`,
    );
    expect(code).toBe(2);
  });

  test('a beam search needs no option of drawing, and goes on with every line of a pipe', async () => {
    const args = ['sample', 'model', '--beam', '2', '--length', '5'];
    const one = await unrolled([...args, '--prompt', 'The '], folder);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    const piped = await shell("printf 'The \nThe \n' | unrolled sample model --beam 2 --length 5 --prompt -", folder);
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect(piped.stdout.split('\n').slice(0, 2)).toEqual([one.stdout.split('\n')[0], one.stdout.split('\n')[0]]);
  });

  test('refuses a window of repetitions without their penalty', async () => {
    const { code, stderr } = await unrolled(['sample', 'model', '--repetition-window', '64'], folder);
    expect(stderr).toBe(
      'unrolled: --repetition-window needs --repetition-penalty; add --repetition-penalty F, or leave --repetition-window out\n',
    );
    expect(code).toBe(2);
  });

  test('with a seed the text is the same, without one another each time', async () => {
    const text = async (...more: string[]) =>
      (await unrolled(['sample', 'model', '--length', '80', ...more], folder)).stdout;
    expect(await text('--seed', '5')).toBe(await text('--seed', '5'));
    expect(await text('--seed', '5')).not.toBe(await text('--seed', '6'));
    expect(await text()).not.toBe(await text());
  });

  test('--json has text, tokens and log-probabilities, and the seed that gives it again', async () => {
    const args = ['sample', 'model', '--prompt', 'Ida', '--length', '20', '--json'];
    const { stdout } = await unrolled(args, folder);
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(['prompt', 'text', 'tokens', 'logProbability', 'seed']);
    const { vocabulary } = loadModel(join(folder, 'model')).tokenizer!;
    expect(result.tokens).toHaveLength(20);
    for (const { id, token, logProbability } of result.tokens) {
      expect(token).toBe(vocabulary[id]);
      expect(logProbability).toBeLessThan(0);
    }
    expect(result.tokens.map(({ token }: { token: string }) => token).join('')).toBe(result.text);
    const sum = result.tokens.reduce(
      (total: number, token: { logProbability: number }) => total + token.logProbability,
      0,
    );
    expect(result.logProbability).toBeCloseTo(sum, 10);
    const again = JSON.parse((await unrolled([...args, '--seed', String(result.seed)], folder)).stdout);
    expect(again).toEqual(result);
  });

  test('stops before any of the stop texts', async () => {
    const all = JSON.parse(
      (await unrolled(['sample', 'model', '--seed', '2', '--length', '300', '--json'], folder)).stdout,
    ).text;
    const stops = [' t', 'e '];
    const end = Math.min(...stops.map((stop) => all.indexOf(stop)).filter((at) => at >= 0));
    const { stdout } = await unrolled(
      ['sample', 'model', '--seed', '2', '--length', '300', ...stops.flatMap((stop) => ['--stop', stop]), '--json'],
      folder,
    );
    expect(JSON.parse(stdout).text).toBe(all.slice(0, end));
  });

  test('--temperature 0, --top-k 1 and --beam 1 take the most probable token each time', async () => {
    const text = async (...more: string[]) =>
      (await unrolled(['sample', 'model', '--prompt', 'The', '--length', '30', ...more], folder)).stdout;
    const greedy = await text('--temperature', '0');
    expect(await text('--top-k', '1')).toBe(greedy);
    expect(await text('--beam', '1')).toBe(greedy);
    expect(await text('--top-p', '0.00001')).toBe(greedy);
  });

  test('prompt characters that the model does not know can be skipped', async () => {
    const { code, stdout } = await unrolled(
      ['sample', 'model', '--prompt', 'Ida ÷', '--unknown', 'skip', '--length', '3'],
      folder,
    );
    expect(code).toBe(0);
    expect(stdout.startsWith('Ida ÷')).toBe(true);
  });

  test('text comes as it is made', async () => {
    const run = start(['sample', 'model', '--length', '100000000'], folder);
    await new Promise((resolve) => run.process.stdout!.once('data', resolve));
    run.process.kill('SIGINT');
    expect((await run.finished).signal).toBe('SIGINT');
  });

  test('when nobody reads on, it ends quietly', async () => {
    const run = await shell('unrolled sample model --length 100000000 | head -c 100; exit $PIPESTATUS', folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toHaveLength(100);
  });
});

describe('the help', () => {
  test.each(some(commands, 4))(
    'of $name names every option, and its first example runs as it stands, but on a short text',
    async (command) => {
      const { code, stdout, stderr } = await unrolled([command.name, '--help'], folder);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const [name, { help, negatable }] of Object.entries(rowsOf(command.groups) as Rows)) {
        expect(stdout).toContain(`--${negatable ? '[no-]' : ''}${name}`);
        expect(stdout.replaceAll(/\s+/g, ' ')).toContain(help);
      }
      expect(command.examples.length).toBeGreaterThanOrEqual(2);
      for (const { line } of command.examples) expect(stdout).toContain(`\n  ${line}\n`);
      for (const line of stdout.split('\n'))
        expect([...line].length).toBeLessThanOrEqual(/^ {2}(unrolled|echo) /.test(line) ? 200 : 100);
      if (command.name === 'lab') return; // serves until it is stopped: test/cli/lab.test.ts
      const isLong = ['train', 'predict', 'gradcheck', 'compare'].includes(command.name); // predict and compare need what examples of train leave
      if (command.name !== 'train') await shell('[ -e river ] || cp -r model river', folder);
      if (command.name === 'import') {
        writeClassifier(folder);
        await shell('unrolled export river --to onnx --out river.onnx', folder); // as the help of export has it
      }
      // all examples run from the installed package: test/installed.long.test.ts
      for (const { line } of command.examples.slice(0, isLong ? 0 : 1)) {
        if (line.startsWith('mpirun ')) continue; // over MPI: test/cli/mpi.long.test.ts
        const run = await shell(
          `${line.replaceAll('@river', 'short.txt')} ${command.name === 'train' ? '--quiet' : ''}`,
          folder,
        );
        expect({ line, code: run.code, stderr: run.stderr }).toEqual({ line, code: 0, stderr: '' });
      }
    },
  );

  test('without a command lists them all', async () => {
    for (const args of [[], ['--help'], ['help'], ['-h']]) {
      const { code, stdout } = await unrolled(args, folder);
      expect(code).toBe(args.length === 0 ? 2 : 0);
      for (const { name, summary } of commands) expect(stdout).toContain(`  ${name.padEnd(10)}  ${summary}\n`);
    }
  });

  test('--version tells the version of the package', async () => {
    expect((await unrolled(['--version'], folder)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('--help is a value where it stands behind --', async () => {
    writeFileSync(join(folder, '--help'), 'a');
    const run = await unrolled(['eval', 'model', '--', '--help'], folder);
    expect(run.stderr).toMatch(/^unrolled: --help: /);
  });
});
