// Arithmetic as text: a model of characters reads "12+7=" and continues with "19.". It learns most sums and is then asked the others. Only the answer
// counts in the loss, because which question comes next cannot be learned.
// usage: node examples/arithmetic.mjs [--largest 99] [--held-out 0.1] [--cell lstm] [--hidden 128] [--epochs 60] [--lr 0.004] [--seed 1]

import { parseArgs } from 'node:util';
import { createTokenizer, sequenceSource, splitExamples } from 'unrolled/core';
import { createModel, createSequences, evaluate, sampleText, train } from 'unrolled/node';

const { values: options } = parseArgs({
  options: {
    largest: { type: 'string', default: '99' },
    'held-out': { type: 'string', default: '0.1' },
    cell: { type: 'string', default: 'lstm' },
    hidden: { type: 'string', default: '128' },
    epochs: { type: 'string', default: '60' },
    lr: { type: 'string', default: '0.004' },
    seed: { type: 'string', default: '1' },
  },
});
const count = Number(options.largest) + 1;
const seed = Number(options.seed);
const tokenizer = createTokenizer('char', [...'0123456789+=.']);
const lines = Array.from({ length: count * count }, (_, i) => [Math.floor(i / count), i % count]).map(
  ([a, b]) => `${a}+${b}=${a + b}.`,
);
const { training, heldOut } = splitExamples(lines.length, Number(options['held-out']), seed);

/** Each line reads its characters but the last and predicts those but the first; from "=" on they count. */
function sequencesOf(indices) {
  const texts = indices.map((i) => lines[i]);
  const join = (part) => Int32Array.from(texts.flatMap((text) => [...tokenizer.encode(part(text))]));
  return createSequences(
    texts.map((text) => text.length - 1),
    {
      input: { kind: 'symbols', planes: 1, size: tokenizer.vocabSize, ids: join((text) => text.slice(0, -1)) },
      targets: { kind: 'classes', at: 'step', size: tokenizer.vocabSize, ids: join((text) => text.slice(1)) },
      counted: Uint8Array.from(
        texts.flatMap((text) => [...text].slice(1).map((_, t) => (t >= text.indexOf('=') ? 1 : 0))),
      ),
    },
  );
}

const model = createModel({ tokenizer, cell: options.cell, hiddenSize: Number(options.hidden), seed });
const lessons = sequencesOf(training);
const settings = { epochs: Number(options.epochs), learningRate: Number(options.lr), seed };
for await (const report of train(model, sequenceSource(lessons, { batchSize: 32, seed }), settings))
  if (report.kind === 'validation' && report.epoch % 10 === 0)
    console.log(`epoch ${report.epoch}: loss ${report.loss.toFixed(4)} nats per character of the answers`);
// An answer is right if each of its characters is the most probable one after those before it: then it is also what the model would write.
const right = (sequences) => `${(100 * evaluate(model, sequences).wholeSequences).toFixed(1)} % right`;
console.log(`${training.length} sums that it was taught: ${right(lessons)}`);
console.log(`${heldOut.length} sums that it was not taught: ${right(sequencesOf(heldOut))}`);
for (const i of heldOut.filter((_, n) => n % Math.ceil(heldOut.length / 5) === 0)) {
  const prompt = lines[i].slice(0, lines[i].indexOf('=') + 1);
  console.log(`${prompt}${sampleText(model, { prompt, temperature: 0, length: 4 }).split('.')[0]}`);
}
