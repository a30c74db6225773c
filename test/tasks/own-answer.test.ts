// A network never reads the answer of the row that it answers: a column is the class or what is read, and not both.

import { expect, test } from 'vitest';
import { parseClasses } from '../../src/data/class-table.ts';
import { columnLabels, conlluLabels, parseColumns, parseConllu } from '../../src/data/conllu.ts';
import { parseTable } from '../../src/data/csv.ts';
import { classify } from '../../src/tasks/classify.ts';
import { forecast } from '../../src/tasks/forecast/forecast.ts';
import { label } from '../../src/tasks/label.ts';

const both = 'as text and as label; name another one';

test.each([{ label: 'label', text: 'label' }, { label: 'Label', text: 'label' }, { text: 'label' }, { label: 'text' }])(
  'a table of texts with %o',
  (columns) => {
    const content = 'label,text\nx,one\ny,two\nx,three\n';
    expect(() => parseClasses(content, columns)).toThrow(both);
    expect(parseClasses(content, { label: 'text', text: 'label' })[0]).toMatchObject({ label: 'one', text: 'x' });
  },
);

test('the words of sentences to label', () => {
  const sentences = parseConllu(`1\tThe\t_\tDET${'\t_'.repeat(6)}\n`);
  expect(() => conlluLabels(sentences, 'FORM')).toThrow('got form, which has the words; name another');
  expect(() => columnLabels(parseColumns('The\tDET\n'), 1)).toThrow('behind the tokens, up to 2, got 1');
});

test('the numbers of series', () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 4)},${i % 7},${i < 20 ? 0 : 1}\n`).join('');
  const table = parseTable(`series,value,label\n${rows}`);
  for (const task of [classify, label]) {
    expect(() => task(table, { group: 'series', inputs: ['value', 'label'] })).toThrow(
      'inputs: expected columns without the answer, got label; leave it out',
    );
    expect(() => task(table, { group: 'label' })).toThrow('got label as group and as label; name another one');
    expect(task(table, { group: 'series' }).facts).toMatchObject({ inputs: ['value'] });
  }
  expect(() => forecast(table, { target: 'value', known: ['value'] })).toThrow('which is what is forecast');
});
