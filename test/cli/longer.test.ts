// A run that goes on further than it was begun: the bytes of one that was begun with as many epochs, or a sentence that says what differs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { some } from '../support/exhaustive.ts';
import { shortText, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const options = [
  ...['--hidden', '8', '--layers', '2', '--embedding', '6', '--dropout', '0.2', '--batch', '4', '--bptt', '16'],
  ...['--seed', '3', '--quiet'],
];
const train = (out: string, ...more: string[]) =>
  unrolled(['train', 'text.txt', '--out', out, '--threads', '1', ...more], folder);
const bytes = (out: string, name: string): Buffer => readFileSync(join(folder, out, name));

beforeAll(() => void shortText(folder, 4000, 'text.txt'));

describe('with more epochs than it was begun with', () => {
  test.each(some(['constant', 'decay', 'newbob'], 2))(
    'a run with the schedule %s has the bytes of a run that was begun with them',
    async (schedule) => {
      const begun = async (out: string, epochs: string) =>
        expect(
          await train(out, ...options, '--patience', '0', '--schedule', schedule, '--epochs', epochs),
        ).toMatchObject({
          code: 0,
        });
      await begun(`${schedule}-4`, '4');
      await begun(`${schedule}-2`, '2');
      expect(bytes(`${schedule}-2`, 'model.safetensors').equals(bytes(`${schedule}-4`, 'model.safetensors'))).toBe(
        false,
      );
      const { code, stdout } = await train(`${schedule}-2`, '--resume', '--epochs', '4');
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^Note: This run was begun with 2 epochs, and goes on to 4 epochs as if it had been begun with them\.$/m,
      );
      for (const name of ['model.safetensors', 'checkpoint.safetensors'])
        expect(bytes(`${schedule}-2`, name).equals(bytes(`${schedule}-4`, name)), name).toBe(true);
      expect((await train(`${schedule}-2`, '--resume')).stdout).toContain('This run has finished already');
    },
  );

  test('a run with the schedule cosine goes on with the rate of the longer one, and says so', async () => {
    const rates = async (out: string, ...more: string[]): Promise<number[]> => {
      expect(await train(out, ...more)).toMatchObject({ code: 0 });
      const lines = bytes(out, 'metrics.jsonl').toString().trim().split('\n');
      return lines.flatMap((line) => JSON.parse(line).learningRate ?? []);
    };
    const long = await rates('cosine-4', ...options, '--patience', '0', '--epochs', '4');
    const short = await rates('cosine-2', ...options, '--patience', '0', '--epochs', '2');
    expect(short.at(-1)).toBeLessThan(0.1 * short[5]);
    const { stdout } = await train('cosine-2', '--resume', '--epochs', '4');
    expect(stdout).toMatch(
      /^Note: This run was begun with 2 epochs, and goes on to 4 epochs: from here the learning rate is that of a run of 4 epochs, but it was lower before/m,
    );
    const gone = await rates('cosine-2', '--resume');
    expect(gone.slice(short.length)).toEqual(long.slice(short.length));
    expect(gone.slice(0, short.length)).toEqual(short);
  });

  test('a run that ended within an epoch is refused, and one by updates goes on where it ended with one', async () => {
    const updates = ['--patience', '0', '--schedule', 'constant', '--updates'];
    await train('within', ...options, ...updates, '70');
    expect(await train('within', '--resume', '--updates', '90')).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'unrolled: resume: expected a run that ended with an epoch, to go on as a longer one, got the one in within, which ended within epoch 2 and was ' +
        'judged there; start anew with --overwrite, or from its weights with --init-from and another --out\n',
    });
    await train('whole', ...options, ...updates, '90');
    const [{ update }] = bytes('whole', 'metrics.jsonl')
      .toString()
      .split('\n')
      .filter((line) => line.includes('"validation"'))
      .map((line) => JSON.parse(line));
    await train('with', ...options, ...updates, String(update));
    expect((await train('with', '--resume', '--updates', '90')).stdout).toContain(
      `begun with ${update} updates, and goes on to 90 updates`,
    );
    expect(bytes('with', 'checkpoint.safetensors').equals(bytes('whole', 'checkpoint.safetensors'))).toBe(true);
  });

  test('a run that patience ended stays ended, and says so', async () => {
    await train('patient', ...options, '--patience', '1', '--lr', '0.9', '--epochs', '20');
    const before = bytes('patient', 'checkpoint.safetensors');
    const { code, stdout } = await train('patient', '--resume', '--epochs', '30');
    expect(code).toBe(0);
    expect(stdout).toContain('ended early, by --patience or by the schedule newbob, and stays so');
    expect(bytes('patient', 'checkpoint.safetensors').equals(before)).toBe(true);
  });
});
