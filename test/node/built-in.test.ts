// The names of the data and the models that come with the package: each is there, from whatever folder, and a file of one's own with such a name can be
// had. A name may be both; where the wrong kind is asked for, a sentence says so.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isLanguageModel } from '../../src/network/config.ts';
import { builtInModels, sizeOfModel } from '../../src/node/built-in.ts';
import { loadModel, saveModel } from '../../src/node/model-folder.ts';
import { readClasses, readLabeled, readTable } from '../../src/node/read-examples.ts';
import { readText } from '../../src/node/read-text.ts';
import { predict } from '../../src/tasks/kinds.ts';
import { sampleText } from '../../src/tasks/text/sample.ts';
import { jsonLines, root, shell, temporaryFolder, unrolled } from '../cli/support.ts';

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

describe('the models that come with the package', () => {
  const theirs = '@shakespeare, @names, @pos, @arithmetic';

  test('have a card each, with license, data, command and figure, and take 2 MB at most', () => {
    const models = builtInModels();
    expect(models.map(({ name }) => `@${name}`).join(', ')).toBe(theirs);
    for (const { name, does, data, license, figure, command, example } of models) {
      const card = readFileSync(join(root, 'models', name, 'README.md'), 'utf8');
      for (const fact of [does, data, license, figure, command, example]) expect(card, name).toContain(fact);
      expect(command).toMatch(new RegExp(`^unrolled train \\S+ .* --out ${name}$`));
      expect(card).toContain(`license: ${license.toLowerCase()}\n`);
    }
    expect(models.reduce((sum, { name }) => sum + sizeOfModel(name), 0)).toBeLessThanOrEqual(2_000_000);
    expect(readFileSync(join(root, 'models/pos/README.md'), 'utf8')).toContain(
      'UD English EWT, 12,544 sentences, CC BY-SA 4.0',
    );
  });

  test('load in the library and decide', () => {
    const { config, parameters } = loadModel('@shakespeare');
    expect(isLanguageModel(config)).toBe(true);
    expect(parameters).toBeInstanceOf(Float32Array);
    const sum = { prompt: '38+47=', temperature: 0, length: 2 };
    expect(sampleText(loadModel('@arithmetic'), sum)).toBe('85');
    const [{ label }, { label: other }] = predict(loadModel('@names'), ['Suzuki', 'Kowalczyk']) as { label: string }[];
    expect([label, other]).toEqual(['Japanese', 'Polish']);
    const tags = predict(loadModel('@pos'), [['The', 'river', 'runs', 'to', 'the', 'sea', '.']]) as {
      label: string;
    }[][];
    expect(tags[0].map((tag) => tag.label)).toEqual(['DET', 'NOUN', 'VERB', 'ADP', 'DET', 'NOUN', 'PUNCT']);
  });

  test('are used by every command that takes a folder', async () => {
    const folder = temporaryFolder();
    const printed = async (...args: string[]) => {
      const { code, stdout, stderr } = await unrolled(args, folder);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      return stdout;
    };
    expect(await printed('predict', '@names', '@names/Irish.txt')).toMatch(/^Irish\t/m);
    expect(await printed('eval', '@pos', '@tagged')).toMatch(/accuracy/);
    expect(await printed('eval', '@shakespeare', '@river', '--unknown', 'skip', '--json')).toMatch(/"nll"/);
    expect(await printed('inspect', '@arithmetic')).toContain('@arithmetic');
    expect(await printed('export', '@names', '--to', 'onnx', '--out', 'names.onnx')).toContain('names.onnx');
    expect(await printed('export', '@names', '--to', 'huggingface', '--out', 'names-hub')).toContain('README.md');
    const tiny = ['--updates', '1', '--threads', '1', '--batch', '1', '--bptt', '8', '--quiet'];
    writeFileSync(join(folder, 'sums.txt'), '11+11=22  \n'.repeat(30));
    await printed('train', 'sums.txt', '--init-from', '@arithmetic', '--out', 'more', ...tiny);
    expect(
      (await shell('echo 38+47= | unrolled sample @arithmetic --prompt - --temperature 0', folder)).stdout,
    ).toMatch(/^38\+47=85 *\n$/);
  });

  test('are listed for a person and for a program', async () => {
    const folder = temporaryFolder();
    const { stdout } = await unrolled(['models'], folder);
    for (const { name, figure, license, example } of builtInModels()) {
      expect(stdout).toMatch(new RegExp(`^@${name}$`, 'm'));
      for (const fact of [figure, license, example.slice(example.indexOf('unrolled') + 9)])
        expect(stdout).toContain(fact);
    }
    const lines = jsonLines((await unrolled(['models', '--json'], folder)).stdout);
    expect(lines.map(({ name }) => name).join(', ')).toBe(theirs);
    for (const line of lines) expect(line.bytes).toBe(sizeOfModel(String(line.name).slice(1)));
    expect(await unrolled(['models', 'x'], folder)).toMatchObject({
      code: 2,
      stderr: 'unrolled: models: expected no argument, got x; see unrolled models --help\n',
    });
  });

  test('are told from data, and from folders of yours', async () => {
    const folder = temporaryFolder();
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await unrolled(args, folder);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await wrong('train', '@shakespeare', '--out', 'x')).toBe(
      `unrolled: @shakespeare: expected one of ${names}, which are data, got the name of a model; a file of yours is ./@shakespeare\n`,
    );
    expect(await wrong('sample', '@river')).toBe(
      `unrolled: @river: expected one of the models ${theirs}, got the name of data, of which unrolled train makes a model\n`,
    );
    expect(await wrong('sample', '@nobody')).toBe(
      `unrolled: @nobody: expected one of the models ${theirs}, got another name; a folder of yours is ./@nobody\n`,
    );
    expect(await wrong('sample', '@names')).toMatch(
      /^unrolled: @names: expected a language model, .*use unrolled predict\n$/,
    );
    const own = (option: string) =>
      `${option} @mine: expected a folder of yours, got a name of what comes with the package; take another, or ./@mine`;
    expect(await wrong('train', '@river', '--out', '@mine')).toBe(`unrolled: ${own('--out')}\n`);
    expect(await wrong('export', '@pos', '--to', 'pytorch', '--out', '@mine')).toBe(`unrolled: ${own('--out')}\n`);
    expect(() => saveModel('@mine', loadModel('@names'))).toThrow(own('saveModel'));
    saveModel(join(folder, '@mine'), loadModel('@names'));
    expect((await shell('echo Suzuki | unrolled predict ./@mine -', folder)).stdout).toMatch(/^Japanese\t/);
  });

  test('are one file; such a folder of yours is a model too', () => {
    const folder = temporaryFolder();
    expect(readdirSync(join(root, 'models/names')).sort()).toEqual(['README.md', 'model.safetensors']);
    mkdirSync(join(folder, 'one'));
    copyFileSync(join(root, 'models/names/model.safetensors'), join(folder, 'one/model.safetensors'));
    expect(loadModel(join(folder, 'one'))).toEqual(loadModel('@names'));
  });
});
