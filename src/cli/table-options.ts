// How tables and other files are read, from the options of the command line: names such as `tab` become the characters that the library takes.

import { type Delimiter, delimiters } from '../data/csv.ts';
import type { Encoding } from '../data/text/encodings.ts';
import { shortened, UnrolledError } from '../errors.ts';
import type { ReadTableOptions } from '../node/read-examples.ts';

/** The options that say how files are read; null or undefined where none is given. */
export interface ReadingValues {
  readonly delimiter?: string | null;
  readonly 'no-header'?: boolean;
  readonly quote?: string | null;
  readonly comment?: string | null;
  readonly decimal?: string | null;
  readonly encoding?: Encoding | null;
}

const delimiterNames: Readonly<Record<string, Delimiter>> = {
  ...{ tab: '\t', '\\t': '\t', semicolon: ';', comma: ',', bar: '|', space: ' ' },
};

/** The same as options of `readTable`. */
export function tableForm(values: ReadingValues): ReadTableOptions {
  const { delimiter, quote, comment, decimal, encoding } = values;
  return {
    ...(delimiter != null && { delimiter: delimiterOf(delimiter) }),
    ...(values['no-header'] && { header: false }),
    ...(quote != null && { quote }),
    ...(comment != null && { comment }),
    ...(decimal != null && { decimal: decimal === 'comma' ? ',' : '.' }),
    ...(encoding != null && { encoding }),
  };
}

function delimiterOf(name: string): Delimiter {
  const known = Object.hasOwn(delimiterNames, name)
    ? delimiterNames[name]
    : delimiters.find((delimiter) => delimiter === name);
  if (known) return known;
  throw new UnrolledError(
    `--delimiter: expected comma, semicolon, tab, bar, space or the character itself, got ${shortened(name) || 'an empty text'}`,
  );
}
