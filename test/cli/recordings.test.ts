// Recordings on the command line: three classes of tones in folders or in a table of paths, predicted and measured, and what cannot be read.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chirp, wav } from '../support/sound.ts';
import { jsonLines, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const shapes = { up: [400, 1600], down: [1600, 400], flat: [900, 900] } as const;
const paths: string[] = [];
for (const [shape, [from, to]] of Object.entries(shapes)) {
  mkdirSync(join(folder, 'tones', shape), { recursive: true });
  for (let i = 0; i < 10; i++) {
    // one has another rate
    const rate = shape === 'up' && i === 3 ? 22_050 : 16_000;
    const path = join('tones', shape, `${i}.wav`);
    writeFileSync(
      join(folder, path),
      wav(chirp(from + 15 * i, to + 10 * i, 0.2 + 0.01 * i, rate, 0.3 + 0.05 * i), rate),
    );
    paths.push(`${path},${shape}`);
  }
}
writeFileSync(join(folder, 'list.csv'), `path,shape\n${paths.join('\n')}\n`);
const small = ['--task', 'classify', '--hop', '20', '--hidden', '8', '--epochs', '10', '--lr', '0.01', '--json'];

test('classes of recordings are trained from folders, predicted and measured', async () => {
  const made = await unrolled(['train', 'tones', ...small, '--validation', '0.2', '--out', 'm'], folder);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const [start] = jsonLines(made.stdout);
  expect(start).toMatchObject({
    task: 'classify',
    group: 'recording',
    label: 'label',
    sequences: 24,
    heldOutSequences: 6,
  });
  writeFileSync(join(folder, 'new.wav'), wav(chirp(1550, 420, 0.25, 44_100), 44_100));
  const { stdout } = await unrolled(['predict', 'm', 'new.wav', join('tones', 'flat', '5.wav')], folder);
  expect(stdout).toMatch(
    /^recording\tlabel\tprobability\nnew\.wav\tdown\t[01]\.\d{4}\ntones.flat.5\.wav\tflat\t[01]\.\d{4}\n$/,
  );
  const found = JSON.parse((await unrolled(['eval', 'm', 'tones', '--json'], folder)).stdout);
  expect(found).toMatchObject({ count: 30, accuracy: 1 });
  const listed = await unrolled(
    ['eval', 'm', 'list.csv', '--file-column', 'path', '--label-column', 'shape', '--json'],
    folder,
  );
  expect(JSON.parse(listed.stdout)).toEqual(found);
});

test('a table of paths is read as folders are', async () => {
  const list = ['list.csv', '--file-column', 'path', '--label-column', 'shape'];
  const made = await unrolled(['train', ...list, ...small, '--deltas', '1', '--out', 'n'], folder);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const [start] = jsonLines(made.stdout);
  expect(start).toMatchObject({ label: 'shape', labels: ['down', 'flat', 'up'] });
  expect(start.inputs).toHaveLength(26);
  const task = JSON.parse(readFileSync(join(folder, 'n', 'task.json'), 'utf8'));
  expect(task.sound).toEqual({ frame: 25, hop: 20, mels: 40, coefficients: 13, deltas: 1, rate: 16_000 });
});

test('what cannot be read is one sentence', async () => {
  const refused = async (args: string[], sentence: RegExp) => {
    const { code, stderr } = await unrolled(['train', ...args, '--out', 'never'], folder);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(code).toBe(2);
  };
  const classify = ['--task', 'classify'];
  mkdirSync(join(folder, 'bad', 'a'), { recursive: true });
  writeFileSync(join(folder, 'bad', 'a', 'x.mp3'), 'ID3\x04 and so on');
  await refused(
    ['bad', ...classify],
    /x\.mp3: expected a WAV file, got an MP3 file; convert it: ffmpeg -i FILE file\.wav/,
  );
  writeFileSync(join(folder, 'bad', 'a', 'x.mp3'), '');
  await refused(['bad', ...classify], /x\.mp3: no text \(0 bytes\)/);
  copyFileSync(join(folder, 'tones', 'up', '1.wav'), join(folder, 'bad', 'a', 'x.mp3'));
  await refused(['bad', ...classify], /expected at least 2/);
  await refused(['tones', ...classify, '--rate', '44100'], /expected at least 44100 samples a second, got 16000/);
  await refused(['tones', ...classify, '--level', 'word'], /--level: expected none with recordings/);
  await refused(['list.csv', ...classify, '--mels', '30'], /--mels: expected WAV files/);
  await refused(['list.csv', ...classify, '--file-column', 'shape'], /up: there is no such file/);
  await refused(['list.csv', ...classify, '--file-column', 'path'], /expected a class for each recording, got none/);
});
