// Programs: a list of kernel calls in memory, carried out in one call from JavaScript. Each call is a head (operation code, and how many 32-bit
// words it takes) and its arguments as the kernel takes them; src/engine/program.ts writes them down.

import { gruBackward, gruForward, lstmBackward, lstmForward } from './gates';
import { softmaxNll, squaredError } from './loss';
import { minGruBackward, minGruForward } from './mingru';
import { adagrad, adam, clipElements, clipScale, momentum, rmsprop, sgd, sumOfSquares, weightedSum } from './optimizers';
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
import { addRows, copyRows, fillRows, gatherRows, scaleRows, scatterAddRows, sumRows } from './rows';

/** Carries out the calls in [begin, end). Returns the address of the first that is JavaScript's to do, else `end`. */
export function execute(begin: usize, end: usize): usize {
  let at = begin;
  while (at < end) {
    const head = load<u32>(at);
    const a = load<u32>(at, 4);
    const b = load<u32>(at, 8);
    const c = load<u32>(at, 12);
    const d = load<u32>(at, 16);
    const e = load<u32>(at, 20);
    const f = load<u32>(at, 24);
    const g = load<u32>(at, 28);
    const h = load<u32>(at, 32);
    switch (head & 0xff) {
      case 0: packTransposed(a, b, c, d, e, f); break;
      case 1: packPlain(a, b, c, d, e, f); break;
      case 2: product(a, b, c, d, e, f, <bool>g); break;
      case 3: productTN(a, b, c, d, e, f, <bool>g, h, load<u32>(at, 36), load<u32>(at, 40)); break;
      case 4: fillRows(a, b, c, d); break;
      case 5: gatherRows(a, b, c, d, e, f); break;
      case 6: scatterAddRows(a, b, c, d, e, f, g); break;
      case 7: sumRows(a, b, c, d, <bool>e, f); break;
      case 8: zero(a, b); break;
      case 9: copy(a, b, c); break;
      case 10: tanh(a, b); break;
      case 11: relu(a, b); break;
      case 12: sigmoid(a, b); break;
      case 13: tanhBackward(a, b, c); break;
      case 14: reluBackward(a, b, c); break;
      case 15: sigmoidBackward(a, b, c); break;
      case 16: dropout(a, b, c, d, e, f, g); break;
      case 17: softmaxNll(a, b, c, d, e, f); break;
      case 18: sgd(a, b, c, d); break;
      case 19: momentum(a, b, c, d, e); break;
      case 20: adagrad(a, b, c, d, e); break;
      case 21: rmsprop(a, b, c, d, e); break;
      case 22: adam(a, b, c, d, e, f); break;
      case 23: clipElements(a, b, c); break;
      case 24: sumOfSquares(a, b, c); break;
      case 25: weightedSum(a, b, c, d); break;
      case 26: clipScale(a, b, c, d, e, f); break;
      case 27: addRows(a, b, c, d, e); break;
      case 28: copyRows(a, b, c, d, e, f, g); break;
      case 29: scaleRows(a, b, c, d); break;
      case 30: squaredError(a, b, c, d, e, f); break;
      case 31: lstmForward(a, b, c, d, e, f); break;
      case 32: lstmBackward(a, b, c, d, e, f, g); break;
      case 33: gruForward(a, b, c, d, e, f, g); break;
      case 34: gruBackward(a, b, c, d, e, f, g); break;
      case 35: minGruForward(a, b, c, d, e); break;
      case 36: minGruBackward(a, b, c, d, e, f); break;
      case 100: if (<i32>load<u32>(a) < <i32>b) at += c; break; // when
      default: return at;
    }
    at += (head >> 8) << 2;
  }
  return end;
}
