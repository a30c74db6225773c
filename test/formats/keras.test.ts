// Keras's layers, imported: stored models with the outputs that TensorFlow.js, or Keras's equations, gave them (test/golden/make_keras.mjs). Their weights
// are put into PyTorch's layouts here, and where Python has NumPy also by the program of docs/formats.md, which has to make the same tensors.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSafetensors, type Tensor, writeSafetensors } from '../../src/formats/safetensors.ts';
import { importPyTorch } from '../../src/index.ts';
import { answer, largestDifference } from '../support/logits.ts';

/** float32 in TensorFlow.js, float64 here. */
const tolerance = 1e-6;

type Matrix = readonly (readonly number[])[];
interface Layer {
  readonly kind: string;
  readonly isBidirectional: boolean;
  readonly config: { readonly activation?: string; readonly return_sequences?: boolean };
  readonly weights: readonly (Matrix | readonly number[])[];
}
const { tokens, cases }: { tokens: number[]; cases: { title: string; layers: Layer[]; output: unknown[] }[] } =
  JSON.parse(readFileSync(new URL('../golden/keras.json', import.meta.url), 'utf8'));

const tensor = (rows: Matrix | readonly number[]): Tensor => {
  const shape = Array.isArray(rows[0]) ? [rows.length, rows[0].length] : [rows.length];
  return { dtype: 'F32', shape, data: Float32Array.from(rows.flat() as number[]) };
};
const transposed = (matrix: Matrix): Matrix => matrix[0].map((_, j) => matrix.map((row) => row[j]));

/** The tensors of PyTorch: matrices [out, in], and of a GRU r before z. */
function asPyTorch(layers: readonly Layer[]): [string, Tensor][] {
  const tensors: [string, Tensor][] = [];
  let k = 0;
  for (const { kind, isBidirectional, weights } of layers) {
    if (kind === 'Embedding') tensors.push(['encoder.weight', tensor(weights[0])]);
    else if (kind === 'Dense') {
      tensors.push(['decoder.weight', tensor(transposed(weights[0] as Matrix))], ['decoder.bias', tensor(weights[1])]);
    } else {
      const count = isBidirectional ? weights.length / 2 : weights.length;
      for (const [i, suffix] of (isBidirectional ? ['', '_reverse'] : ['']).entries()) {
        const [kernel, recurrent, bias] = weights.slice(i * count, (i + 1) * count) as Matrix[];
        const H = recurrent.length;
        const inOrder = <Row>(rows: readonly Row[]): Row[] =>
          kind === 'GRU' ? [...rows.slice(H, 2 * H), ...rows.slice(0, H), ...rows.slice(2 * H)] : [...rows];
        const zeros = new Array<number>(kernel[0].length).fill(0);
        const both = bias === undefined ? [zeros] : Array.isArray(bias[0]) ? bias : [bias as never as number[]];
        tensors.push(
          [`rnn.weight_ih_l${k}${suffix}`, tensor(inOrder(transposed(kernel)))],
          [`rnn.weight_hh_l${k}${suffix}`, tensor(inOrder(transposed(recurrent)))],
          [`rnn.bias_ih_l${k}${suffix}`, tensor(inOrder(both[0]))],
          [`rnn.bias_hh_l${k}${suffix}`, tensor(inOrder(both[1] ?? zeros))],
        );
      }
      k++;
    }
  }
  return tensors;
}

const isOurs = ({ title }: { title: string }): boolean => title !== 'GRU without reset_after';

test.each(cases.filter(isOurs).map((one) => [one.title, one] as const))('%s', (_, { layers, output }) => {
  const { config } = layers.at(-2)!;
  const model = importPyTorch(writeSafetensors(asPyTorch(layers)), {
    ...(config.return_sequences === false && { pooling: 'last' }),
    ...(config.activation === 'relu' && { nonlinearity: 'relu' }),
  });
  const { logits } = answer(model, { steps: tokens.length, batch: 1, x: tokens });
  expect(largestDifference(logits, output.flat() as number[])).toBeLessThan(tolerance);
});

const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
);
const folder = mkdtempSync(join(tmpdir(), 'unrolled-keras-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(!python)('the program of docs/formats.md makes these tensors, and refuses what has no counterpart', () => {
  const docs = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
  const program = /```python\n(import keras[\s\S]*?)```/.exec(docs)![1];
  mkdirSync(join(folder, 'safetensors'));
  writeFileSync(join(folder, 'safetensors/__init__.py'), '');
  // the two packages that Debian lacks: one gives the stored layers, the other writes what it is given
  writeFileSync(
    join(folder, 'safetensors/numpy.py'),
    `import json
def save_file(tensors, name):
    open(name, 'w').write(json.dumps({k: [str(v.dtype), list(v.shape), v.ravel().tolist()] for k, v in tensors.items()}))
`,
  );
  writeFileSync(
    join(folder, 'keras.py'),
    `import json, sys, numpy as np
def made(kind, weights, **more):
    return type(kind, (), dict(name=kind, get_weights=lambda self: [np.array(w, 'float32') for w in weights], **more))()
class models:
    def load_model(name):
        found = []
        for one in json.load(open('layers.json')):
            more = dict(reset_after=np.ndim(one['weights'][2]) > 1) if one['kind'] == 'GRU' and len(one['weights']) % 3 == 0 else {}
            layer = made(one['kind'], one['weights'], **more)
            if one['isBidirectional']:
                layer = made('Bidirectional', one['weights'], merge_mode='concat', forward_layer=layer)
            found.append(layer)
        return type('Model', (), dict(layers=found))()
`,
  );
  writeFileSync(join(folder, 'program.py'), program);
  const run = (layers: readonly Layer[]) => {
    writeFileSync(join(folder, 'layers.json'), JSON.stringify(layers));
    return spawnSync(python!, ['program.py'], { cwd: folder, encoding: 'utf8' });
  };
  const chosen = cases.filter(({ title }) => /two layers|both directions$|GRU, the last/.test(title));
  for (const { title, layers } of chosen) {
    const { status, stderr } = run(layers);
    expect({ title, status, stderr }).toEqual({ title, status: 0, stderr: '' });
    const made: Record<string, [string, number[], number[]]> = JSON.parse(
      readFileSync(join(folder, 'model.safetensors'), 'utf8'),
    );
    const wanted = readSafetensors(writeSafetensors(asPyTorch(layers)), 'x').tensors;
    expect(Object.keys(made).sort()).toEqual([...wanted.keys()].sort());
    for (const [name, { shape, data }] of wanted) {
      expect(made[name].slice(0, 2), name).toEqual(['float32', [...shape]]);
      expect(Float32Array.from(made[name][2]), name).toEqual(data);
    }
  }
  const refused = run(cases.find((one) => !isOurs(one))!.layers);
  expect(refused).toMatchObject({ status: 1, stderr: 'GRU: expected reset_after=True\n' });
  expect(run([{ kind: 'Conv1D', isBidirectional: false, config: {}, weights: [[1]] }]).stderr).toBe(
    'Conv1D: Conv1D has no counterpart\n',
  );
});
