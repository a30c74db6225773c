// A run that is stopped and goes on leaves the same bytes as one that was never stopped: by Ctrl-C, by SIGTERM, by kill -9 at any moment.
// And a run that would go on differently is refused.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/formats/checkpoint.ts';
import { isExhaustive, some } from '../support/exhaustive.ts';
import { jsonLines, reached, shortText, start, stop, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
/** A run with everything that has a state: momentum, dropout, a schedule that looks at the held-out text, two layers. */
const options = [
  ...['--hidden', '16', '--layers', '2', '--embedding', '12', '--dropout', '0.2', '--optimizer', 'adam'],
  ...['--schedule', 'newbob', '--batch', '4', '--bptt', '16', '--epochs', '12', '--seed', '3'],
  ...['--checkpoint-every', '5'],
];
/** Two of the runs with two threads: any number gives the same bytes. */
const train = (out: string, ...more: string[]): string[] => [
  ...['train', 'text.txt', '--out', out, '--threads', out === 'after-SIGTERM' || out === 'half' ? '2' : '1'],
  ...more,
];
const bytes = (out: string, name: string): Buffer => readFileSync(join(folder, out, name));

beforeAll(async () => {
  shortText(folder, 12_000, 'text.txt');
  const whole = await unrolled(train('whole', ...options, '--json'), folder);
  expect(whole.stderr).toBe('');
  expect(whole.code).toBe(0);
});

/** Metrics without what a clock wrote, and without the commands that were given. */
function metrics(out: string): object[] {
  return jsonLines(bytes(out, 'metrics.jsonl').toString())
    .filter(({ event }) => event !== 'start')
    .map(({ tokensPerSecond, seconds, ...line }) => line);
}

function expectSameAsWhole(out: string): void {
  for (const name of ['model.safetensors', 'checkpoint.safetensors', 'config.json', 'tokenizer.json'])
    expect(bytes(out, name).equals(bytes('whole', name)), name).toBe(true);
  expect(metrics(out)).toEqual(metrics('whole'));
}

describe('stopped and gone on with', () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const;
  test.each(some(signals, 1))(
    'after %s a run has saved, exits with %i, and ends in the same bytes',
    async (signal, code) => {
      const out = `after-${signal}`;
      const run = start(train(out, ...options, '--json'), folder);
      await reached(run, 50);
      const stopped = await stop(run, signal);
      expect(stopped.code).toBe(code);
      const last = jsonLines(stopped.stdout).at(-1)!;
      expect(last).toMatchObject({ event: 'stopped', reason: signal });
      expect(last.update).toBeGreaterThanOrEqual(50);
      expect(bytes(out, 'checkpoint.safetensors').equals(bytes('whole', 'checkpoint.safetensors'))).toBe(false);

      const rest = await unrolled(train(out, '--resume', '--json'), folder);
      expect(rest.code).toBe(0);
      expect(jsonLines(rest.stdout)[0]).toMatchObject({ event: 'start', resumedAt: last.update });
      expectSameAsWhole(out);
    },
  );

  test('killed with SIGKILL at random moments, again and again, a run ends in the same bytes', async () => {
    for (let kills = 0; kills < (isExhaustive ? 8 : 1); kills++) {
      const run = start(train('killed', ...options, '--resume', '--json', '--save-every', '7'), folder);
      await reached(run, 1); // then anything between at once and half a second later: updates, saves, the end
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      const { signal } = await stop(run, 'SIGKILL');
      if (signal === null) break;
      const sampled = await unrolled(['sample', 'killed', '--length', '3'], folder);
      if (existsSync(join(folder, 'killed/model.safetensors'))) expect(sampled.stderr).toBe('');
    }
    const rest = await unrolled(train('killed', ...options, '--resume', '--quiet'), folder);
    expect(rest.stderr).toBe('');
    expectSameAsWhole('killed');
  });

  test('killed in its first moments, before there is a model, a run starts anew', async () => {
    for (const delay of some([20, 60, 90, 120, 150], 2)) {
      const run = start(train('early', ...options, '--resume', '--quiet'), folder);
      await new Promise((resolve) => setTimeout(resolve, delay));
      run.process.kill('SIGKILL');
      await run.finished;
    }
    const rest = await unrolled(train('early', ...options, '--resume', '--quiet'), folder);
    expect(rest.stderr).toBe('');
    expectSameAsWhole('early');
  });

  test('a second signal stops at once, without a save, and the checkpoint is whole', async () => {
    const run = start(train('twice', ...options, '--json'), folder);
    await reached(run, 1);
    // stopped meanwhile, so that both are there when it goes on
    const { code, stdout } = await stop(run, 'SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT');
    expect([130, 143]).toContain(code);
    expect(stdout).not.toContain('"event":"stopped"');
    const resumed = start(train('twice', '--resume', '--json'), folder);
    await reached(resumed, 1);
    const [{ event, resumedAt, updatesPerEpoch }] = jsonLines((await stop(resumed, 'SIGINT')).stdout);
    expect(event).toBe('start');
    expect((resumedAt as number) % (updatesPerEpoch as number)).toBe(0); // saved at the end of an epoch, not where it was stopped
  });

  test('a run that began with another default rate goes on with that', async () => {
    const begun = train('rate', ...options, '--lr', '0.0125', '--quiet');
    await unrolled([...begun, '--pause-after', '1'], folder);
    // as a version would have left it whose default this rate was
    const path = join(folder, 'rate/checkpoint.safetensors');
    const { tensors, state } = decodeCheckpoint(readFileSync(path), path);
    const { facts } = state as { facts: { options: Record<string, unknown> } };
    expect(facts.options.lr).toBe(0.0125);
    facts.options.lr = null;
    writeFileSync(path, encodeCheckpoint({ tensors, state }));
    const rest = await unrolled(train('rate', '--resume', '--json'), folder);
    expect(rest.code).toBe(0);
    expect(rest.stdout).toContain('"learningRate":0.0125');
  });

  test('--resume without a checkpoint starts from the beginning and says so', async () => {
    const made = await unrolled(train('fresh', ...options, '--updates', '3', '--resume').filter(notEpochs), folder);
    expect(made.code).toBe(0);
    expect(made.stdout).toContain('fresh: there is no checkpoint to resume from, so the run starts from the beginning');
  });

  test('--resume where nothing was saved is refused, unless the command says what it trains', async () => {
    mkdirSync(join(folder, 'empty'));
    for (const args of [
      ['mistyped', '--resume'],
      ['empty', '--resume', '--epochs', '9', '--quiet'],
      ['mistyped', '--resume', '--task', 'text'],
    ]) {
      const { code, stdout, stderr } = await unrolled(['train', 'text.txt', '--out', ...args], folder);
      expect(stderr).toMatch(
        new RegExp(
          `^unrolled: --resume: expected the folder of a run, got ${args[0]}, where no run has been saved; check the name, or leave --resume out to start one there \\(.* such as --seed 1\\)\n$`,
        ),
      );
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    }
    expect(existsSync(join(folder, 'mistyped'))).toBe(false);
    expect(readdirSync(join(folder, 'empty'))).toEqual([]);
  });

  test('resuming a finished run says so and changes nothing', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'finished'), { recursive: true });
    const again = await unrolled(train('finished', '--resume'), folder);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/This run has finished already: [\d,]+ updates\./);
    expectSameAsWhole('finished');
    const told = jsonLines((await unrolled(train('finished', '--resume', '--json'), folder)).stdout).at(-1)!;
    expect(told.event).toBe('done');
    expect(told.validationLoss).toBeTypeOf('number');
  });

  /** `--epochs 5` taken out of the options. */
  function notEpochs(argument: string, index: number, all: string[]): boolean {
    return argument !== '--epochs' && all[index - 1] !== '--epochs';
  }
});

describe('going on otherwise is refused, and what differs is named', () => {
  beforeAll(async () => {
    writeFileSync(join(folder, 'other.txt'), readFileSync(join(folder, 'text.txt'), 'utf8').replace('Ida', 'Ada'));
    const run = start(train('half', ...options, '--json'), folder);
    await reached(run, 100);
    expect((await stop(run, 'SIGINT')).code).toBe(130);
  });

  test.each<[string, string[], RegExp]>([
    [
      'a hidden size',
      ['--hidden', '17'],
      /--hidden: expected --hidden 16, as the run in half was started with, got 17/,
    ],
    ['a learning rate', ['--lr', '0.5'], /--lr: expected --lr 0\.\d+, .*got 0\.5/],
    ['a seed', ['--seed', '4'], /--seed: expected --seed 3, .*got 4/],
    [
      'fewer epochs',
      ['--epochs', '4'],
      /--epochs: expected 12, as the run in half was started with, or more, got 4; leave the option out/,
    ],
    ['a flag', ['--tied'], /--tied: expected no --tied, .*got true/],
    ['a held-out share', ['--validation', '0.1'], /--validation: expected --validation 0\.05, .*got 0\.1/],
    ['another backend', ['--backend', 'javascript'], /--threads: expected 1 with --backend javascript/],
    ['other checkpoints', ['--checkpoint-every', '6'], /--checkpoint-every: expected --checkpoint-every 5, .*got 6/],
  ])('%s', async (_, more, pattern) => {
    const { code, stderr, stdout } = await unrolled(train('half', '--resume', ...more), folder);
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(stderr).toMatch(pattern);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('another text', async () => {
    const { code, stderr } = await unrolled(['train', 'other.txt', '--out', 'half', '--resume'], folder);
    expect(stderr).toMatch(
      /^unrolled: resume: expected the text that the run in half was started with \(12\d{3} bytes .*\n$/,
    );
    expect(code).toBe(2);
  });

  test('another vocabulary, and a damaged checkpoint', async () => {
    cpSync(join(folder, 'half'), join(folder, 'changed'), { recursive: true });
    const path = join(folder, 'changed/tokenizer.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replace('"a": ', '"ä": '));
    const changed = await unrolled(train('changed', '--resume'), folder);
    expect(changed.stderr).toMatch(/^unrolled: .*(tokenizer\.json|text).*\n$/);
    expect(changed.code).not.toBe(0);
    writeFileSync(path, before);

    const checkpoint = bytes('changed', 'checkpoint.safetensors');
    checkpoint[checkpoint.length - 100] ^= 1;
    writeFileSync(join(folder, 'changed/checkpoint.safetensors'), checkpoint);
    const damaged = await unrolled(train('changed', '--resume'), folder);
    expect(damaged.stderr).toMatch(
      /^unrolled: changed\/checkpoint\.safetensors: expected the checksum .* damaged.*\n$/,
    );
    expect(damaged.code).toBe(1);
  });

  test('the options that it was started with may be given again', async () => {
    // and the number of threads need not be: here it is what suits the work, one
    const rest = await unrolled(['train', 'text.txt', '--out', 'half', ...options, '--resume', '--quiet'], folder);
    expect(rest.stderr).toBe('');
    expectSameAsWhole('half');
  });
});

describe('with --backend-change', () => {
  const small = ['--hidden', '8', '--batch', '4', '--bptt', '16', '--threads', '1'];
  const facts = (out: string) => {
    const data = bytes(out, 'checkpoint.safetensors');
    const header = JSON.parse(data.subarray(8, 8 + Number(data.readBigUInt64LE(0))).toString());
    return JSON.parse(header.__metadata__.state ?? Object.values(header.__metadata__)[0]);
  };

  test.each([
    ['javascript', 'wasm'],
    ['wasm', 'javascript'],
  ])('a run begun with %s goes on with %s, and its checkpoint notes it', async (first, second) => {
    const out = `from-${first}`;
    const begun = await unrolled(
      ['train', 'text.txt', '--out', out, ...small, '--epochs', '2', '--pause-after', '1', '--backend', first],
      folder,
    );
    expect(begun.stderr).toBe('');
    const resumed = ['train', 'text.txt', '--out', out, '--resume', '--backend', second];
    const refused = await unrolled(resumed, folder);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /--backend: expected (javascript|wasm-.*), as .* got .*; give --backend-change to go on/,
    );
    const changed = await unrolled([...resumed, '--backend-change'], folder);
    expect(changed.code).toBe(0);
    expect(changed.stdout + changed.stderr).toMatch(
      /was computed by \S+ to update \d+, and goes on with \S+: from here/,
    );
    const whole = `whole-${first}`;
    await unrolled(['train', 'text.txt', '--out', whole, ...small, '--epochs', '2', '--backend', first], folder);
    const state = facts(out);
    expect(state.backend).toMatch(second);
    expect(state.facts.backends).toEqual([{ name: expect.stringMatching(first), until: expect.any(Number) }]);
    expect(state.progress.update).toBe(facts(whole).progress.update);
    const losses = [out, whole].map(
      (each) =>
        (metrics(each) as { event: string; loss: number }[]).findLast(({ event }) => event === 'validation')!.loss,
    );
    expect(Math.abs(losses[0] - losses[1])).toBeLessThan(1e-4);
    // with what it goes on with now, it goes on without the option
    expect((await unrolled(resumed, folder)).code).toBe(0);
  });
});
