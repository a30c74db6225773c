// What fewer bits cost: the loss of a model with its matrices in float16, in int8 with a scale for each row, as `export --precision int8` does it, and in
// int8 with one scale for a whole tensor.
//
// usage: node bench/precision.mjs DIR FILE        (a language model and a text; after npm run build:library)

import { fromPyTorch, toPyTorch } from '../dist/formats/pytorch/pytorch-names.js';
import { evaluate } from '../dist/index.js';
import { loadModel, readText } from '../dist/node.js';
import { importOnnx, packOnnx } from '../dist/onnx.js';

const [directory, file] = process.argv.slice(2);
const model = loadModel(directory);
const text = readText(file);

function exported(precision) {
  const { size, chunks } = packOnnx(model, { precision });
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return { size, model: importOnnx(bytes) };
}

/** The model with one scale for each tensor. */
function byTensor() {
  const tensors = new Map();
  for (const [name, tensor] of toPyTorch(model.config, model.parameters)) {
    const scale = tensor.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    const isMatrix = tensor.shape.length >= 2;
    tensors.set(name, {
      ...tensor,
      data: isMatrix ? tensor.data.map((v) => Math.round(v / scale) * scale) : tensor.data,
    });
  }
  return { ...model, parameters: fromPyTorch(model.config, tensors, 'int8') };
}

const print = (name, loss, size) => console.log(name.padEnd(26), loss.toFixed(5), size ?? '');
for (const precision of ['float32', 'float16', 'int8']) {
  const one = exported(precision);
  print(
    precision === 'int8' ? 'int8, a scale for each row' : precision,
    evaluate(one.model, text).nll,
    `${one.size} bytes`,
  );
}
print('int8, a scale for a tensor', evaluate(byTensor(), text).nll);
