// Full against adaptive softmax on words of a text: speed of whole training updates, both in turns, and the held-out loss after the same updates.
// It works on what is built in dist/. The figures and commands are in docs/results.md.

import { parseArgs } from 'node:util';
import { textTrainer } from '../dist/core.js';
import { blasBackend, createBackend, createModel, openBlas, readTokens } from '../dist/node.js';
import { quartiles } from './measure.mjs';

const help = `usage: node bench/adaptive.mjs speed FILE [options]      tokens/s of both in turns, and their ratio
       node bench/adaptive.mjs quality FILE [options]    trains one of them and prints the held-out loss of every epoch

  --classes N        keep the N most frequent words, all others become <unk> (default: all words)
  --pretokenized     words are what stands between white space
  --hidden 256  --embedding 256  --batch 32  --bptt 35  --lr 0.004  --optimizer adam  --seed 1  --dropout 0
  --cutoffs A,B,…    first words of the clusters (default: the library's)
  --softmax adaptive full, for quality
  --epochs 3         for quality
  --rounds 9         turns of each, for speed; --updates 4 in a turn
  --blas             the large products in a native BLAS
  --clock wall       or cpu, the process's own time: steadier where other processes share the machine`;

const { values: o, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...Object.fromEntries(
      Object.entries({
        ...{ classes: '0', hidden: '256', embedding: '256', batch: '32', bptt: '35', lr: '0.004', optimizer: 'adam' },
        ...{
          seed: '1',
          dropout: '0',
          cutoffs: '',
          softmax: 'adaptive',
          epochs: '3',
          rounds: '9',
          updates: '4',
          clock: 'wall',
        },
      }).map(([name, value]) => [name, { type: 'string', default: value }]),
    ),
    pretokenized: { type: 'boolean', default: false },
    blas: { type: 'boolean', default: false },
  },
});
const [what, file] = positionals;
if (!['speed', 'quality'].includes(what) || !file) {
  console.error(help);
  process.exit(2);
}

const { tokenizer, ids: all } = readTokens([file], 'word', { pretokenized: o.pretokenized, minCount: 1 });
const classes = Number(o.classes) || tokenizer.vocabSize;
const ids = all.map((id) => (id < classes ? id : 0)); // <unk>
const held = ids.subarray(Math.floor(ids.length * 0.95));
const training = ids.subarray(0, ids.length - held.length);
const B = Number(o.batch);
const length = Math.floor(training.length / B);
const streams = { batchSize: B, length, ids: training.subarray(0, B * length) };
const backend = o.blas ? blasBackend(openBlas()) : createBackend();

function open(softmax, validation) {
  const cutoffs = softmax === 'adaptive' && o.cutoffs ? o.cutoffs.split(',').map(Number) : undefined;
  const model = createModel({
    ...{ vocabSize: classes, hiddenSize: Number(o.hidden), embeddingSize: Number(o.embedding) },
    ...{ softmax, cutoffs, dropout: Number(o.dropout), seed: Number(o.seed) },
  });
  const options = {
    bptt: Number(o.bptt),
    optimizer: o.optimizer,
    learningRate: Number(o.lr),
    epochs: Number(o.epochs),
  };
  return { model, trainer: textTrainer(backend, model, streams, { ...options, schedule: 'cosine' }, validation) };
}

if (what === 'quality') {
  const { model, trainer } = open(o.softmax, held);
  const { cutoffs } = model.config;
  console.log(
    `${o.softmax}${cutoffs.length > 0 ? ` at ${cutoffs.join(', ')}` : ''}, ${classes} classes, ` +
      `${model.parameters.length} parameters, ${training.length} tokens, ${held.length} held out, ${backend.name}`,
  );
  const began = performance.now();
  while (!trainer.done)
    for (const report of trainer.step()) {
      if (report.kind !== 'validation') continue;
      const [loss, perplexity] = [report.validationLoss.toFixed(4), Math.exp(report.validationLoss).toFixed(1)];
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      console.log(
        `epoch ${report.epoch}: loss ${report.loss.toFixed(4)}, held-out ${loss}, perplexity ${perplexity}, ${seconds} s`,
      );
    }
} else {
  const both = ['full', 'adaptive'].map((softmax) => open(softmax).trainer);
  const now = () => {
    if (o.clock !== 'cpu') return performance.now() / 1000;
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const turn = (trainer) => {
    const began = now();
    let tokens = 0;
    for (let i = 0; i < Number(o.updates); i++) for (const report of trainer.step()) tokens += report.tokens ?? 0;
    return tokens / (now() - began);
  };
  for (const trainer of both) turn(trainer);
  const rounds = Array.from({ length: Number(o.rounds) }, () => both.map(turn));
  const shown = (numbers, digits) => {
    const { lower, median, upper } = quartiles(numbers);
    return `${median.toFixed(digits)} (quartiles ${lower.toFixed(digits)} to ${upper.toFixed(digits)})`;
  };
  console.log(
    `${classes} classes, H ${o.hidden}, E ${o.embedding}, B ${B}, T ${o.bptt}, ${o.optimizer}, ${backend.name}, ${o.clock} clock`,
  );
  console.log(
    `full      ${shown(
      rounds.map(([full]) => full),
      0,
    )} tokens/s`,
  );
  console.log(
    `adaptive  ${shown(
      rounds.map(([, adaptive]) => adaptive),
      0,
    )} tokens/s`,
  );
  console.log(
    `ratio     ${shown(
      rounds.map(([full, adaptive]) => adaptive / full),
      2,
    )}`,
  );
}
