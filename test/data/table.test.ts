// Tables: every cell comes back, every line counts, and each bad table has its sentence.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Delimiter, formatTable, parseTable, type TableOptions } from '../../src/data/csv.ts';
import { columnIndex, isNumber, numberColumn, textColumn } from '../../src/data/table.ts';
import { runs } from '../support/exhaustive.ts';

const delimiters: Delimiter[] = [',', ';', '\t'];
const cell = fc.string({
  unit: fc.constantFrom('a', 'é', '😀', ' ', '"', ',', ';', '\t', '\n', '\r', '1', '\ufeff', '='),
  maxLength: 6,
});

describe('a table', () => {
  it('comes back cell for cell, whatever is in the cells', () => {
    const tables = fc.integer({ min: 1, max: 4 }).chain((width) =>
      fc.record({
        columns: fc.array(cell, { minLength: width, maxLength: width }),
        rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
        delimiter: fc.constantFrom(...delimiters),
      }),
    );
    fc.assert(
      fc.property(tables, ({ columns, rows, delimiter }) => {
        // a header of numbers is refused
        fc.pre(!columns.every(isNumber));
        const table = parseTable(formatTable(columns, rows, delimiter), { delimiter });
        expect(table.columns).toEqual(columns.map((name) => name.trim()));
        expect(table.rows).toEqual(rows);
      }),
      { numRuns: runs(500) },
    );
  });

  it('reads quotes, doubled quotes, separators and line ends inside them as RFC 4180 says, and counts lines through them', () => {
    const table = parseTable('name,note\r\n"Ada, ""the first""","two\r\nlines"\r\nBo,"x"\r\n');
    expect(table.columns).toEqual(['name', 'note']);
    expect(table.rows).toEqual([
      ['Ada, "the first"', 'two\r\nlines'],
      ['Bo', 'x'],
    ]);
    expect(table.lines).toEqual([2, 4]);
  });

  it.each([
    ['\\n', 'a,b\n1,2\n3,4'],
    ['\\r\\n', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['\\r', 'a,b\r1,2\r3,4\r'],
    ['both', 'a,b\r\n1,2\n3,4\r'],
    ['both, with quotes', '"a",b\r\n1,"2"\n3,"4"\r\n'],
  ])('reads the line end %s, the last line with or without it', (_, text) => {
    const table = parseTable(text);
    expect(table.columns).toEqual(['a', 'b']);
    expect(table.rows).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(table.lines).toEqual([2, 3]);
  });

  it('loses a byte order mark and blank lines, and still counts these', () => {
    const table = parseTable('\ufeffa,b\n\n1,2\n  \n3,4\n\n');
    expect(table.columns).toEqual(['a', 'b']);
    expect(table.rows).toHaveLength(2);
    expect(table.lines).toEqual([3, 5]);
  });

  it('loses half a line end after the last cell, also of an only column', () => {
    expect(parseTable('a\r\nx\r').rows).toEqual([['x']]);
    expect(parseTable('a,b\n1,x\r').rows).toEqual([['1', 'x']]);
  });

  it('keeps a row of empty cells, though it is nothing but white space', () => {
    expect(parseTable('a\tb\n\t\n1\t2\n').rows).toEqual([
      ['', ''],
      ['1', '2'],
    ]);
  });

  it('keeps an empty cell of an only column', () => {
    expect(parseTable('x\n1\n\n3\n').rows).toEqual([['1'], [''], ['3']]);
  });

  it('calls columns without a header by their numbers', () => {
    const table = parseTable('1.5,2\n3,4\n', { header: false });
    expect(table.columns).toEqual(['1', '2']);
    expect(table.rows).toHaveLength(2);
    expect(table.lines).toEqual([1, 2]);
  });

  it.each([
    ['a comma', 'a,b\n1,x; y\n', ['a', 'b']],
    ['a semicolon, beside decimal commas', 'a;b\n1,5;2,5\n', ['a', 'b']],
    ['a tab, beside commas', 'a\tb\nwell, yes\tno\n', ['a', 'b']],
    ['nothing, in an only column', 'a\n1\n', ['a']],
    ['a comma, beside a semicolon in a name,', 'a;x,b\n1,2\n', ['a;x', 'b']],
    ['a comma inside and outside of quotes', '"a;x","b;y"\n1,2\n', ['a;x', 'b;y']],
  ])('finds out that %s separates', (_, text, columns) => {
    expect(parseTable(text).columns).toEqual(columns);
  });

  it('takes tabs where the name says so, and another separator where the option says so', () => {
    expect(parseTable('a,b\tc\n1,2\t3\n', { where: 'X.TSV' }).columns).toEqual(['a,b', 'c']);
    expect(parseTable('a,b\tc\n1,2\t3\n', { where: 'x.tsv', delimiter: ',' }).columns).toEqual(['a', 'b\tc']);
  });

  it('reads quotes as characters where the option says so', () => {
    expect(parseTable('a\tb\n"Hey\tyou"\n', { where: 'x.tsv', quote: 'none' }).rows).toEqual([['"Hey', 'you"']]);
  });
});

describe('a table of another form', () => {
  it.each<[string, string, TableOptions, string[][]]>([
    ['bars', 'a|b\n1|x,y\n', {}, [['1', 'x,y']]],
    [
      'runs of blanks',
      '  a   b\t c\n1 "x y"   \'z\'\n\n 2 "" "say ""hi"""\n',
      { delimiter: ' ' },
      [
        ['1', 'x y', "'z'"],
        ['2', '', 'say "hi"'],
      ],
    ],
    ['single quotes', "a,b\n'1,5','it''s'\n", { quote: "'" }, [['1,5', "it's"]]],
    [
      'comments',
      '# one\na,b\n#two, "\n1,2\n# three\n3,#4\n#end',
      { comment: '#' },
      [
        ['1', '2'],
        ['3', '#4'],
      ],
    ],
    ['comments, with quotes', '// one\na,b\n//two\n"1\n//x",2\n//\n', { comment: '//' }, [['1\n//x', '2']]],
  ])('has %s', (_, text, options, rows) => {
    const table = parseTable(text, options);
    expect(table.columns.slice(0, 2)).toEqual(['a', 'b']);
    expect(table.rows).toEqual(rows);
  });

  it('still counts its lines', () => {
    expect(parseTable('# one\na,b\n#two\n#three\n1,2\n# three\n"3\n",4\n#x\n5,6\n', { comment: '#' }).lines).toEqual([
      5, 7, 10,
    ]);
    expect(parseTable('a b\n\n1 2\n#\n3 4\n', { comment: '#', delimiter: ' ' }).lines).toEqual([3, 5]);
  });

  it('has names without blanks around them', () => {
    expect(parseTable('time, temp , "hum"\n0,1,2\n').columns).toEqual(['time', 'temp', '"hum"']);
  });

  it.each([
    ['an unknown delimiter', { delimiter: 'x' }, /^table, delimiter: expected one of .*got x$/],
    ['a quote of two characters', { quote: '""' }, 'table, quote: expected one character, or none, got "\\"\\""'],
    ['a comment of nothing', { comment: '' }, 'table, comment: expected what comments begin with, such as #, got ""'],
    ['another decimal mark', { decimal: ';' }, 'table, decimal: expected one of ., ,, got ;'],
  ])('is refused for %s', (_, options, sentence) => {
    expect(() => parseTable('a,b\n1,2\n', options as TableOptions)).toThrow(sentence);
  });

  it('is advised of comments', () => {
    expect(() => parseTable('# station 7\ntemp,hum\n1,2\n')).toThrow(
      "if lines that begin with # are comments, leave them out (--comment '#', in a program comment)",
    );
  });
});

describe('a column', () => {
  const table = parseTable('day,close,open\nMo,1.5,2\nTu,-2e3,.5\nWe, 7 ,+1.\n', { where: 'prices.csv' });

  it('gives its cells and its numbers', () => {
    expect(textColumn(table, 'day')).toEqual(['Mo', 'Tu', 'We']);
    expect([...numberColumn(table, 'close')]).toEqual([1.5, -2000, 7]);
    expect([...numberColumn(table, 'open')]).toEqual([2, 0.5, 1]);
    expect(columnIndex(table, 'open')).toBe(2);
  });

  it.each(['', ' ', 'NaN', 'n/a', '1,5', 'Infinity', '1e999', '0x10', '1 2', '.', 'e5'])(
    'does not take %j for a number',
    (cell) => {
      expect(isNumber(cell)).toBe(false);
    },
  );

  it.each([
    ['a number, got "n/a"; correct the cell or leave the row out', 'n/a'],
    ['a number, got "NaN"; correct the cell or leave the row out', 'NaN'],
    ['a number, got an empty cell; fill the gap or leave the row out', ''],
    ['a number with a decimal point, got "1,5"; replace decimal commas by points', '"1,5"'],
  ])('names the line and the column: expected %s', (expected, cell) => {
    const holed = parseTable(`day,close\nMo,1\n\nTu,${cell}\n`, { where: 'prices.csv' });
    expect(() => numberColumn(holed, 'close')).toThrow(`prices.csv, line 4, column close: expected ${expected}`);
  });

  it('of text is no column of numbers', () => {
    expect(() => numberColumn(table, 'day')).toThrow(
      /, column day: expected a number, got "Mo"; this is not a column of numbers, so take another one$/,
    );
  });

  it('that is not there is an error that lists those there are', () => {
    expect(() => columnIndex(table, 'Close')).toThrow(
      'prices.csv: expected a column Close, got the columns day, close, open',
    );
  });

  it('that is there twice is an error when it is asked for, and only then', () => {
    const twice = parseTable('a,b,a\n1,2,3\n');
    expect(columnIndex(twice, 'b')).toBe(1);
    expect(() => columnIndex(twice, 'a')).toThrow('table: expected each column once, got "a" twice; rename one');
  });
});

describe('a bad table is refused with a sentence:', () => {
  const where = 'data.csv';
  it.each([
    [
      'a short row',
      'a,b,c\n1,2,3\n"x\ny",5\n',
      'data.csv, line 3: expected 3 columns, as in the header, got 2; put a cell in quotes where it has a comma in it, or save the table with tabs, as .tsv',
    ],
    ['a long row', 'a;b\n1;2\n1;2;3\n', 'data.csv, line 3: expected 2 columns, as in the header, got 3'],
    ['no text', '', 'data.csv: expected a table, got an empty file'],
    ['blank lines only', '\n \n', 'data.csv: expected a table, got an empty file'],
    ['a header only', 'a,b\n', 'data.csv: expected rows below the header, got none'],
    [
      'a header of numbers',
      '1,2\n3,4\n',
      'data.csv, line 1: expected names of columns, got only numbers (1, 2); write a line above it that names the columns',
    ],
    [
      'a quote that is not closed',
      'a,b\n1,2\n3,"x\n5,6\n',
      'data.csv, line 3: expected a cell in quotes to end with a quote before a comma or a line end, got none; put the whole cell in quotes and double the quotes inside it',
    ],
    [
      'a quote that is not closed, in a row of several lines',
      'a,b\n"x\ny","z\n',
      'data.csv, line 3: expected a cell in quotes to end',
    ],
    [
      'a comma in an only column',
      `a\n${'x\n'.repeat(12)}x,y\n`,
      'data.csv, line 14: expected 1 column, as in the header, got 2; put a cell in quotes where it has a comma in it',
    ],
    [
      'letters after a closing quote',
      'a,b\n1,2\n"x"y,2\n3,"4"\n',
      'data.csv, line 3: expected a cell in quotes to end',
    ],
  ])('%s', (_, text, sentence) => {
    expect(() => parseTable(text, { where })).toThrow(sentence);
  });

  it('a ragged row without a header', () => {
    expect(() => parseTable('1,2\n3\n', { header: false })).toThrow(
      'table, line 2: expected 2 columns, as in the first row, got 1',
    );
  });

  it('rows of other length than the header, when written', () => {
    expect(() => formatTable(['a', 'b'], [['1', '2'], ['3']])).toThrow(
      'table: expected 2 cells in each row, got 1 in row 2',
    );
  });
});

it('a table whose columns were not told apart says so', () => {
  const table = parseTable('date,y\n1,2\n', { delimiter: ';', where: 'f.csv' });
  expect(() => columnIndex(table, 'y')).toThrow(
    'f.csv: expected a column y, got only "date,y"; say what separates columns (--delimiter, in a program delimiter)',
  );
});
