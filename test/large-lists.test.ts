// A list that becomes the arguments of a call (`push(...list)`, `Math.max(...list)`) overflows the stack once it has some hundred thousand items, so
// no list whose length data decide may do so.

import { expect, test } from 'vitest';
import { splitByClass, splitExamples } from '../src/data/split.ts';
import { largest, normOf } from '../src/elementary.ts';
import { decide } from '../src/tasks/decisions.ts';
import { ts, walk } from './support/syntax.ts';

/** Calls that take any number of arguments. */
const variadic = /^(Math\.(max|min|hypot)|String\.from\w+|.*\.(push|unshift|splice|concat|of))$/;

/** The lists that may become arguments, and what bounds them. */
const bounded: Readonly<Record<string, string>> = {
  'src/cli/gradcheck.ts: errors': 'the heads that are checked',
  'src/cli/options.ts: commands.map(({ name }) => name.length)': 'the commands',
  'src/cli/options.ts: entry(headOf(option, row), helpOfOption(row), 24, width)': 'the lines of an option',
  'src/cli/options.ts: wrap(says, width - 4).map((text) => `  # ${text}`)': 'the lines of an example',
  'src/cli/sparkline.ts: means': 'the points of a curve, as many as a line has columns',
  'src/formats/onnx/export-onnx.ts: weights': 'the tensors of a layer',
  'src/node/leftovers.ts: Array.from(waiting, (name) => order.indexOf(name))':
    'the files of a folder that may be replaced together',
  'src/network/heads/adaptive/adaptive-softmax.ts: clusters.map(({ size }) => together * chunk * size)':
    'four clusters',
  'lab/draw/curves.ts: curves.map(({ values }) => (values?.length ?? 0) - 1)': 'the curves of a chart',
  'lab/draw/curves.ts: ticks.map(({ text }) => text.length)': 'the ticks of an axis',
  'lab/draw/series-chart.ts: names.map(({ length }) => length)': 'the ticks of an axis',
  'lab/draw/line-chart.ts: labels.map((label) => ctx.measureText(label).width)': 'the labels of a chart',
  'src/cli/mpi-info.ts: ranks.map((i) => places[i].cores)': 'the processes of a job on one machine',
  'lab/engine/race.ts: recordOf(figures)': 'the figures of a step',
  'lab/engine/recorder.ts: recordOf(figures)': 'the figures of a step',
  'lab/ui/guide/checks.ts: loss': 'the steps of a window',
  'lab/views/compare/view.ts: (race?.lanes.map(({ history }) => history.heldOut[0]?.loss ?? 0) ?? [])': 'four runs',
  'lab/views/compare/results.ts: lanes.map(({ settings }) => settings.layers)': 'four runs',
  'lab/views/compare/view.ts: spent': 'four runs',
  "lab/views/export/code.ts: (cell === 'rnn' ? [`  nonlinearity: '${nonlinearity}',`] : [])": 'a line',
  "lab/views/export/code.ts: (level === 'word' ? ['  embeddingSize: null,', \"  softmax: 'full',\"] : [])": 'two lines',
  'lab/views/export/code.ts: (isCut ? [] : [`  batchSize: ${batch},`, `  bptt: ${T},`])': 'two lines',
  'lab/views/export/tables.ts: ofWindow(windowTrace, word)': 'the tables of a window, one for each of its quantities',
  'lab/views/units/detail-card.ts: counts': 'the bins of a histogram',
  'lab/views/units/detail-card.ts: shown.flatMap(({ quantiles }) => [Math.abs(at(quantiles, 0)), Math.abs(at(quantiles, 4))])':
    'the characters whose responses are drawn',
  'lab/views/weights/view.ts: counts': 'the bins of a histogram',
  'src/engine/webgpu/loops.ts: body': 'the calls of a step',
  'src/engine/webgpu/loops.ts: cut.map(({ length }) => length)': 'the loops of a program',
  'src/engine/webgpu/loops.ts: weights.values()': 'the loops of a program',
  'src/engine/webgpu/workspace.ts: Object.values(layoutBytes(layout))': 'three buffers',
  'src/training/trainer.ts: (yield* this.finish(update))': 'the reports of an update',
  'lab/files/text.ts: bytes.subarray(0, 8)': 'eight bytes',
  'lab/files/text.ts: bytes.subarray(at, at + 8192)': '8,192 bytes',
  'lab/text/example.ts: v': 'the worked example',
  'lab/views/debugger/side-cards.ts: errors': 'the tensors that were checked',
};

test('no list whose length data decide becomes the arguments of a call', () => {
  const found = new Set<string>();
  walk((node, path) => {
    if (!ts.isSpreadElement(node) || !ts.isCallExpression(node.parent)) return;
    if (variadic.test(node.parent.expression.getText())) found.add(`${path}: ${node.expression.getText()}`);
  });
  expect([...found].sort()).toEqual(Object.keys(bounded).sort());
});

test('300,000 examples in two classes, or in one, are divided', () => {
  const labels = Array.from({ length: 300_000 }, (_, i) => (i % 3 === 0 ? 'a' : 'b'));
  const { training, heldOut } = splitByClass(labels, 0.5, 1);
  expect([training.length, heldOut.length]).toEqual([150_000, 150_000]);
  expect(new Set([...training, ...heldOut]).size).toBe(300_000);
  expect(splitExamples(300_000, 0.1, 1).heldOut).toHaveLength(30_000);
});

test('an output of 300,000 classes is decided', () => {
  const size = 300_000;
  const o = new Float32Array(size);
  o[200_000] = 5;
  const found = decide(
    [o],
    { starts: Int32Array.of(0, 1) },
    { kind: 'classes', at: 'sequence', size, ids: Int32Array.of(200_000) },
  );
  expect(found.predicted).toEqual([200_000]);
});

test('the largest number and the norm of a million numbers', () => {
  const numbers = Float64Array.from({ length: 1_000_000 }, (_, i) => (i === 765_432 ? 7 : -1));
  expect(largest(numbers)).toBe(7);
  expect(largest([])).toBe(-Infinity);
  expect(normOf(numbers)).toBeCloseTo(Math.sqrt(999_999 + 49), 6);
  expect(normOf([3e-200, 4e-200])).toBeCloseTo(5e-200, 210);
  expect(normOf([3e200, 4e200]) / 5e200).toBeCloseTo(1, 14);
});
