// Six programs, as short as the library allows: one for each kind of learning problem, and one that serves a model made by PyTorch to many people.
// All data are given as strings and arrays, so they run wherever JavaScript does; test/tour.test.ts runs them in Node and in Chromium.

import { readTokenizerJson } from '../../src/core.ts';
import {
  classify,
  createModel,
  createSequences,
  evaluate,
  fit,
  forecast,
  importPyTorch,
  label,
  languageModel,
  type Model,
  open,
  packModelFile,
  parseTable,
  predict,
  type SessionState,
  sample,
  sequenceTask,
  train,
  unpackModelFile,
} from '../../src/index.ts';

/** A text: train on it with reports, let the model write, save it and load it again. */
export async function writeText(text: string) {
  const task = languageModel(text);
  const model = createModel(task, { cell: 'lstm', hiddenSize: 32 });
  const losses: number[] = [];
  for await (const report of train(model, task, { batchSize: 4, bptt: 16, epochs: 6, learningRate: 0.02 }))
    if (report.kind === 'validation') losses.push(report.validationLoss!);
  const { model: loaded } = unpackModelFile(packModelFile(model), 'model');
  let written = '';
  for (const piece of sample(loaded, { prompt: 'the ', length: 40, temperature: 0.3 })) written += piece.text;
  return { summary: task.summary, losses, written };
}

/** Texts with classes: train to the end, classify a new text, and see how many held-out texts are right. */
export async function classifyNames(names: Readonly<Record<string, string>>) {
  const examples = Object.entries(names).flatMap(([label, lines]) =>
    lines.split('\n').map((text) => ({ text, label })),
  );
  const namer = classify(examples);
  const model = createModel(namer, { hiddenSize: 24, embeddingSize: 12 });
  await fit(model, namer, { epochs: 12, learningRate: 0.01 });
  const [{ label, probability, classes }] = predict(model, ['Virtanen']);
  const { accuracy, macroF1, confusion } = evaluate(model, namer.heldOut!);
  return { label, probability, classes: classes.length, accuracy, macroF1, held: confusion.reduce((a, b) => a + b, 0) };
}

/** Sentences with a label for each word: train, and label the words of a new sentence. */
export async function labelWords(sentences: string) {
  const sequences = sentences.split('\n').map((line) => {
    const pairs = line.split(' ').map((pair) => pair.split('/'));
    return { tokens: pairs.map(([token]) => token), labels: pairs.map(([, name]) => name) };
  });
  const task = label(sequences, { validation: 0, minCount: 1 });
  const model = createModel(task, { hiddenSize: 16, embeddingSize: 16 });
  await fit(model, task, { epochs: 40, batchSize: 2, learningRate: 0.01 });
  return predict(model, [['the', 'dog', 'sleeps']])[0].map(({ label }) => label);
}

/** A table: forecast a column three rows ahead, beside the last known value, and then rows that nobody has seen. */
export async function forecastWaves(csv: string) {
  const waves = forecast(parseTable(csv), { target: 'height', horizon: 3 });
  const model = createModel(waves, { hiddenSize: 12 });
  await fit(model, waves, { epochs: 60, learningRate: 0.02 });
  const { skill } = evaluate(model, waves.heldOut!);
  return { skill, next: predict(model, parseTable(csv)).slice(-3) };
}

/** Vectors of sensors, step by step: learn what runs, then read a new stream as it comes, through a state that is put away in between. */
export async function watchSensors() {
  const [count, steps] = [60, 20];
  const [values, ids] = [new Float32Array(count * steps * 2), new Int32Array(count * steps)];
  for (let i = 0, runs = 0; i < ids.length; i++) {
    if (i % steps === 0) runs = 0;
    if (i % 7 === 3) runs = values[2 * i] = 1;
    if (i % 11 === 5) runs = 1 - (values[2 * i + 1] = 1);
    ids[i] = runs;
  }
  const task = sequenceTask(
    createSequences(new Array(count).fill(steps), {
      input: { kind: 'vectors', size: 2, values },
      targets: { kind: 'classes', at: 'step', size: 2, ids },
    }),
  );
  const model = createModel(task, { hiddenSize: 12 });
  await fit(model, task, { batchSize: 4, epochs: 15, learningRate: 0.02 });
  let saved: SessionState | undefined;
  return [
    [0, 0],
    [1, 0],
    [0, 0],
    [0, 1],
    [0, 0],
  ].map((reading) => {
    const session = open(model);
    if (saved) session.restore(saved);
    session.read(reading);
    saved = JSON.parse(JSON.stringify(session.state()));
    return session.label().label;
  });
}

/** A model that PyTorch made, served to two people in turn; each has a session, of which only the state is kept. */
export function serve(bytes: Uint8Array, tokenizerJson: string, visits: readonly (readonly [string, string])[]) {
  const model: Model = importPyTorch(bytes, { tokenizer: readTokenizerJson(tokenizerJson, 'tokenizer.json') });
  const states = new Map<string, SessionState>();
  return visits.map(([person, text]) => {
    const session = open(model);
    if (states.has(person)) session.restore(states.get(person)!);
    session.read(text);
    states.set(person, session.state());
    return Array.from(session.probabilities());
  });
}
