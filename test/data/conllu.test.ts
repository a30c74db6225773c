// Annotated sentences in CoNLL-U and in columns, and the sentence for every line that does not fit.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnLabels, conlluLabels, parseColumns, parseConllu, withLabels } from '../../src/data/conllu.ts';

const fixture = readFileSync(new URL('fixtures/two-sentences.conllu', import.meta.url), 'utf8');
const line = (id: string, form = 'x', upos = 'X') => `${id}\t${form}\t_\t${upos}\t_\t_\t_\t_\t_\t_`;

describe('CoNLL-U', () => {
  it('gives the words of each sentence with their lines, without ranges and empty nodes', () => {
    const sentences = parseConllu(fixture, 'two.conllu');
    expect(sentences.map(({ words }) => words.map(({ form }) => form))).toEqual([
      ['I', 'do', "n't", 'sing', '.'],
      ['Mo', 'drinks', 'tea', ',', 'Bo', 'milk'],
    ]);
    expect(sentences.map(({ words }) => words.map(({ line }) => line))).toEqual([
      [3, 5, 6, 7, 8],
      [11, 12, 13, 14, 15, 17],
    ]);
    expect(sentences[0].words[1].columns).toEqual(['2', 'do', 'do', 'AUX', 'VBP', 'Mood=Ind', '4', 'aux', '_', '_']);
  });

  it('gives any column as labels', () => {
    const sentences = parseConllu(fixture, 'two.conllu');
    const [first] = conlluLabels(sentences, 'upos');
    expect(first).toEqual({
      where: 'two.conllu',
      tokens: ['I', 'do', "n't", 'sing', '.'],
      labels: ['PRON', 'AUX', 'PART', 'VERB', 'PUNCT'],
      lines: [3, 5, 6, 7, 8],
    });
    expect(conlluLabels(sentences, 'xpos')[0].labels).toEqual(['PRP', 'VBP', 'RB', 'VB', '.']);
    expect(conlluLabels(sentences, 'feats')[0].labels).toEqual(['_', 'Mood=Ind', '_', '_', '_']);
    expect(conlluLabels(sentences, 'deprel')[1].labels).toEqual(['nsubj', 'root', 'obj', 'punct', 'conj', 'orphan']);
  });

  it('comes back from its own form, with either line end and however it ends', () => {
    const sentences = fc.array(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'ß', '😀', '"', '#', ' ', '1'), minLength: 1 }), {
        minLength: 1,
      }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(sentences, fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\n', '\n\n'), (forms, end, tail) => {
        const text = forms
          .map((words) => ['# text', ...words.map((form, index) => line(`${index + 1}`, form))].join('\n'))
          .join('\n\n');
        const parsed = parseConllu(`\ufeff${(text + tail).replaceAll('\n', end)}`);
        expect(parsed.map(({ words }) => words.map(({ form }) => form))).toEqual(forms);
        for (const { words } of parsed) for (const { columns } of words) expect(columns[9]).toBe('_');
      }),
    );
  });

  it.each([
    [
      'too few columns',
      `${line('1')}\n2\tx\n`,
      'line 2: expected 10 columns separated by tabs, got 2; is the file CoNLL-U?',
    ],
    ['too many columns', `${line('1')}\t_\n`, 'line 1: expected 10 columns separated by tabs, got 11'],
    ['an id left out', `${line('1')}\n${line('3')}\n`, 'line 2: expected the id 2, got 3'],
    ['an id twice', `${line('1')}\n${line('2')}\n${line('2')}\n`, 'line 3: expected the id 3, got 2'],
    ['a first id other than 1', `${line('2')}\n`, 'line 1: expected the id 1, got 2'],
    ['no id', `${line('x')}\n`, 'line 1: expected an id such as 1, 1-2 or 1.1, got "x"'],
    [
      'no blank line between sentences',
      `${line('1')}\n${line('2')}\n${line('1')}\n`,
      'line 3: expected a blank line before the next sentence, got none; insert one',
    ],
    [
      'no blank line before a sentence that begins with a range',
      `${line('1')}\n${line('2')}\n${line('1-2')}\n`,
      'line 3: expected a blank line before the next sentence, got none; insert one',
    ],
    [
      'no blank line before comments',
      `${line('1')}\n# text = y\n`,
      'line 2: expected a blank line before the comments of the next sentence, got none; insert one',
    ],
    ['a range out of order', `${line('1')}\n${line('3-4')}\n`, 'line 2: expected the id 2, got 3-4'],
    ['a range that falls', `${line('1-1')}\n`, 'line 1: expected a range of ids that rise, got 1-1'],
    ['an empty node out of order', `${line('1')}\n${line('1.2')}\n`, 'line 2: expected the id 1.1 or 2, got 1.2'],
    ['an empty node after another word', `${line('1')}\n${line('2.1')}\n`, 'line 2: expected the id 1.1 or 2, got 2.1'],
    ['an empty form', `${line('1', '')}\n`, 'line 1: expected a word form in column 2, got an empty cell'],
  ])('with %s is refused', (_, text, sentence) => {
    expect(() => parseConllu(text, 'x.conllu')).toThrow(`x.conllu, ${sentence}`);
  });

  it('numbers empty nodes anew after each word and in each sentence', () => {
    const text = [line('0.1'), line('1'), line('1.1'), line('1.2'), line('2'), line('2.1')].join('\n');
    expect(parseConllu(`${text}\n\n${text}`).map(({ words }) => words.length)).toEqual([2, 2]);
  });

  it('without a sentence is refused', () => {
    expect(() => parseConllu('# only a comment\n\n', 'x.conllu')).toThrow(
      'x.conllu: expected at least 1 sentence, got none',
    );
  });

  it('refuses a column it does not have, and a word without a label', () => {
    const sentences = parseConllu(`${line('1')}\n${line('2', 'y', '_')}\n`, 'x.conllu');
    expect(() => conlluLabels(sentences, 'pos')).toThrow('column: expected one of id, form, lemma, upos');
    expect(() => conlluLabels(sentences, 'upos')).toThrow(
      'x.conllu, line 2, column upos: expected a label, got _, which means none',
    );
    expect(conlluLabels(sentences, 'xpos')[0].labels).toEqual(['_', '_']);
  });
});

describe('columns', () => {
  it('are a token and its label, the last by default, with blank lines between sequences', () => {
    const sentences = parseColumns('The\tx\tDT\n"\ty\t``\n\n\n#\tz\tSYM\n', 'tags.tsv');
    expect(columnLabels(sentences)).toEqual([
      { where: 'tags.tsv', tokens: ['The', '"'], labels: ['DT', '``'], lines: [1, 2] },
      { where: 'tags.tsv', tokens: ['#'], labels: ['SYM'], lines: [5] },
    ]);
    expect(columnLabels(sentences, 2)[0].labels).toEqual(['x', 'y']);
    expect(columnLabels(sentences, '2')[1].labels).toEqual(['z']);
  });

  it('may be tokens alone, where there is nothing to learn', () => {
    const sentences = parseColumns('The\ncat\n', 'words.tsv');
    expect(sentences[0].words.map(({ form }) => form)).toEqual(['The', 'cat']);
    expect(() => columnLabels(sentences)).toThrow(
      'words.tsv, line 1: expected a token, a tab and a label, got 1 column; put a tab between the two',
    );
  });

  it.each([
    ['a line of other width', 'a\tX\nb\n', 'line 2: expected 2 columns separated by tabs, as in the first line, got 1'],
    ['no token', 'a\tX\n\tY\n', 'line 2: expected a token in the first column, got an empty cell'],
  ])('with %s are refused', (_, text, sentence) => {
    expect(() => parseColumns(text, 'x.tsv')).toThrow(`x.tsv, ${sentence}`);
  });

  it('without a sequence, without a label, and without the column asked for are refused', () => {
    expect(() => parseColumns('\n\n', 'x.tsv')).toThrow('x.tsv: expected at least 1 sequence, got none');
    expect(() => columnLabels(parseColumns('a\tX\nb\t\n', 'x.tsv'))).toThrow(
      'x.tsv, line 2: expected a label in column 2, got an empty cell; give the token one',
    );
    for (const column of [1, 4])
      expect(() => columnLabels(parseColumns('a\tX\tY\n'), column)).toThrow(
        `column: expected the number of a column behind the tokens, up to 3, got ${column}`,
      );
    expect(() => columnLabels(parseColumns('a\tX\n'), 'upos')).toThrow('behind the tokens, up to 2, got upos');
  });
});

describe('CoNLL-U Plus', () => {
  const plus = '# global.columns = FORM UPOS PARSEME:MWE\n# text = a\nThe\tDET\t*\n#\tSYM\t1\n\nIt\tPRON\t_\n';
  it('has the columns that its first line names, and needs no ids', () => {
    const sentences = parseConllu(plus);
    expect(sentences.map(({ words }) => words.map(({ form }) => form))).toEqual([['The', '#'], ['It']]);
    expect(conlluLabels(sentences, 'upos').map(({ labels }) => labels)).toEqual([['DET', 'SYM'], ['PRON']]);
    expect(conlluLabels(sentences, 'PARSEME:MWE')[0].labels).toEqual(['*', '1']);
    expect(() => conlluLabels(sentences, 'deprel')).toThrow(
      'column: expected one of form, upos, parseme:mwe, got deprel',
    );
  });
  it('may have ids, with ranges and empty nodes', () => {
    const text = '# global.columns = ID FORM X:Y\n1-2\tdu\t_\n1\tde\ta\n2\tle\tb\n2.1\te\t_\n';
    expect(conlluLabels(parseConllu(text), 'x:y')[0].labels).toEqual(['a', 'b']);
  });
  it.each([
    [
      'a line of other length',
      `${plus}x\ty\n`,
      'CoNLL-U, line 7: expected 3 columns separated by tabs, as global.columns names them, got 2; is the file CoNLL-U Plus?',
    ],
    [
      'a column twice',
      '# global.columns = FORM FORM\na\tb\n',
      'CoNLL-U, line 1: expected each column once, got form twice; rename one',
    ],
    [
      'no form',
      '# global.columns = ID UPOS\n1\tX\n',
      'CoNLL-U, line 1: expected a column FORM among those that global.columns names, got id upos',
    ],
  ])('with %s is refused', (_, text, sentence) => {
    expect(() => parseConllu(text)).toThrow(sentence);
  });
});

describe('labels that are written back', () => {
  it.each([
    ['as they stand', fixture],
    ['with other line ends', fixture.replaceAll('\n', '\r\n')],
    ['with a byte order mark, and no line end', `\ufeff${fixture.slice(fixture.indexOf('\n1') + 1)}`.trimEnd()],
  ])('leave everything else %s', (_, text) => {
    const sentences = parseConllu(text);
    const own = conlluLabels(sentences, 'upos').map(({ labels }) => labels);
    expect(withLabels(text, sentences, 'upos', own)).toBe(text);
    const others = own.map((labels) => labels.map((label) => `${label}2`));
    const changed = withLabels(text, sentences, 'upos', others);
    expect(conlluLabels(parseConllu(changed), 'upos').map(({ labels }) => labels)).toEqual(others);
    expect(changed.replaceAll(/\t([A-Z]+)2\t/g, '\t$1\t')).toBe(text);
  });
  it('cannot end a cell', () => {
    const text = `${line('1')}\n`;
    expect(withLabels(text, parseConllu(text), 'misc', [['a\tb\n']])).toBe(text.replace(/_\n$/, 'a\\tb\\n\n'));
  });
});
