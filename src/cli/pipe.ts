// Standard input as a pipe of requests: every line is answered before the next one is read, so that a program on the other side can write a line,
// wait for its answer and write the next. It ends when the input does, or when nobody reads the answers any more.

import { once } from 'node:events';
import process from 'node:process';
import { StringDecoder } from 'node:string_decoder';
import { placeOf } from '../data/lines.ts';
import { atPlace, UnrolledError } from '../errors.ts';
import { visible } from './text.ts';

/** An answer to a line of a pipe. */
export interface Answer {
  readonly text: string;
  readonly json: object;
}

/** The longest line of standard input that is answered, in UTF-16 units. */
const longestLine = 1 << 24;

/**
 * Answers every line of standard input with a line; a blank line is answered with a blank one.
 * @param answer the answer to a line, counted from 1; null where it has none
 * @throws UnrolledError of `answer`, which then says at which line
 */
export async function answerLines(answer: (line: string, number: number) => string | null): Promise<void> {
  const { stdout } = process;
  let number = 0;
  for await (const line of lines()) {
    number++;
    const text = line.trim() === '' ? '' : atPlace(placeOf('standard input', number), () => answer(line, number));
    if (text === null) continue;
    if (!stdout.write(`${stdout.isTTY ? visible(text) : text}\n`)) await once(stdout, 'drain');
  }
}

/** The lines of standard input as they come; only a line feed ends one, perhaps with a carriage return before it. */
async function* lines(): AsyncGenerator<string, void, void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of process.stdin) {
      // only what is new is searched, however long the line is that it goes on with
      const [first, ...others] = decoder.write(chunk).split('\n');
      rest += first;
      if (rest.length > longestLine)
        throw new UnrolledError(
          `standard input: expected lines of at most ${longestLine} characters, got a longer one; give the text as a file`,
        );
      for (const next of others) {
        yield rest.replace(/\r$/, '');
        rest = next;
      }
    }
  } catch (cause) {
    if (cause instanceof UnrolledError) throw cause;
    throw new UnrolledError(`standard input: cannot be read, ${(cause as Error).message}`, 'failure', { cause });
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}
