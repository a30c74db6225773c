// A session is a network being run: it says after every step what the same network says of the whole so far, its state goes out and in without
// losing a bit, in this process and in another, and what others read beside it changes nothing.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import { createSequences } from '../../src/data/sequences.ts';
import { createBackend } from '../../src/engine/create.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { packModelFile } from '../../src/formats/model-file.ts';
import { cellNames } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';
import { Random } from '../../src/random.ts';
import { classify } from '../../src/tasks/classify.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { forecast } from '../../src/tasks/forecast/forecast.ts';
import { predict } from '../../src/tasks/kinds.ts';
import { label } from '../../src/tasks/label.ts';
import { sequenceTask } from '../../src/tasks/sequence-task.ts';
import { open } from '../../src/tasks/session.ts';
import type { SessionState } from '../../src/tasks/step-session.ts';
import type { StepInput } from '../../src/tasks/task-kind.ts';
import { evaluateTexts } from '../../src/tasks/text/evaluate.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { sampleText } from '../../src/tasks/text/sample.ts';
import { main } from '../cli/support.ts';
import { isExhaustive } from '../support/exhaustive.ts';

const text = 'the tide goes out, the tide comes in, and what it takes it brings again. '.repeat(3);
const examples = ['aab', 'abb', 'bba', 'bab', 'aaab', 'bbba'].map((text) => ({ text, label: text[0] }));
const table = parseTable(
  `t,u\n${Array.from({ length: 60 }, (_, t) => `${Math.sin(t / 3).toFixed(3)},${t % 5}`).join('\n')}\n`,
);
const labeled = [
  { tokens: ['the', 'boat', 'sails'], labels: ['D', 'N', 'V'] },
  { tokens: ['a', 'river'], labels: ['D', 'N'] },
];
const random = new Random(3);
const vectors = createSequences([5, 4], {
  input: { kind: 'vectors', size: 2, values: Float32Array.from({ length: 18 }, () => random.normal()) },
  targets: { kind: 'classes', at: 'step', size: 3, ids: Int32Array.from({ length: 9 }, () => random.next() % 3) },
});
const network = { hiddenSize: 7, bidirectional: false, seed: 5 } as const;
const tasks: Record<string, (cell: Model['config']['cell']) => { model: Model; inputs: readonly StepInput[] }> = {
  text: (cell) => ({
    model: createModel(languageModel(text), { ...network, cell, numLayers: 2 }),
    inputs: [...'the tide'],
  }),
  label: (cell) => ({
    model: createModel(label(labeled, { validation: 0, minCount: 1 }), { ...network, cell, embeddingSize: 5 }),
    inputs: ['the', 'river', 'sails', 'never'],
  }),
  classify: (cell) => ({ model: createModel(classify(examples), { ...network, cell }), inputs: [...'abbaz'] }),
  'classify by the mean': (cell) => ({
    model: createModel(classify(examples, { pooling: 'mean' }), { ...network, cell }),
    inputs: [...'abbaz'],
  }),
  forecast: (cell) => ({
    model: createModel(forecast(table, { target: 't' }), { ...network, cell }),
    inputs: table.rows.slice(0, 6).map(([t, u]) => ({ t: Number(t), u })),
  }),
  vectors: (cell) => ({
    model: createModel(sequenceTask(vectors), { ...network, cell }),
    inputs: [
      [0.1, -1],
      [2, 0.5],
      [0, 0],
    ],
  }),
};
const every = Object.keys(tasks).flatMap((name) => cellNames.map((cell) => [name, cell] as const));

describe.each(every)('a session of a model for %s with the cell %s', (name, cell) => {
  const { model, inputs } = tasks[name](cell);
  /** o after each input. */
  const outputs = (session = open(model)) => inputs.map((input) => session.read(input).logits().slice());

  test('goes on from a state that was taken, through JSON, with the same bits as never stopped', () => {
    const whole = outputs();
    for (let cut = 1; cut < inputs.length; cut++) {
      const first = open(model);
      for (const input of inputs.slice(0, cut)) first.read(input);
      const state = JSON.parse(JSON.stringify(first.state())) as SessionState;
      first.read(inputs[0]); // goes elsewhere
      const second = open(model).restore(state);
      expect(second.steps()).toBe(cut);
      expect(second.logits()).toEqual(whole[cut - 1]); // from the state alone
      expect(inputs.slice(cut).map((input) => second.read(input).logits().slice())).toEqual(whole.slice(cut));
    }
  });

  test('forgets what it has read since, where a state is given back to it', () => {
    const whole = outputs();
    const session = open(model).read(inputs[0]);
    const state = session.state();
    for (const input of inputs.slice(1)) session.read(input).logits();
    expect(session.restore(state).logits()).toEqual(whole[0]);
    expect(session.reset().steps()).toBe(0);
    expect(session.read(inputs[0]).logits()).toEqual(whole[0]);
  });

  test('is not changed by others that read in between, nor by the rows beside it', () => {
    const whole = outputs();
    const [one, other] = [open(model), open(model)];
    const seen = inputs.map((input, i) => {
      one.read(input);
      other.read(inputs[(i + 1) % inputs.length]);
      return one.logits().slice();
    });
    expect(seen).toEqual(whole);
    const many = open(model, { rows: 3 });
    expect(
      inputs.map((input, i) => {
        many.read(input, 1);
        many.read(inputs[(i + 1) % inputs.length], 2);
        return many.logits(1).slice();
      }),
    ).toEqual(whole);
    many.copyRows([1, 0, 2]);
    expect(many.logits(0)).toEqual(whole.at(-1));
    expect(many.steps(1)).toBe(0);
    many.reset();
    expect(outputs(many.restore(open(model).state()))).toEqual(whole);
  });
});

describe('what a session says', () => {
  test('of a text is the loss that evaluation finds', () => {
    const { model } = tasks.text('gru');
    const ids = model.tokenizer!.encode(text);
    const session = open(model);
    let sum = 0;
    for (let i = 0; i + 1 < ids.length; i++) sum -= Math.log(session.read(ids[i]).probabilities()[ids[i + 1]]);
    expect(sum / (ids.length - 1)).toBeCloseTo(evaluateTexts(model, [ids])[0].nll, 5);
    expect(session.label().label).toHaveLength(1);
  });

  test('of a class so far, of labels and of forecasts is what predict says of the whole', () => {
    for (const name of ['classify', 'classify by the mean']) {
      const { model } = tasks[name]('lstm');
      const session = open(model).read('abba');
      const [{ classes }] = predict(model, ['abba']);
      expect(session.label().label).toBe(classes[0].label);
      expect(session.label().probability).toBeCloseTo(classes[0].probability, 6);
    }
    const tagger = tasks.label('mingru').model;
    const tokens = ['the', 'river', 'sails'];
    const session = open(tagger);
    expect(tokens.map((token) => session.read(token).label())).toEqual(predict(tagger, [tokens])[0]);
    const { model } = tasks.forecast('gru');
    const found = predict(model, table).at(-1)!; // one row ahead of the last
    const window = (model.task as { window: number }).window;
    const start = table.rows.length - Math.min(window, table.rows.length);
    const last = open(model).read({ ...table, rows: table.rows.slice(start), lines: table.lines.slice(start) });
    expect(found.row).toBe(61);
    expect(last.values()[0]).toBeCloseTo(found.forecast, 1);
    const rows = open(model);
    for (const [t, u] of table.rows.slice(start)) rows.read({ t, u }); // cells as they stand in a file
    expect(rows.values()).toEqual(last.values());
  });

  test('step moves all rows as each alone, and read one of them', () => {
    const { model } = tasks.text('lstm');
    const many = open(model, { rows: 3 });
    const alone = [1, 2, 3].map((id) => open(model).read([id, id + 1]));
    many.step([1, 2, 3]);
    many.step(Uint8Array.of(2, 3, 4));
    alone.forEach((one, row) => {
      expect(many.logits(row)).toEqual(one.logits());
      expect(many.state(row)).toEqual(one.state());
    });
    many.read([5], 1);
    expect(many.logits(0)).toEqual(alone[0].logits());
    expect(many.logits(1)).toEqual(alone[1].read(5).logits());
  });

  test('reads with the weights that the model had when it was opened', () => {
    const { model } = tasks.text('rnn');
    const before = open(model);
    const first = open(model).read('the').logits().slice();
    model.parameters = model.parameters.map((value) => value * 1.5);
    expect(before.read('the').logits()).toEqual(first);
    expect(open(model).read('the').logits()).not.toEqual(first);
    expect(() => open(model).restore(before.state())).toThrow(
      /restore: expected a state of the model rnn 2 × 7 .*, got one of rnn 2 × 7/,
    );
  });

  test('sampling goes on from what it has read', () => {
    const { model } = tasks.text('gru');
    const session = open(model).read('the tide goes ');
    const options = { length: 20, temperature: 0 };
    const whole = sampleText(model, { ...options, prompt: 'the tide goes ' });
    expect(sampleText(session, { ...options, length: 8 }) + sampleText(session, { ...options, length: 12 })).toBe(
      whole,
    );
  });

  test('in float64 keeps its digits through a state', () => {
    const { model } = tasks.text('lstm');
    const backend = javascriptBackend('float64');
    const one = open(model, { backend }).read('the ti');
    expect(open(model, { backend }).restore(one.state()).read('de').logits()).toEqual(one.read('de').logits());
  });
});

test('a state goes to another process and comes back with the same bits', () => {
  const { model, inputs } = tasks['classify by the mean']('lstm');
  const folder = mkdtempSync(join(tmpdir(), 'unrolled-session-'));
  try {
    const session = open(model).read(inputs[0]).read(inputs[1]);
    writeFileSync(join(folder, 'model'), packModelFile(model));
    writeFileSync(join(folder, 'state.json'), JSON.stringify(session.state()));
    const door = pathToFileURL(join(dirname(main), '../index.js')).href;
    const program = `
      import { readFileSync } from 'node:fs';
      const { open, unpackModelFile } = await import(${JSON.stringify(door)});
      const { model } = unpackModelFile(readFileSync('model'), 'model');
      const session = open(model).restore(JSON.parse(readFileSync('state.json', 'utf8')));
      console.log(JSON.stringify(session.read(${JSON.stringify(inputs[2])}).state()));`;
    const run = spawnSync(process.execPath, [...process.execArgv, '--input-type=module', '--eval', program], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(run.stderr.replace(/.*Warning.*\n?/g, '')).toBe('');
    expect(JSON.parse(run.stdout)).toEqual(session.read(inputs[2]).state());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('thousands of sessions of a model with 128 units share one compiled step', () => {
  let opened = 0;
  const backend = createBackend();
  const count: typeof backend.open = (plan) => {
    opened++;
    return backend.open(plan);
  };
  const counted = { ...backend, open: count };
  const model = createModel({ vocabSize: 60, hiddenSize: 128 });
  const sessions = Array.from({ length: isExhaustive ? 10_000 : 1_000 }, (_, i) =>
    open(model, { backend: counted }).read(i % 60),
  );
  expect(opened).toBe(1);
  const [first, other] = [sessions[3], sessions[963]]; // both have read 3
  expect(first.read([1, 2]).logits().slice()).toEqual(other.read([1, 2]).logits());
});

test.each([1, 2])('a step of %i rows allocates nothing', (rows) => {
  const model = createModel({ vocabSize: 60, hiddenSize: 32, cell: 'lstm' });
  const session = open(model, { rows });
  const ids = new Int32Array(rows);
  const steps = (count: number): number => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < count; i++) {
      ids.fill(i % 60);
      session.step(ids);
    }
    return process.memoryUsage().heapUsed - before;
  };
  // in short rounds, few of which meet a garbage collection or what else the process does; until it is compiled, which takes longer on a busy machine
  const ofRounds = (): number => Array.from({ length: 21 }, () => steps(2000)).sort((a, b) => a - b)[10] / 2000;
  let bytes = ofRounds();
  for (let tries = 0; bytes >= 8 && tries < 50; tries++) bytes = ofRounds();
  expect(bytes).toBeLessThan(8); // a step: less than any object has
});

describe('what cannot be is one sentence', () => {
  const { model } = tasks.text('rnn');
  const session = open(model);
  test.each<[string, () => unknown, RegExp]>([
    [
      'nothing read',
      () => open(model).logits(),
      /session: expected something to be read first, got nothing yet; use read/,
    ],
    ['a row that is not there', () => session.read('the', 1), /row: expected a whole number from 0 to 0, got 1/],
    ['an unknown character', () => session.read('€'), /session: .*€/],
    ['an id out of range', () => session.read([3, 77]), /session: expected ids below \d+, got 77 at position 1/],
    ['another form', () => session.read({ t: 1 }), /read: expected text or ids, as the model reads, got \{"t":1\}/],
    [
      'a vector of another length',
      () => open(tasks.vectors('rnn').model).read([1, 2, 3]),
      /read: expected a vector of 2 numbers.*got \[1,2,3\]/,
    ],
    [
      'a row without a column',
      () => open(tasks.forecast('rnn').model).read({ t: 1 }),
      /session, column u: expected a finite number, got nothing/,
    ],
    [
      'classes of numbers',
      () => open(tasks.forecast('rnn').model).read([1, 2]).probabilities(),
      /probabilities: expected a model of classes, got one of numbers; use values/,
    ],
    [
      'numbers of classes',
      () => open(model).read('t').values(),
      /values: expected a model of numbers, got one of classes; use probabilities or label/,
    ],
    [
      'no state',
      () => session.restore(null as never),
      /restore: expected the state of a session, got null; take it with state/,
    ],
    [
      'a state of another model',
      () => session.restore(open(tasks.classify('rnn').model).state()),
      /restore: expected a state of the model rnn 2 × 7 of .*, got one of rnn 1 × 7/,
    ],
    [
      'a state of weights in another order',
      () => {
        const swapped = { ...model, parameters: model.parameters.slice() };
        swapped.parameters.set([model.parameters[1], model.parameters[0]]);
        return session.restore(open(swapped).state());
      },
      /restore: expected a state of the model rnn 2 × 7 of .*, got one of rnn 2 × 7/,
    ],
    [
      'a state cut short',
      () => session.restore({ ...session.state(), values: 'AAAA' }),
      /restore: expected 2 × 7 finite numbers in base64, got others/,
    ],
    [
      'a state of no numbers',
      () => session.restore({ ...session.state(), values: 'x'.repeat(session.state().values.length) }),
      /finite numbers in base64/,
    ],
    [
      'half a step',
      () => session.restore({ ...session.state(), steps: 0.5 }),
      /restore: expected a whole number of steps, got 0.5/,
    ],
    [
      'two directions',
      () => open(createModel(label(labeled, { validation: 0 }), { hiddenSize: 3 })),
      /open: expected a model that reads forward only, got a bidirectional one.*use predict/,
    ],
  ])('%s', (_, act, sentence) => {
    expect(act).toThrow(sentence);
  });
});
