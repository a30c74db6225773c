// What the help of `import` reads and no command of ours makes: a classifier that PyTorch saved, with the names of its characters and of its classes.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dictOf, pickled, tensor, torchFile } from './torch-files.ts';

/** Writes names.pt, letters.txt and countries.txt into a folder. */
export function writeClassifier(folder: string): void {
  const shapes = { 'rnn.weight_ih_l0': [4, 26], 'rnn.weight_hh_l0': [4, 4], 'fc.weight': [3, 4], 'fc.bias': [3] };
  const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
  const tensors = Object.entries(shapes).map(([name, shape]) => [name, tensor(name, size(shape), shape)] as const);
  const storages = Object.entries(shapes).map(
    ([name, shape]) => [name, new Uint8Array(new Float32Array(size(shape)).fill(0.1).buffer)] as const,
  );
  writeFileSync(
    join(folder, 'names.pt'),
    torchFile(pickled(dictOf(Object.fromEntries(tensors))), Object.fromEntries(storages)),
  );
  writeFileSync(join(folder, 'letters.txt'), 'abcdefghijklmnopqrstuvwxyz');
  writeFileSync(join(folder, 'countries.txt'), 'Ireland\nItaly\nJapan\n');
}
