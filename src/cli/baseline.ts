// `unrolled baseline`: what a text costs a model that counts n-grams, of one length after the other. It is the honest thing to beat.

import { KneserNey, NgramCounts } from '../data/text/kneser-ney.ts';
import type { Level } from '../data/text/tokenizer.ts';
import { levelNouns } from '../data/text/tokenizer.ts';
import { UnrolledError } from '../errors.ts';
import { encodeFiles, learnFromFiles } from '../node/read-text.ts';
import { evaluationOfLosses } from '../tasks/text/evaluate.ts';
import { languageModel } from '../tasks/text/language-model.ts';
import { baselineOptions } from './option-tables.ts';
import { expectNeeds, type RequestOf, rowsOf } from './options.ts';
import { bold, print } from './output.ts';
import { count, plural } from './text.ts';

export async function runBaseline(request: RequestOf<typeof baselineOptions>): Promise<number> {
  const { operands: files, given, values } = request;
  expectNeeds(rowsOf(baselineOptions), given, values);
  const { level, encoding, pretokenized, validation, 'validation-file': held } = values;
  const isWords = level === 'word';
  // characters are learned from the held-out text too, as in training: one that is only there costs loss, and does not stop the command
  const { tokenizer } = learnFromFiles(
    held !== undefined && level === 'char' ? [...files, held] : files,
    level as Level,
    {
      ...(isWords && { pretokenized, minCount: values['min-count'] }),
      encoding,
    },
  );
  const { ids } = encodeFiles(files, tokenizer, { encoding });
  const own = held === undefined ? undefined : encodeFiles([held], tokenizer, { encoding }).ids;
  const { heldOut } = languageModel(ids, { tokenizer, level: tokenizer.level, validation: own ?? validation });
  if (!heldOut)
    throw new UnrolledError(
      `${files.join(', ')}: expected a text of which the end can be held out, got ${plural(ids.length, levelNouns[level])}; give --validation or --validation-file`,
    );
  const training = own ? ids : ids.subarray(0, ids.length - heldOut.length);
  const counts = new NgramCounts(training, tokenizer.vocabSize, values.order);
  const orders = Array.from({ length: values.order }, (_, i) => {
    return { order: i + 1, ...evaluationOfLosses(new KneserNey(counts, i + 1).losses(heldOut)) };
  });
  if (values.json) {
    const rows = orders.map(({ order, nll, perplexity }) => ({ order, nll, perplexity }));
    print(
      JSON.stringify({
        level,
        vocabulary: tokenizer.vocabSize,
        minCount: tokenizer.minCount,
        tokens: training.length,
        predicted: orders[0].tokens,
        ngrams: counts.size - 1,
        orders: rows,
      }),
    );
    return 0;
  }
  const noun = levelNouns[level];
  print(
    `${plural(training.length, noun)} counted, ${count(orders[0].tokens)} predicted, a vocabulary of ${count(tokenizer.vocabSize)}, ${count(counts.size - 1)} different n-grams`,
  );
  print(bold(`${'n'.padEnd(18)}${`nats per ${noun}`.padStart(19)}${'perplexity'.padStart(14)}`));
  for (const { order, nll, perplexity } of orders)
    print(
      `${String(order).padEnd(18)}${nll.toFixed(4).padStart(19)}${perplexity.toFixed(perplexity < 1000 ? 3 : 0).padStart(14)}`,
    );
  return 0;
}
