// Programs: a list of kernel calls in memory, carried out in one call from JavaScript. Each call takes SLOT 32-bit words, an operation code
// (the place of the kernel in OPERATIONS of src/engine/wasm.ts) and up to eight arguments as the kernel takes them.

import { softmaxNll } from './loss';
import { adagrad, adam, clipElements, momentum, rmsprop, sgd, sumOfSquares } from './optimizers';
import { packPlain, packTransposed } from './packing';
import {
  copy,
  dropout,
  relu,
  reluBackward,
  sigmoid,
  sigmoidBackward,
  tanh,
  tanhBackward,
  zero,
} from './pointwise';
import { product, productTN } from './products';
import { fillRows, gatherRows, scatterAddRows, sumRows } from './rows';

const SLOT: usize = 9 << 2;

export function execute(begin: usize, end: usize): void {
  for (let at = begin; at < end; at += SLOT) {
    const a = load<u32>(at, 4);
    const b = load<u32>(at, 8);
    const c = load<u32>(at, 12);
    const d = load<u32>(at, 16);
    const e = load<u32>(at, 20);
    const f = load<u32>(at, 24);
    const g = load<u32>(at, 28);
    const h = load<u32>(at, 32);
    switch (load<u32>(at)) {
      case 0: packTransposed(a, b, c, d); break;
      case 1: packPlain(a, b, c, d); break;
      case 2: product(a, b, c, d, e, f, <bool>g); break;
      case 3: productTN(a, b, c, d, e, f, <bool>g, h); break;
      case 4: fillRows(a, b, c, d); break;
      case 5: gatherRows(a, b, c, d, e, f); break;
      case 6: scatterAddRows(a, b, c, d, e); break;
      case 7: sumRows(a, b, c, d, <bool>e); break;
      case 8: zero(a, b); break;
      case 9: copy(a, b, c); break;
      case 10: tanh(a, b); break;
      case 11: relu(a, b); break;
      case 12: sigmoid(a, b); break;
      case 13: tanhBackward(a, b, c); break;
      case 14: reluBackward(a, b, c); break;
      case 15: sigmoidBackward(a, b, c); break;
      case 16: dropout(a, b, c, d, e, f); break;
      case 17: softmaxNll(a, b, c, d, e, f); break;
      case 18: sgd(a, b, c, d); break;
      case 19: momentum(a, b, c, d, e); break;
      case 20: adagrad(a, b, c, d, e); break;
      case 21: rmsprop(a, b, c, d, e); break;
      case 22: adam(a, b, c, d, e, f); break;
      case 23: clipElements(a, b, c); break;
      case 24: sumOfSquares(a, b, c); break;
      default: unreachable();
    }
  }
}
