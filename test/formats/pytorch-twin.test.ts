// The PyTorch twin, live in an exhaustive run where python3 has PyTorch: exported folders of every kind load with strict=True and give the logits that our engine gives.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { byteTokenizer } from '../../src/data/text/bytes.ts';
import { characterTokenizer } from '../../src/data/text/characters.ts';
import { splitWordTokenizer } from '../../src/data/text/split-words.ts';
import type { Tokenizer } from '../../src/data/text/tokenizer.ts';
import { wordTokenizer } from '../../src/data/text/words.ts';
import { packForOthers, packModel } from '../../src/formats/model-folder.ts';
import { readTokenizerJson, writeTokenizerJson } from '../../src/formats/tokenizer-json.ts';
import { cellNames, type ModelOptions } from '../../src/network/config.ts';
import { loadModel, saveFiles } from '../../src/node/model-folder.ts';
import { readTwin, twinName } from '../../src/node/twin.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { predict } from '../../src/tasks/kinds.ts';
import { sampleText } from '../../src/tasks/text/sample.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { kinds, modelOf } from '../support/kinds.ts';
import { type Answer, answer, anyWindow, largestDifference, withoutPadding } from '../support/logits.ts';
import { forms, sampleTexts, trained } from '../support/subwords.ts';

// float32 in another order of sums
const tolerance = 1e-5;
const python = !isExhaustive
  ? undefined
  : ['/usr/bin/python3', 'python3', 'python'].find(
      (name) => spawnSync(name, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
    );
if (isExhaustive && !python)
  console.warn('no PyTorch found: the tests of its twin are skipped (install python3-torch)');
const folder = mkdtempSync(join(tmpdir(), 'unrolled-twin-'));
afterAll(() => rmSync(folder, { recursive: true }));

const python3 = (script: string, ...args: string[]) =>
  spawnSync(python!, [fileURLToPath(new URL(script, import.meta.url)), ...args], { encoding: 'utf8' });

const texts = [
  'The river, isn’t it? [old] “stones” — a.b\n\nIts ΟΔΟΣ; x²\u0085½ Ⅷ ⓐ_1 <unk> <eos> <pad>z',
  'İ straße e\u0301 \u200d東京 🙂\ufeffa\u00a0b\u2003c\u001cd ...!',
  '\n',
  '',
];
const letters = [...new Set(texts.join(''))];
const words = [...new Set(['<unk>', '<eos>', ...texts.join(' ').match(/[\p{L}\p{M}\p{N}’]+|\P{White_Space}/gu)!])];
/** The words with some more. */
const and = (...more: string[]) => [...new Set([...words, ...more])];
const tokenizers: Tokenizer[] = [
  byteTokenizer(),
  characterTokenizer(letters),
  characterTokenizer(['<pad>', '?!', ...letters.slice(5)], { unknownToken: '?!', specialTokens: ['<pad>'] }),
  wordTokenizer(words),
  wordTokenizer(['<unk>', 'The', 'river,', '—']),
  wordTokenizer(and('river,', '[old]'), { pretokenized: true }),
  ...(['Whitespace', 'WhitespaceSplit'] as const).flatMap((splitting) => [
    splitWordTokenizer(and('the', 'river,', '[old]', 'x²', 'ⓐ_1', 'οδοσ'), { splitting, lowercase: true }),
    splitWordTokenizer(and('<pad>', 'river,', '<pad>z'), { splitting, specialTokens: ['<pad>', '<unk>'] }),
  ]),
];

const cases: [title: string, options: ModelOptions, lengths?: number[]][] = [
  ...cellNames.flatMap((cell) =>
    kinds.map(([title, options, lengths]) => [`${cell}, ${title}`, { cell, ...options }, lengths]),
  ),
  ...cellNames.flatMap((cell) =>
    [1, 2].flatMap((numLayers) =>
      [false, true].map((bidirectional) => [
        `${cell}, ${numLayers} layers, bidirectional ${bidirectional}`,
        { cell, vocabSize: 5, hiddenSize: 6, numLayers, bidirectional },
      ]),
    ),
  ),
  ...(['relu', 'sigmoid'] as const).map((nonlinearity) => [
    nonlinearity,
    { nonlinearity, vocabSize: 5, hiddenSize: 6, numLayers: 2, bidirectional: true, dropout: 0.5 },
    [9, 3],
  ]),
] as [string, ModelOptions, number[]?][];

describe.skipIf(!python)(
  `with PyTorch (${python ?? (isExhaustive ? 'skipped: no python3 has torch' : 'in npm run test:all')})`,
  () => {
    test(`${cases.length} kinds of models give our logits and states`, () => {
      const asked = cases.map(([, options, lengths], i) => {
        const model = modelOf(options);
        return { model, window: { ...anyWindow(model, 9, 2, i), lengths } };
      });
      const described = asked.map(({ model, window: { steps, batch, x, lengths } }, i) => {
        const { inputSize, symbols } = model.config;
        const place = join(folder, `${i}`);
        saveFiles(place, new Map([...packModel(model), [twinName, readTwin()]]));
        const shape = [...(symbols > 1 ? [symbols] : []), steps, batch, ...(inputSize === null ? [] : [inputSize])];
        return { folder: place, shape, x, lengths: lengths ?? null, integers: inputSize === null };
      });
      writeFileSync(join(folder, 'cases.json'), JSON.stringify(described));
      const script = fileURLToPath(new URL('../support/twin_logits.py', import.meta.url));
      const { stdout, stderr, status } = spawnSync(python!, [script, join(folder, 'cases.json')], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const answers: Answer[] = JSON.parse(stdout);
      asked.forEach(({ model, window }, i) => {
        const theirs = withoutPadding(model, window, answers[i]);
        const ours = withoutPadding(model, window, answer(model, window));
        for (const name of ['logits', 'state', 'cell'] as const)
          expect(largestDifference(theirs[name], ours[name]), `${cases[i][0]}: ${name}`).toBeLessThan(tolerance);
      });
    });

    test('the answers in test/golden/tasks.json are what it gives', () => {
      const out = join(folder, 'tasks.json');
      const { status, stderr } = python3('../golden/make_tasks.py', out);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const stored = readFileSync(new URL('../golden/tasks.json', import.meta.url), 'utf8');
      expectClose(JSON.parse(readFileSync(out, 'utf8')), JSON.parse(stored), '');
    });

    test('wrong inputs are one sentence each', () => {
      const { stdout, stderr } = python3(
        '../support/twin_errors.py',
        fileURLToPath(new URL('../golden', import.meta.url)),
      );
      expect(stderr).toBe('');
      const answers: [string, string][] = JSON.parse(stdout);
      expect(answers.filter(([kind]) => kind !== 'ValueError')).toEqual([]);
      expect(answers.map(([, sentence]) => sentence)).toEqual([
        "predict: expected a list of texts, got 'Rossi'",
        'predict: expected a list of texts, got [3]',
        expect.stringMatching(/^predict: expected a list of texts, got \['x{98}…$/),
        'item 2: expected at least 1 step, got none',
        "predict: expected a list of lists of tokens, got ['the']",
        "predict: expected a list of lists of tokens, got [['the', 3]]",
        'predict: expected a list of rows, at least one, got []',
        "row 2: expected the column temperature, got ['hour']",
        'row 1: expected numbers of hour, sun, wind, temperature, got [1, 2]',
        "row 2, column sun: expected a number, got 'x'",
        'row 1, column wind: expected a number, got nan',
        "row 1: expected the column shop, got ['promo', 'sold']",
        'row 1: expected a dict, whose column shop names the series, got [1, 2]',
        "row 1, column shop: expected a series that the model was trained on, ['North', 'South', 'Süd 2'], got 'West'",
        'rows of North: expected a value in the column sold, got blanks only',
        'rows of South: expected at least 4, as columns are read 3 rows ahead, got 3',
        "row 4, column sold: expected a number, got ''",
        'rows of South: expected numbers near those of the training, got some that are too large',
        'encode: expected the rows of one series, got those of 2',
        'row 9: expected numbers of price, promo, sold, got [2, 1]',
        'row 9, column promo: expected a number, got None',
        expect.stringMatching(
          /^task\.json: expected the keys task, .*, got filter, which this program does not know; /,
        ),
        'task.json, column sold: expected the keys column, mean, std, change, log, ahead, got lag, which this program does not know; forecast with the library',
        'task.json: expected a model that reads no parts of the calendar, got hour, month; forecast with the library',
        'task.json, table: expected the keys numbers, missing, time, calendar, group, got zone, which this program does not know; forecast with the library',
        "row 1, column sold: expected a number, as texts of this column have a decimal comma, got '1.234'",
        "row 2, column day: expected times in ascending order, such as 2024-03-01 or 2024-03-01T07:00, got '2024-03-01'; put the rows in order and leave the column out",
        "row 1, column day: expected times in ascending order, such as 2024-03-01 or 2024-03-01T07:00, got '1.3.2024'; put the rows in order and leave the column out",
        "row 1: expected the column width, got ['wave', 'height']",
        "row 1, column wave: expected the name of a series, got ' '",
        'row 1: expected a dict, whose column wave names the series, got [1, 2]',
        'tokenizer.json: expected the Python package tokenizers, which reads this one, got none; install it',
        'tokenizer.json: expected the Python package tokenizers, which reads this one, got none; install it',
        'predict: expected a model made for a task, got a language model; use sample',
        "text: expected characters of the vocabulary, got '東'",
        'decode: expected ids of the vocabulary, got 99999',
        'sample: expected a language model with its tokenizer.json, got another model',
        "device_map: expected no such option, got 'auto'; move the model with .to()",
      ]);
    });

    test('it encodes and decodes texts as every kind of tokenizer does here', () => {
      const described = tokenizers.map((tokenizer) => ({
        tokenizer: JSON.parse(writeTokenizerJson(tokenizer)),
        texts,
      }));
      writeFileSync(join(folder, 'texts.json'), JSON.stringify(described));
      const twin = fileURLToPath(new URL('../../python/modeling_unrolled.py', import.meta.url));
      const { stdout, stderr } = python3('../support/twin_tokens.py', join(folder, 'texts.json'), twin);
      expect(stderr).toBe('');
      const answers: { ids: number[]; text: string }[][] = JSON.parse(stdout);
      for (const [k, tokenizer] of tokenizers.entries())
        for (const [i, text] of texts.entries()) {
          const ids = [...tokenizer.encode(text)];
          const line_end = Math.max(0, tokenizer.lineEnd);
          expect(answers[k][i], `${k}: ${text}`).toEqual({ ids, text: tokenizer.decode(ids), line_end });
        }
    });
  },
);

const hasTokenizers = python && spawnSync(python, ['-c', 'import tokenizers'], { stdio: 'ignore' }).status === 0;

test.skipIf(!hasTokenizers)(
  `it reads subwords with the package tokenizers (${hasTokenizers ? 'found' : 'skipped'})`,
  () => {
    const all = forms.map((form) => {
      const tokenizer = readTokenizerJson(JSON.stringify(trained(form)), form.name);
      const known = sampleTexts.filter((text) => idsOf(tokenizer, text) !== null);
      const strange = sampleTexts.filter((text) => !known.includes(text));
      return { name: form.name, tokenizer, texts: known, strange };
    });
    expect(all.flatMap(({ strange }) => strange).length).toBeGreaterThan(0);
    const described = all.map(({ tokenizer, texts, strange }) => ({
      tokenizer: JSON.parse(writeTokenizerJson(tokenizer)),
      ...{ texts, strange },
    }));
    writeFileSync(join(folder, 'subwords.json'), JSON.stringify(described));
    const twin = fileURLToPath(new URL('../../python/modeling_unrolled.py', import.meta.url));
    const { stdout, stderr } = python3('../support/twin_tokens.py', join(folder, 'subwords.json'), twin);
    expect(stderr).toBe('');
    const answers: { ids: number[]; text: string; line_end: number }[][] = JSON.parse(stdout);
    for (const [k, { name, tokenizer, texts }] of all.entries())
      for (const [i, text] of texts.entries()) {
        const ids = [...tokenizer.encode(text)];
        const line_end = Math.max(0, tokenizer.lineEnd);
        // the library takes away the first of several marks too (tokenizer-subwords.test.ts)
        const isMarks = name.startsWith('Metaspace, at') && /^[ ▁]{2}/.test(text);
        const decoded = tokenizer.decode(ids).slice(isMarks ? 1 : 0);
        expect(answers[k][i], `${name}: ${text}`).toEqual({ ids, text: decoded, line_end });
      }

    const model = createModel({ hiddenSize: 6, tokenizer: all[0].tokenizer, seed: 3 });
    const place = join(folder, 'subwords');
    saveFiles(place, new Map([...packForOthers(model), [twinName, readTwin()]]));
    const program = `import json; from modeling_unrolled import Unrolled; model = Unrolled.from_pretrained('.')
print(json.dumps([model.sample(prompt, length=20, temperature=0) for prompt in ['The tide', '']]))`;
    const drawn = spawnSync(python!, ['-c', program], { cwd: place, encoding: 'utf8' });
    const ours = ['The tide', ''].map((prompt) => sampleText(model, { prompt, length: 20, temperature: 0 }));
    expect(drawn.stderr).toBe('');
    expect(JSON.parse(drawn.stdout)).toEqual(ours);
  },
  60_000,
);

/** The ids of a text; null where a character has no token. */
function idsOf(tokenizer: Tokenizer, text: string): number[] | null {
  try {
    return [...tokenizer.encode(text)];
  } catch {
    return null;
  }
}

const withTransformers = !isExhaustive
  ? undefined
  : ['python3', '/usr/bin/python3', 'python'].find(
      (name) => spawnSync(name, ['-c', 'import torch, transformers'], { stdio: 'ignore' }).status === 0,
    );

test.skipIf(!withTransformers)(
  `AutoModel opens an exported folder (${withTransformers ?? 'skipped'})`,
  () => {
    const place = join(folder, 'auto');
    const model = loadModel(fileURLToPath(new URL('../golden/task-classify', import.meta.url)));
    saveFiles(place, new Map([...packForOthers(model), [twinName, readTwin()]]));
    const script = fileURLToPath(new URL('../support/auto_model.py', import.meta.url));
    const { stdout, status, stderr } = spawnSync(withTransformers!, [script, place, join(folder, 'cache')], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const { answer, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ model: 'Unrolled', config: 'UnrolledConfig', cell: 'gru', training: false });
    const [ours] = predict(model, ['Rossi']);
    expectClose(answer, ours, 'answer');
  },
  120_000,
);

test('what config.json names for AutoModel is there, and keeps its rules', () => {
  const source = new TextDecoder().decode(readTwin());
  const config = JSON.parse(new TextDecoder().decode(packForOthers(modelOf({ vocabSize: 3 })).get('config.json')));
  expect(config.model_type).toBe('unrolled');
  for (const name of Object.values<string>(config.auto_map)) {
    const [module, className, ...more] = name.split('.');
    expect([`${module}.py`, more]).toEqual([twinName, []]);
    expect(source).toMatch(new RegExp(`^class ${className}\\(`, 'm'));
  }
  expect(config.architectures).toEqual(['Unrolled']);
  // the class names that of its config, takes the config by name, and can be registered
  expect(source).toMatch(/^class Unrolled\(nn\.Module\):\n {4}config_class = UnrolledConfig\n/m);
  expect(source).toMatch(/^class UnrolledConfig\(transformers\.PretrainedConfig if/m);
  expect(source).toMatch(/def from_pretrained\(cls, folder='\.', \*_, config=None,/);
  expect(source).toContain('def register_for_auto_class(cls');
  // what the file imports at its top is Python's own or PyTorch's
  const imports = [...source.matchAll(/^(?:import|from) ([\w.]+)/gm)].map(([, name]) => name.split('.')[0]);
  const own = ['inspect', 'json', 'math', 'os', 're', 'struct', 'sys', 'unicodedata'];
  expect([...new Set(imports)].filter((name) => !own.includes(name))).toEqual(['torch']);
});

/** The same structure, texts and whole numbers, and other numbers that are close. */
function expectClose(one: unknown, other: unknown, where: string): void {
  if (typeof one === 'number' && typeof other === 'number' && !(Number.isInteger(one) && Number.isInteger(other)))
    expect(Math.abs(one - other), where).toBeLessThan(tolerance);
  else if (typeof one === 'object' && one !== null && typeof other === 'object' && other !== null) {
    expect(Object.keys(one), where).toEqual(Object.keys(other));
    for (const [key, value] of Object.entries(one))
      expectClose(value, (other as Record<string, unknown>)[key], `${where}.${key}`);
  } else if (typeof one === 'string' && typeof other === 'string' && where.endsWith('.printed')) {
    // numbers that a program printed are told in the last digit by the kind of processor
    const parts = (text: string): string[] => text.split(/(-?\d+\.\d+(?:e-?\d+)?)/);
    const [ours, theirs] = [parts(one), parts(other)];
    expect(ours.length, where).toBe(theirs.length);
    ours.forEach((part, i) => {
      if (i % 2 === 0) expect(part, where).toBe(theirs[i]);
      else expectClose(Number(part), Number(theirs[i]), where);
    });
  } else expect(one, where).toBe(other);
}

test('the twin’s constructor takes every key that config.json can have', () => {
  const source = readFileSync(new URL('../../python/modeling_unrolled.py', import.meta.url), 'utf8');
  const [, parameters] = /def __init__\(self, (vocab_size[\s\S]*?)\):/.exec(source)!;
  const names = parameters.split(',').map((each) => each.trim().split('=')[0]);
  for (const [, options] of cases) {
    const json = JSON.parse(new TextDecoder().decode(packModel(modelOf(options)).get('config.json')));
    for (const key of Object.keys(json)) if (key !== 'model_type') expect(names).toContain(key);
  }
});
