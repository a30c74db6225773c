// The names of the data that come with the package: each is there, from whatever folder, and a file of one's own with such a name can be had.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readClasses, readLabeled, readTable } from '../../src/node/read-examples.ts';
import { readText } from '../../src/node/read-text.ts';
import { temporaryFolder, unrolled } from '../cli/support.ts';

const names = '@river, @names, @tagged, @weather';

describe('the data that come with the package', () => {
  test('have names in the library', () => {
    expect(readText('@river')).toMatch(/^THE CLOCKMAKER/);
    expect(new Set(readClasses('@names').map(({ label }) => label))).toEqual(
      new Set(['Finnish', 'Irish', 'Italian', 'Japanese']),
    );
    expect(readText('@names/Irish.txt')).toMatch(/^Brannigan$/m);
    expect(readLabeled(['@tagged'], 'upos')).toHaveLength(40);
    expect(readTable('@weather').columns).toContain('temperature');
  });

  test('have no other names, and lead nowhere else', () => {
    for (const path of ['@rivers', '@', '@toString', '@names/../tagged.conllu'])
      expect(() => readText(path)).toThrow(
        `${path}: expected one of ${names}, got another name; a file of yours is ./${path}`,
      );
    expect(() => readText('@names/Ir%69sh.txt')).toThrow('@names/Ir%69sh.txt: there is no such file');
    expect(() => readText('@river/x')).toThrow('@river/x: there is no such file: a part of the path is not a folder');
  });

  test('have names on the command line, in an empty folder; ./ makes such a name a path', async () => {
    const folder = temporaryFolder();
    const tiny = ['--hidden', '4', '--updates', '1', '--threads', '1', '--quiet'];
    expect(await unrolled(['train', '@river', '--out', 'river', ...tiny], folder)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect((await unrolled(['eval', 'river', '@river'], folder)).stdout).toMatch(/nats per /);
    writeFileSync(join(folder, '@mine'), 'my own text, '.repeat(9));
    expect(
      await unrolled(['train', './@mine', '--out', 'mine', '--batch', '1', '--bptt', '4', ...tiny], folder),
    ).toMatchObject({ code: 0 });
    expect(await unrolled(['train', '@mine', '--out', 'no', ...tiny], folder)).toMatchObject({
      code: 2,
      stderr: `unrolled: @mine: expected one of ${names}, got another name; a file of yours is ./@mine\n`,
    });
  });
});
