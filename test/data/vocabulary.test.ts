// Symbols, classes and spelling features as ids.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureNames, featuresFromJson, learnFeatures, shapeOf, spellingFeatures } from '../../src/data/features.ts';
import { tokensOf } from '../../src/data/tokens.ts';
import { createLabels, createVocabulary, learnLabels, learnVocabulary, UNKNOWN_ID } from '../../src/data/vocabulary.ts';

describe('a vocabulary', () => {
  it('orders by falling frequency, then by code points, behind the unknown id', () => {
    const vocabulary = learnVocabulary(['b', 'a', '😀', '\ue000', 'b', 'a', 'c', 'c', 'c', '😀', '\ue000', 'once']);
    expect(vocabulary.symbols).toEqual(['c', 'a', 'b', '\ue000', '😀']);
    expect(vocabulary.size).toBe(6);
    expect(['c', 'a', '😀', 'once', 'never', '<unk>', 'constructor'].map(vocabulary.idOf)).toEqual([
      1, 2, 5, 0, 0, 0, 0,
    ]);
    expect(UNKNOWN_ID).toBe(0);
  });

  it('keeps what occurs as often as asked', () => {
    const symbols = ['a', 'a', 'a', 'b', 'b', 'c'];
    expect(learnVocabulary(symbols, 1).symbols).toEqual(['a', 'b', 'c']);
    expect(learnVocabulary(symbols, 3).symbols).toEqual(['a']);
    expect(() => learnVocabulary(symbols, 0)).toThrow('minCount: expected a whole number of 1 or more, got 0');
  });

  it('is rebuilt from its symbols, each of which may stand once', () => {
    const vocabulary = learnVocabulary(['a', 'a', 'b', 'b', 'b']);
    const again = createVocabulary(vocabulary.symbols);
    for (const symbol of ['a', 'b', 'c']) expect(again.idOf(symbol)).toBe(vocabulary.idOf(symbol));
    expect(() => createVocabulary(['a', 'b', 'a'])).toThrow('vocabulary: expected each symbol once, got "a" twice');
  });
});

describe('labels', () => {
  it('are sorted by code points, not by 16-bit units', () => {
    const labels = learnLabels(['\u{1f600}', 'b', '\ue000', 'B', 'b']);
    expect(labels.names).toEqual(['B', 'b', '\ue000', '\u{1f600}']);
    expect(labels.size).toBe(4);
    expect(labels.idOf('b', '')).toBe(1);
  });

  it('that training did not see are an error with their place', () => {
    expect(() => createLabels(['NOUN', 'VERB']).idOf('VREB', 'dev.conllu, line 17')).toThrow(
      'dev.conllu, line 17: expected a label seen in training (NOUN, VERB), got "VREB"; correct it, or train with it',
    );
  });

  it('must be two or more, each once', () => {
    expect(() => learnLabels([], 'x.tsv')).toThrow('x.tsv: expected at least 2 classes, got none');
    expect(() => learnLabels(['a', 'a'], 'x.tsv')).toThrow(
      'x.tsv: expected at least 2 classes, got only "a"; there is nothing to tell apart',
    );
    expect(() => createLabels(['a', 'a'])).toThrow('labels: expected each symbol once, got "a" twice');
  });
});

describe('spelling features', () => {
  const of = (word: string, plane: string) => {
    const features = learnFeatures([word], { planes: [plane], minCount: 1 });
    return features.planes[0].vocabulary.symbols[0];
  };

  it('are the word, its ends in characters, and its shape', () => {
    const expected = {
      form: 'Über-Bären🐻',
      lower: 'über-bären🐻',
      suffix1: '🐻',
      suffix2: 'n🐻',
      suffix3: 'en🐻',
      suffix4: 'ren🐻',
      prefix1: 'ü',
      prefix2: 'üb',
      prefix3: 'übe',
      shape: 'Xx-Xx. 10',
    };
    expect(Object.fromEntries(featureNames.map((name) => [name, of('Über-Bären🐻', name)]))).toEqual(expected);
    expect(spellingFeatures).toEqual(featureNames.slice(1));
  });

  it('tell a word that is no longer than an ending from that ending', () => {
    expect(of('of', 'suffix2')).toBe('^of');
    expect(of('roof', 'suffix2')).toBe('of');
    expect(of('of', 'prefix3')).toBe('of$');
    expect(of('office', 'prefix2')).toBe('of');
  });

  it.each([
    ['NATO', 'X 4'],
    ['McDonald', 'XxXx 9'],
    ['1,000.50', 'd.d.d 9'],
    ['4-5', 'd-d 3'],
    ['a–z', 'x-x 3'],
    ['東京', 'l 2'],
    ['e\u0301te', 'x 4'],
    ['\u0301', '. 1'],
    ['😀', '. 1'],
    ['', ' 1'],
    ['aAaAaAaAaA', 'xXxXxXxX 10'],
  ])('say of %s the shape %s', (word, shape) => {
    expect(shapeOf(word)).toBe(shape);
  });

  it('have one space of ids, plane behind plane, each beginning with its unknown id', () => {
    const features = learnFeatures(['Aa', 'Aa', 'aa', 'b'], { planes: ['form', 'lower', 'shape'] });
    // form: Aa (2); lower: aa (3); shape: "Xx 2" (2)
    expect(features.planes.map(({ name, first, size }) => [name, first, size])).toEqual([
      ['form', 0, 2],
      ['lower', 2, 2],
      ['shape', 4, 2],
    ]);
    expect(features.size).toBe(6);
    expect([...features.encode(['Aa', 'AA', 'zz'])]).toEqual([1, 0, 0, 3, 3, 2, 5, 4, 4]);
  });

  it('come back from JSON with the same ids, and all ids are in the range of their plane', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'B', '1', '-', 'é', '😀'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 20 }),
        fc.array(word, { maxLength: 5 }),
        fc.subarray(featureNames, { minLength: 1 }),
        (training, others, planes) => {
          const features = learnFeatures(training, { planes });
          const ids = features.encode(others);
          const again = featuresFromJson(JSON.parse(JSON.stringify(features.toJson())));
          expect(again.encode(others)).toEqual(ids);
          expect(again.size).toBe(features.size);
          expect(ids).toHaveLength(planes.length * others.length);
          for (const [k, { first, size }] of features.planes.entries())
            for (let t = 0; t < others.length; t++) {
              expect(ids[k * others.length + t]).toBeGreaterThanOrEqual(first);
              expect(ids[k * others.length + t]).toBeLessThan(first + size);
            }
        },
      ),
    );
  });

  it('are refused where a plane is unknown, named twice or missing, and where there is no word', () => {
    expect(() => learnFeatures(['a'], { planes: ['suffix9'] })).toThrow(
      'features: expected some of form, lower, suffix1, suffix2, suffix3, suffix4, prefix1, prefix2, prefix3, shape, got "suffix9"',
    );
    expect(() => learnFeatures(['a'], { planes: ['form', 'form'] })).toThrow(
      'features: expected each plane once, got form twice',
    );
    expect(() => learnFeatures(['a'], { planes: [] })).toThrow('features: expected at least 1 of form,');
    expect(() => learnFeatures([])).toThrow('features: expected at least 1 word to learn from, got none');
    expect(() => featuresFromJson({ planes: [{ name: 'hasOwnProperty', symbols: [] }] })).toThrow('expected some of');
  });
});

describe('the steps of a text', () => {
  it('are its code points or its words', () => {
    expect(tokensOf('né 😀', 'char')).toEqual(['n', 'é', ' ', '😀']);
    expect(tokensOf("Don't\nstop, 3 times!", 'word')).toEqual(["Don't", 'stop', ',', '3', 'times', '!']);
    expect(tokensOf('', 'word')).toEqual([]);
    expect(() => tokensOf('x', 'byte' as 'char')).toThrow('level: expected one of char, word, got byte');
  });
});
