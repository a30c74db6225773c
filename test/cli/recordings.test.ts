// Recordings on the command line: three classes of tones in folders or in a table of paths, predicted and measured, and what cannot be read.

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chirp, chunk, formChunk, riff, wav } from '../support/sound.ts';
import { jsonLines, reached, shell, start, stop, temporaryFolder, unrolled } from './support.ts';

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
  expect(made.code).toBe(0);
  expect(made.stderr).toMatch(
    /^[^\n]*tones: all recordings are read at 16000 Hz, the lowest rate, which 29 of 30 have, such as down.0\.wav; the others, of up to 22050 Hz, are resampled\n$/,
  );
  const [begun] = jsonLines(made.stdout);
  expect(begun).toMatchObject({
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
  expect(made).toMatchObject({ code: 0 });
  const [begun] = jsonLines(made.stdout);
  expect(begun).toMatchObject({ label: 'shape', labels: ['down', 'flat', 'up'] });
  expect(begun.inputs).toHaveLength(26);
  const task = JSON.parse(readFileSync(join(folder, 'n', 'task.json'), 'utf8'));
  expect(task.sound).toEqual({ frame: 25, hop: 20, mels: 40, coefficients: 13, deltas: 1, rate: 16_000 });
});

test('recordings to predict come in a folder without classes, in several folders and in a pipe', async () => {
  mkdirSync(join(folder, 'loose'));
  for (const [at, shape] of ['up', 'down'].entries())
    copyFileSync(join(folder, 'tones', shape, '1.wav'), join(folder, 'loose', `${at}.wav`));
  const { stdout } = await unrolled(['predict', 'm', 'loose', join('tones', 'flat', '5.wav')], folder);
  expect(stdout).toMatch(
    /^recording\tlabel\tprobability\nloose\/0\.wav\tup\t.*\nloose\/1\.wav\tdown\t.*\ntones.flat.5\.wav\tflat\t.*\n$/,
  );
  cpSync(join(folder, 'tones'), join(folder, 'again'), { recursive: true });
  // both have the names up/0.wav, down/0.wav …
  const twice = await unrolled(['eval', 'm', 'tones', 'again', '--json'], folder);
  expect(JSON.parse(twice.stdout)).toMatchObject({ count: 60, accuracy: 1 });
  const piped = await shell('unrolled predict m - --format json < tones/down/2.wav', folder);
  expect(JSON.parse(piped.stdout)).toMatchObject({ group: 'standard input', label: 'down' });
  const part = await shell('unrolled predict m - --part 0/2 --out parts.tsv < tones/down/2.wav', folder);
  expect(part).toMatchObject({ code: 2 });
  expect(part.stderr).toMatch(
    /^unrolled: --part: expected texts or sentences,[^\n]*got a model made to classify series[^\n]*\n$/,
  );
});

test('classes of recordings have weights, with which a run goes on', async () => {
  writeFileSync(join(folder, 'weights.tsv'), 'up\t1\ndown\t1\nflat\t4\n');
  // enough updates that the run is not over before it is told to stop
  const long = small.map((one) => (one === '10' ? '240' : one)).filter((one) => one !== '--json');
  const weighted = ['train', 'tones', ...long, '--validation', '0.2', '--class-weights', 'weights.tsv'];
  const whole = await unrolled([...weighted, '--out', 'w', '--json'], folder);
  const lines = jsonLines(whole.stdout);
  expect(lines[0]).toMatchObject({ weighted: 'class', classWeights: { up: 1, down: 1, flat: 4 } });
  expect(lines.find(({ event }) => event === 'heldOut')).toMatchObject({ balancedAccuracy: expect.any(Number) });
  expect(readFileSync(join(folder, 'w', 'report.html'), 'utf8')).toContain('class-weights');
  const run = start([...weighted, '--out', 'cut', '--json'], folder);
  await reached(run, 5);
  expect((await stop(run, 'SIGINT')).code).toBe(130);
  const resume = [...weighted, '--out', 'cut', '--resume', '--quiet'];
  // the same file with another weight
  writeFileSync(join(folder, 'weights.tsv'), 'up\t1\ndown\t1\nflat\t5\n');
  const other = await unrolled(resume, folder);
  expect(other).toMatchObject({ code: 2 });
  expect(other.stderr).toMatch(/weights\.tsv: expected file 1 of those that the run in cut was started with/);
  writeFileSync(join(folder, 'weights.tsv'), 'up\t1\ndown\t1\nflat\t4\n');
  expect(await unrolled(resume, folder)).toMatchObject({ code: 0, stdout: '' });
  const model = (name: string) => readFileSync(join(folder, name, 'model.safetensors'));
  expect(model('cut').equals(model('w'))).toBe(true);
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
  await refused(['bad', ...classify], /x\.mp3: expected a WAV file, got an empty one \(0 bytes\)/);
  const whole = readFileSync(join(folder, 'tones', 'up', '1.wav'));
  const nothing = formChunk(1, 16, 16_000);
  for (const [bytes, sentence] of [
    [whole.subarray(0, 30), /expected a chunk fmt of at least 16 bytes, got 10; the file is damaged/],
    [whole.subarray(0, 1000), /expected 6720 bytes of samples, as the file says, got 956; it was cut/],
    [riff(nothing, chunk('data', [])), /expected samples, got none; leave the file out/],
    [riff(nothing, chunk('data', new Uint8Array(200))), /expected at least one frame of 25 ms, got 6\.3 ms/],
    [Buffer.from('path,label\n'), /expected a WAV file, which begins with RIFF…WAVE, got one that begins with "path"/],
  ] as const) {
    writeFileSync(join(folder, 'bad', 'a', 'x.mp3'), bytes);
    await refused(['bad', ...classify], sentence);
  }
  copyFileSync(join(folder, 'tones', 'up', '1.wav'), join(folder, 'bad', 'a', 'x.mp3'));
  await refused(['bad', ...classify], /expected at least 2/);
  await refused(['tones', ...classify, '--rate', '44100'], /expected at least 44100 samples a second, got 16000/);
  await refused(['tones', ...classify, '--level', 'word'], /--level: expected none with recordings/);
  await refused(['list.csv', ...classify, '--mels', '30'], /--mels: expected WAV files/);
  await refused(['list.csv', ...classify, '--file-column', 'shape'], /up: there is no such file/);
  await refused(['list.csv', ...classify, '--file-column', 'path'], /expected a class for each recording, got none/);
  await refused(
    ['list.csv', ...classify, '--label-column', 'shape', '--group', 'path', '--mels', '30'],
    /--mels: .*got --group/,
  );
  expect(existsSync(join(folder, 'never'))).toBe(false);
});

test('an option that recordings have no use for is refused, and the model that has none for recordings says so', async () => {
  writeFileSync(join(folder, 'texts.csv'), 'label,text\na,xx\nb,yy\na,xxx\nb,yyy\n');
  const texts = ['texts.csv', '--task', 'classify', '--epochs', '1', '--hidden', '2', '--quiet', '--out', 'texts'];
  expect(await unrolled(['train', ...texts], folder)).toMatchObject({ code: 0 });
  const train = ['train', 'tones', '--task', 'classify', '--out', 'never'];
  const listed = ['--file-column', 'path', '--label-column', 'shape'];
  const rows = /expected none with recordings, which are no rows of a table, got one; leave it out/;
  const table = /expected a table of recordings \(--file-column\), which it is for, got none; leave it out/;
  const decimal = /expected none with recordings, whose numbers are not written, got one; leave it out/;
  for (const [args, sentence] of [
    [[...train, '--missing', 'previous'], rows],
    [[...train, '--time', 'date'], rows],
    [[...train, '--calendar', 'hour'], rows],
    [[...train, '--weight-column', 'w'], rows],
    [[...train, '--text-column', 'w'], /expected none with recordings, which are vectors/],
    [[...train, '--decimal', 'comma'], decimal],
    [['train', 'list.csv', ...train.slice(2), ...listed, '--decimal', 'comma'], decimal],
    [[...train, '--delimiter', 'tab'], table],
    [[...train, '--no-header'], table],
    [[...train, '--quote', 'none'], table],
    [[...train, '--comment', '#'], table],
    [[...train, '--encoding', 'latin1'], table],
    [['predict', 'm', 'tones', '--delimiter', 'tab'], table],
    [['eval', 'm', 'list.csv', ...listed, '--decimal', 'comma'], decimal],
    [
      ['predict', 'm', 'tones', '--text-column', 'text'],
      /expected a model made for texts,.* got one made for recordings/,
    ],
    [
      ['predict', 'texts', 'texts.csv', '--file-column', 'path'],
      /expected a model made for recordings,.* got one made for texts/,
    ],
  ] as const) {
    const { code, stdout, stderr } = await unrolled(args, folder);
    expect({ code, stdout }, args.join(' ')).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^unrolled: --[a-z-]+: [^\n]+\n$/);
  }
  // of a table without its column, and of a column without its table
  const lost = await unrolled(['eval', 'm', 'list.csv'], folder);
  expect(lost.stderr).toMatch(/list\.csv: expected a WAV file, got a table; name the column .*--file-column/);
  const folders = await unrolled([...train, '--file-column', 'path'], folder);
  expect(folders.stderr).toMatch(/tones: expected a table, whose column path has paths/);
  expect(existsSync(join(folder, 'never'))).toBe(false);
});
