// tokenizer.json against Hugging Face's own JavaScript library: the same ids for the same text, the same text for the same ids.

import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterTokenizer } from '../../src/data/text/characters.ts';
import { createTokenizer, type LearnOptions, learnTokenizer } from '../../src/data/text/create.ts';
import type { Level, Tokenizer } from '../../src/data/text/tokenizer.ts';
import { readTokenizerJson, writeTokenizerConfig, writeTokenizerJson } from '../../src/formats/tokenizer-json.ts';
import { runs } from '../support/exhaustive.ts';

const LEVELS: readonly [string, Level, LearnOptions][] = [
  ['characters', 'char', {}],
  ['bytes', 'byte', {}],
  ['words', 'word', {}],
  ['pretokenized words', 'word', { pretokenized: true }],
];

const pieces = fc.constantFrom(
  ...[
    'a',
    'B',
    'don',
    't',
    '7',
    '12',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\r',
    '\t',
    '\0',
    '\uFEFF',
    '\u0301',
    'é',
    '\u2028',
    '\u0085',
  ],
  ...[
    '👍',
    '👩‍👩‍👧‍👦',
    '\uE000',
    '<unk>',
    '<eos>',
    '<',
    'unk',
    '>',
    "'",
    '’',
    '‘',
    '“',
    '”',
    '.',
    ',',
    ';',
    ':',
    '!',
    '?',
    '…',
  ],
  ...[
    '-',
    '—',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '«',
    '»',
    '¿',
    '%',
    '"',
    '$&',
    '$1',
    '\\',
    '__proto__',
    " n't",
    " 's",
    '\u200B',
  ],
);
const anyText = fc.oneof(
  fc.array(pieces, { minLength: 1, maxLength: 40 }).map((list) => list.join('')),
  fc.string({ unit: 'binary', minLength: 1 }),
);
const text = anyText.map((value) => `${value}x`);

function learned(value: string, level: Level, options: LearnOptions = {}): Tokenizer {
  const learner = learnTokenizer(level, options);
  learner.add(value);
  return learner.finish();
}

function huggingFace(tokenizer: Tokenizer): HuggingFace {
  return new HuggingFace(JSON.parse(writeTokenizerJson(tokenizer)), JSON.parse(writeTokenizerConfig(tokenizer)));
}

for (const [name, level, options] of LEVELS) {
  describe(`tokenizer.json of ${name}`, () => {
    it('has Hugging Face encode text to our ids', () => {
      fc.assert(
        fc.property(text, (value) => {
          const tokenizer = learned(value, level, options);
          expect(huggingFace(tokenizer).encode(value).ids).toEqual([...tokenizer.encode(value)]);
        }),
        { numRuns: runs(300) },
      );
    });

    it('has Hugging Face decode random ids to our text', () => {
      fc.assert(
        fc.property(text, fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), (value, numbers) => {
          const tokenizer = learned(value, level, options);
          const ids = numbers.map((number) => number % tokenizer.vocabSize);
          expect(huggingFace(tokenizer).decode(ids)).toBe(tokenizer.decode(ids));
        }),
        { numRuns: runs(500) },
      );
    });

    it('is read as the tokenizer it was written from', () => {
      fc.assert(
        fc.property(text, (value) => {
          const tokenizer = learned(value, level, options);
          const json = writeTokenizerJson(tokenizer);
          const read = readTokenizerJson(json, 'tokenizer.json');
          expect(read.level).toBe(level);
          expect(read.vocabulary).toEqual(tokenizer.vocabulary);
          expect(read.options).toEqual(tokenizer.options);
          expect(writeTokenizerJson(read)).toBe(json);
        }),
        { numRuns: runs(200) },
      );
    });
  });
}

describe('tokenizer.json of words', () => {
  it('has Hugging Face take words outside the vocabulary for <unk> too', () => {
    for (const options of [{}, { pretokenized: true }]) {
      const tokenizer = learned('the cat\n', 'word', options);
      expect(huggingFace(tokenizer).encode('the new cat\n').ids).toEqual([...tokenizer.encode('the new cat\n')]);
    }
  });
});

describe('tokenizer.json for the Rust library', () => {
  // read by tokenizers 0.23.2 of Python too, which differs from the JavaScript one in what these two tests hold fast
  it('joins words by a prefix that no word has: every word would begin with an empty one', () => {
    const { decoder } = JSON.parse(writeTokenizerJson(learned('a b', 'word')));
    expect(decoder.decoders[0]).toEqual({ type: 'WordPiece', prefix: ' ', cleanup: false });
  });

  it('has no key beyond the known ones, which would be an error', () => {
    const known = 'version truncation padding added_tokens normalizer pre_tokenizer post_processor decoder model'.split(
      ' ',
    );
    for (const [, level, options] of LEVELS)
      expect(Object.keys(JSON.parse(writeTokenizerJson(learned('a b', level, options))))).toEqual(known);
  });
});

describe('tokenizer_config.json', () => {
  it('keeps the libraries from tidying the text once more', () => {
    const tokenizer = learned("do n't .", 'char');
    expect(JSON.parse(writeTokenizerConfig(tokenizer))).toEqual({
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
    });
    expect(JSON.parse(writeTokenizerConfig(learned('a', 'word'))).unk_token).toBe('<unk>');
  });
});

/** The file of characters that other tools write: an unknown token, its added token, a pre-tokenizer and Fuse. */
const FOREIGN = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [
    { id: 0, content: '<unk>', single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
  ],
  normalizer: null,
  pre_tokenizer: { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated', invert: false },
  post_processor: null,
  decoder: { type: 'Fuse' },
  model: { type: 'BPE', unk_token: '<unk>', vocab: { '<unk>': 0, '\n': 1, a: 3, 7: 2 }, merges: [] as unknown[] },
};

describe('A tokenizer.json by another tool', () => {
  it('is read when it is of characters, with its unknown token', () => {
    const tokenizer = readTokenizerJson(JSON.stringify(FOREIGN), 'tokenizer.json');
    expect(tokenizer.vocabulary).toEqual(['<unk>', '\n', '7', 'a']);
    expect([...tokenizer.encode('a7x\n')]).toEqual([3, 2, 0, 1]);
    const theirs = new HuggingFace(FOREIGN, { clean_up_tokenization_spaces: false });
    expect(theirs.encode('a7x\n').ids).toEqual([3, 2, 0, 1]);
    expect(tokenizer.decode([0, 3, 1])).toBe(theirs.decode([0, 3, 1]));
    expect(readTokenizerJson(writeTokenizerJson(tokenizer), 'x').options).toEqual({ unknownToken: '<unk>' });
  });

  it('is read with special tokens after the vocabulary, and without decoder and pre-tokenizer', () => {
    const added_tokens = [
      { id: 2, content: '<s>' },
      { id: 3, content: '</s>' },
    ];
    const file = { added_tokens, model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] } };
    const tokenizer = readTokenizerJson(JSON.stringify(file), 'tokenizer.json');
    expect(tokenizer.vocabulary).toEqual(['a', 'b', '<s>', '</s>']);
    expect(tokenizer.options).toEqual({ specialTokens: ['<s>', '</s>'] });
    expect(tokenizer.decode([2, 0, 3])).toBe('<s>a</s>');
    expect(() => tokenizer.encode('s')).toThrow('"s" (U+0073) at 0');
    expect(readTokenizerJson(writeTokenizerJson(tokenizer), 'x').vocabulary).toEqual(tokenizer.vocabulary);
  });

  it('is refused in one sentence that names the file and what is wrong', () => {
    const wrong = (change: object, text = JSON.stringify({ ...FOREIGN, ...change })) => {
      try {
        readTokenizerJson(text, 'm/tokenizer.json');
      } catch (error) {
        expect((error as Error).name).toBe('UnrolledError');
        expect((error as Error).message).toMatch(/^m\/tokenizer\.json(, vocabulary|, merges)?: expected /);
        return (error as Error).message;
      }
      return 'no error';
    };
    const model = (change: object) => ({ model: { ...FOREIGN.model, ...change } });
    expect(wrong({}, '{"model":')).toContain('expected JSON');
    expect(wrong({}, '[]')).toContain('expected the file to be an object, got []');
    for (const vocabulary of ['{"a": 0, "b": 1}', '["a", "b"]', '{"0": "a", "1": "b"}'])
      expect(wrong({}, vocabulary)).toContain('expected a tokenizer.json, got a vocabulary; give it with --vocabulary');
    expect(wrong({ truncation: { max_length: 5 } })).toContain('expected truncation to be null, got {"max_length":5}');
    expect(wrong({ padding: { length: 5 } })).toContain('expected padding to be null');
    expect(wrong({ model: undefined })).toContain('expected model to be an object, got nothing');
    expect(wrong(model({ vocab: null }))).toContain('expected model.vocab to be an object, got null');
    expect(wrong({ ...model({ vocab: {} }), added_tokens: [] })).toContain('at least 1 token, got none');
    expect(wrong(model({ vocab: { '<unk>': 0, a: 2 } }))).toContain(
      'expected the ids 0 to 1, each for one token, got 2 for "a"',
    );
    expect(wrong(model({ vocab: { '<unk>': 0, a: 1, b: 1 } }))).toContain('got 1 for "b"');
    for (const id of [-1, 0.5, '1', null]) expect(wrong(model({ vocab: { '<unk>': 0, a: id } }))).toContain('for "a"');
    expect(wrong(model({ vocab: { '<unk>': 1, a: 0 } }))).toContain('one id for the token "<unk>", got 1 and 0');
    expect(wrong(model({ vocab: { '<unk>': 0, ab: 1 } }))).toContain('one character for each id, got "ab" for id 1');
    expect(wrong({}, JSON.stringify(FOREIGN).replace('"a":3', '"a":1,"a":3'))).toContain(
      'expected each key once, got "a" twice',
    );
    expect(wrong(model({ merges: ['a 8'] }))).toContain('expected tokens of the vocabulary, got "8" in merge 0');
    expect(wrong(model({ type: 'Unigram' }))).toContain('expected model.type to be BPE, got Unigram');
    expect(wrong(model({ unk_token: 7 }))).toContain('expected model.unk_token to be a token, got 7');
    expect(wrong(model({ unk_token: '<x>' }))).toContain('expected the unknown token "<x>" in it');
    expect(wrong({ normalizer: { type: 'NFC' } })).toContain('expected normalizer to be null, got {"type":"NFC"}');
    expect(wrong({ pre_tokenizer: { type: 'Whitespace' } })).toContain('expected pre_tokenizer.type to be Split');
    expect(wrong({ decoder: { type: 'Metaspace' } })).toContain('expected decoder to be Fuse, got Metaspace');
    expect(wrong({ post_processor: { type: 'TemplateProcessing' } })).toContain('expected post_processor to be null');
    expect(wrong({ added_tokens: {} })).toContain('expected added_tokens to be a list');
    expect(wrong({ added_tokens: [{ id: 0 }] })).toContain('expected each of added_tokens to be');
    expect(wrong({ decoder: { type: 'ByteLevel' } })).toContain(
      'expected 256 byte tokens whose ids are the bytes, got 4 tokens',
    );
    const words = JSON.parse(writeTokenizerJson(learned('a b', 'word')));
    expect(wrong({}, JSON.stringify({ ...words, decoder: null }))).toContain('expected decoder to be {');
    expect(wrong({}, JSON.stringify({ ...words, pre_tokenizer: null }))).toContain(
      'expected pre_tokenizer to be Whitespace, WhitespaceSplit or Split, got null',
    );
    const unknown = { ...words, model: { ...words.model, unk_token: '[UNK]' } };
    expect(wrong({}, JSON.stringify(unknown))).toContain('expected model.unk_token to be <unk>, got [UNK]');
    const blank = { ...words, model: { ...words.model, vocab: { '<unk>': 0, 'a b': 1 } } };
    expect(wrong({}, JSON.stringify(blank))).toContain('expected words without white space, got "a b"');
  });

  it('is not mistaken over an unknown token that is one character', () => {
    const tokenizer = characterTokenizer(['\uE000', 'a'], { unknownToken: '\uE000' });
    const read = readTokenizerJson(writeTokenizerJson(tokenizer), 'tokenizer.json');
    expect([...read.encode('ax')]).toEqual([1, 0]);
    expect(huggingFace(tokenizer).encode('ax').ids).toEqual([1, 0]);
  });
});

describe('words that other tools split', () => {
  const added = (id: number, content: string, flags: object = {}) => ({
    ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...flags },
  });
  const words = [
    '[UNK]',
    '[PAD]',
    'the',
    '.',
    'and',
    'cat',
    '!?',
    'don',
    "'",
    't',
    'a_b',
    '7',
    '!',
    'naïve',
    'straße',
    'σας',
    ',',
  ];
  const file = (change: object = {}) => ({
    ...{ version: '1.0', truncation: null, padding: null, added_tokens: [added(0, '[UNK]'), added(1, '[PAD]')] },
    ...{ normalizer: null, pre_tokenizer: { type: 'Whitespace' }, post_processor: null, decoder: null },
    model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '[UNK]' },
    ...change,
  });
  const read = (change?: object) => readTokenizerJson(JSON.stringify(file(change)), 'tokenizer.json');
  const config = { clean_up_tokenization_spaces: false, unk_token: '[UNK]' };
  const shapes = [
    { pre_tokenizer: { type: 'Whitespace' } },
    { pre_tokenizer: { type: 'WhitespaceSplit' } },
    { pre_tokenizer: { type: 'Whitespace' }, normalizer: { type: 'Lowercase' } },
  ];
  const text = fc
    .array(
      fc.constantFrom(...words.slice(0, 13), 'The', 'CAT', ' ', ' ', '  ', '\n', '\t', '[', ']', 'PAD', '-', 'x'),
      { minLength: 1, maxLength: 30 },
    )
    .map((list) => `the ${list.join('')} cat`);

  it.each(shapes)('%j: the ids and the text of Hugging Face', (shape) => {
    const tokenizer = read(shape);
    const theirs = new HuggingFace(file(shape) as never, config);
    const again = new HuggingFace(
      JSON.parse(writeTokenizerJson(tokenizer)),
      JSON.parse(writeTokenizerConfig(tokenizer)),
    );
    fc.assert(
      fc.property(text, (value) => {
        const ids = [...tokenizer.encode(value)];
        for (const other of [theirs, again]) {
          expect(ids).toEqual(other.encode(value).ids);
          expect(tokenizer.decode(ids)).toBe(other.decode(ids));
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it('letters beyond ASCII, as the Rust library has them: \\w and white space of Unicode, Σ in small letters alike everywhere', () => {
    const ids = (value: string, shape: object) => [...read(shape).encode(value)].map((id) => words[id]);
    expect(ids('naïve\u0085straße,the', shapes[0])).toEqual(['naïve', 'straße', ',', 'the']);
    expect(ids('na\u00efve\u3000a_b', shapes[1])).toEqual(['naïve', 'a_b']);
    expect(ids('ΣΑΣ NAÏVE', shapes[2])).toEqual(['[UNK]', 'naïve']); // σασ is not σας
  });

  it('is the same in pieces, and when it is written and read', () => {
    for (const shape of shapes) {
      const tokenizer = read(shape);
      const json = writeTokenizerJson(tokenizer);
      const again = readTokenizerJson(json, 'tokenizer.json');
      expect(again.options).toEqual(tokenizer.options);
      expect(writeTokenizerJson(again)).toBe(json);
      expect(createTokenizer('word', tokenizer.vocabulary, tokenizer.options).options).toEqual(tokenizer.options);
      fc.assert(
        fc.property(text, fc.nat(), (value, number) => {
          const encoder = again.encoder();
          const at = number % value.length;
          encoder.push(value.slice(0, at));
          encoder.push(value.slice(at));
          expect([...encoder.finish()]).toEqual([...tokenizer.encode(value)]);
        }),
        { numRuns: runs(50) },
      );
    }
  });

  it('a vocabulary may be a list', () => {
    const tokenizer = read({ model: { type: 'WordLevel', vocab: words, unk_token: '[UNK]' } });
    expect(tokenizer.vocabulary).toEqual(words);
    expect([...tokenizer.encode('the dog[PAD]cat.')]).toEqual([2, 0, 1, 5, 3]);
  });

  it('what would give other ids is named', () => {
    const wrong = (change: object): string => {
      try {
        read(change);
      } catch (error) {
        return (error as Error).message;
      }
      return 'no error';
    };
    expect(wrong({ normalizer: { type: 'NFKC' } })).toBe(
      'tokenizer.json: expected normalizer to be null or Lowercase, got NFKC',
    );
    expect(wrong({ decoder: { type: 'WordPiece' } })).toContain('expected decoder to be null, got WordPiece');
    expect(wrong({ pre_tokenizer: { type: 'BertPreTokenizer' } })).toContain(
      'expected pre_tokenizer to be Whitespace, WhitespaceSplit or Split, got BertPreTokenizer',
    );
    expect(wrong({ post_processor: { type: 'TemplateProcessing' } })).toContain('expected post_processor to be null');
    expect(wrong({ added_tokens: [added(0, '[UNK]', { lstrip: true })] })).toContain(
      'expected lstrip of the added token "[UNK]" to be false, got true',
    );
    expect(wrong({ added_tokens: [added(5, 'cat', { special: false })] })).toContain(
      'expected special of the added token "cat" to be true, got false',
    );
    expect(
      wrong({ normalizer: { type: 'Lowercase' }, added_tokens: [added(5, 'cat', { normalized: true })] }),
    ).toContain('normalized of the added token "cat"');
    expect(wrong({ model: { ...file().model, unk_token: 'nobody' } })).toContain(
      'expected "nobody" in it, got 17 words without',
    );
  });
});
