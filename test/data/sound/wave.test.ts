// WAV files as programs write them, and what is not one.

import { expect, test } from 'vitest';
import { readWave } from '../../../src/data/sound/wave.ts';
import { chirp, chunk, formChunk, riff, wav } from '../../support/sound.ts';

const read = (bytes: Uint8Array) => readWave(bytes, 'a.wav');
const samplesOf = (form: number[], data: ArrayLike<number>) =>
  Array.from(read(riff(form, chunk('data', data))).samples);
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer);

test('samples of every form are read', () => {
  expect(samplesOf(formChunk(1, 8, 8000), [0, 128, 192])).toEqual([-1, 0, 0.5]);
  expect(samplesOf(formChunk(1, 16, 8000), bytesOf(Int16Array.of(-32768, 0, 16384, -1)))).toEqual([
    -1,
    0,
    0.5,
    -1 / 32768,
  ]);
  expect(samplesOf(formChunk(1, 24, 8000), [0, 0, 128, 0, 0, 64, 255, 255, 255])).toEqual([-1, 0.5, -1 / 2 ** 23]);
  expect(samplesOf(formChunk(1, 32, 8000), bytesOf(Int32Array.of(-(2 ** 31), 2 ** 30)))).toEqual([-1, 0.5]);
  expect(samplesOf(formChunk(3, 32, 8000), bytesOf(Float32Array.of(0.25, -1.5)))).toEqual([0.25, -1.5]);
  expect(samplesOf(formChunk(3, 64, 8000), bytesOf(Float64Array.of(0.1, -1)))).toEqual([0.1, -1]);
  // the ends of each law and its smallest numbers, from the tables of G.711
  expect(samplesOf(formChunk(6, 8, 8000), [0x2a, 0xaa, 0xd5, 0x55]).map((x) => x * 32768)).toEqual([
    -32256, 32256, 8, -8,
  ]);
  expect(samplesOf(formChunk(7, 8, 8000), [0x00, 0x80, 0xff, 0xfe]).map((x) => x * 32768)).toEqual([
    -32124, 32124, 0, 8,
  ]);
});

test('channels are mixed, other chunks are skipped, and the extensible form says what it is', () => {
  expect(samplesOf(formChunk(1, 16, 8000, 2), bytesOf(Int16Array.of(16384, 0, -16384, 16384)))).toEqual([0.25, 0]);
  const guid = [1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];
  const form = [...formChunk(0xfffe, 16, 44100, 1).slice(8), 22, 0, 16, 0, 4, 0, 0, 0, ...guid];
  const file = riff(
    chunk('JUNK', [1, 2, 3]),
    chunk('fmt ', form),
    chunk('LIST', [0]),
    chunk('data', [0, 64]),
    chunk('id3 ', [9]),
  );
  expect(read(file)).toEqual({ rate: 44100, samples: Float64Array.of(0.5) });
});

test.each([0, 0xffffffff])('a file that was streamed, whose length is %d, ends where it ends', (length) => {
  const samples = chirp(100, 200, 0.01);
  const file = wav(samples);
  new DataView(file.buffer).setUint32(40, length, true);
  expect(read(file).samples).toEqual(read(wav(samples)).samples);
});

test('what is not a whole WAV file is one sentence', () => {
  const refused = (bytes: ArrayLike<number>, sentence: RegExp) =>
    expect(() => read(Uint8Array.from(bytes))).toThrow(sentence);
  const begins = (text: string) => Array.from(text.padEnd(20, '\0'), (letter) => letter.charCodeAt(0));
  refused([], /^a\.wav: expected a WAV file, got an empty one \(0 bytes\)$/);
  for (const [start, name] of [
    ...[
      ['ID3\x04', 'an MP3 file'],
      ['\xff\xfb\x90', 'an MP3 file'],
      ['fLaC', 'a FLAC file'],
    ],
    ...[
      ['OggS', 'an Ogg file (Vorbis or Opus)'],
      ['\0\0\0\x20ftypM4A', 'an MP4 or M4A file'],
    ],
  ])
    refused(
      begins(start),
      new RegExp(
        `^a\\.wav: expected a WAV file, got ${name.replace(/[()]/g, '\\$&')}; convert it: ffmpeg -i FILE file\\.wav$`,
      ),
    );
  refused(begins('hello'), /expected a WAV file, which begins with RIFF…WAVE, got one that begins with "hell"/);
  refused(begins('RIFF\0\0\0\0AVI '), /got a RIFF file of AVI/);
  const whole = wav(chirp(100, 200, 0.01));
  refused(whole.subarray(0, 10), /got the first 10 bytes of one; it was cut/);
  refused(whole.subarray(0, 40), /expected the chunk data with samples, got the end of the file/);
  refused(whole.subarray(0, 100), /expected 320 bytes of samples, as the file says, got 56; it was cut/);
  refused(riff(chunk('data', [0, 0])), /expected the chunk fmt before the samples/);
  refused(riff(formChunk(1, 16, 8000), chunk('data', [])), /expected samples, got none/);
  refused(riff(formChunk(17, 4, 8000), chunk('data', [0, 0])), /got samples in ADPCM; convert it/);
  refused(riff(formChunk(1, 12, 8000), chunk('data', [0, 0])), /got samples of 12 bits/);
  refused(riff(formChunk(1, 16, 8000, 0), chunk('data', [0, 0])), /expected 1 to 256 channels, got 0/);
  refused(riff(formChunk(1, 16, 3), chunk('data', [0, 0])), /expected 1000 to 768000 samples a second, got 3/);
  refused(
    riff(formChunk(3, 32, 8000), chunk('data', bytesOf(Float32Array.of(0, NaN)))),
    /expected samples that are finite, got NaN at 0\.000125 s/,
  );
});
