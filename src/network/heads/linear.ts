// The linear layer that every head begins with, o(t) = c + V h(t), and the gradients back to h (equation numbers of Goodfellow et al. 2016).
//
//   o = h Vᵀ + c;   then the head makes e = ∇o of it, with the loss of each row;   dV += eᵀ h;   dc += Σ e;   ∇h = e V
//
// Where the output is bare logits, whoever reads them leaves e in their place.
// The logits of a window never stand in memory together: a slice of rows at a time goes all the way.

import type { Floats, Kernels, Share } from '../../engine/backend.ts';
import { stretch } from '../../engine/share.ts';
import { UnrolledError } from '../../errors.ts';
import { type Groups, times } from '../allocation.ts';
import { type ModelConfig, outputsOf, stateWidth } from '../architecture.ts';
import { recordWeightGradient } from '../gradients.ts';
import type { Head, HeadArrays, HeadRows, HeadSizes, HeadTensor, PlannedHead } from './head.ts';

/** Turns o of some rows, the first of which is `row` in the window, into ∇o, and leaves their losses. */
export type RecordRowLosses = (k: Kernels, logits: Floats, row: number, rows: number) => void;

/** V, unless it is the embedding, and c. */
export function linearTensors(config: ModelConfig, width: number): HeadTensor[] {
  const V: HeadTensor = { kind: 'V', name: 'V', index: 0, shape: [width, stateWidth(config)] };
  const c: HeadTensor = { kind: 'c', name: 'c', index: 0, shape: [width] };
  return config.tieWeights ? [c] : [V, c];
}

/** What heads have in common whose o is one number for each output, with this layer alone. */
export const oneLayer: Omit<Head, 'plan'> = {
  isOneLayer: true,
  complete(config) {
    if (config.cutoffs.length === 0) return config;
    throw new UnrolledError(`cutoffs: expected none with full softmax, got ${config.cutoffs.join(', ')}`);
  },
  width: outputsOf,
  tensors: (config) => linearTensors(config, outputsOf(config)),
};

/** Rows of logits that are in memory together: some 2¹⁸ numbers, 2²³ on a device, but at least 256 rows, so that the products stay efficient. */
export function sliceOf({ rows, rowsInMemory, output, onDevice }: HeadSizes, width: number): number {
  const numbers = onDevice ? 2 ** 23 : 2 ** 18;
  return output === 'logits' ? rows : Math.min(rowsInMemory, Math.max(256, Math.ceil(numbers / width)));
}

/**
 * The layer with its memory.
 * @param C rows of V and c
 * @param logits room for a slice of rows
 */
export function planLinear(
  groups: Groups,
  config: ModelConfig,
  C: number,
  sizes: HeadSizes,
  { theta, dTheta, kept }: HeadArrays,
  logits: Floats,
) {
  const { gradients, keepsLogits } = sizes;
  const isLoss = sizes.output === 'loss';
  const wide = stateWidth(config);
  const slice = sliceOf(sizes, C);
  const packed = groups('packed V', times(gradients ? 2 : 1, 'D H C'));
  const panels = packed.panels(C, wide);
  const panelsBack = packed.panels(gradients ? wide : 0, C);
  const scratch = gradients ? groups('blocks of products', '').scratch(C, wide, slice) : [];

  return {
    recordPacking(k: Kernels, share: Share): void {
      k.packTransposed(theta.V, panels, C, wide, ...stretch(share, C, 8));
      if (gradients) k.packPlain(theta.V, panelsBack, wide, C, ...stretch(share, wide, 8));
    },

    /** o(t) = c + V h(t) for every row (eq. 10.10). */
    recordLogits(k: Kernels, share: Share, { rows, input }: HeadRows): void {
      const [row, end] = stretch(share, rows);
      const own = logits.subarray(row * C);
      k.fillRows(theta.c, own, end - row, C);
      k.product(input.subarray(row * wide), panels, own, end - row, C, wide, true);
    },

    /** Eqs. 10.10 to 10.14, the last slice first; with gradients dV and dc (eqs. 10.22 and 10.24), and Vᵀ ∇o(t) (eq. 10.19). */
    recordLoss(k: Kernels, share: Share, span: HeadRows, isLast: boolean, recordRowLosses: RecordRowLosses): void {
      const { rows, first, input, gradient } = span;
      const [c0, c1] = stretch(share, C, 4);
      if (rows > slice) k.barrier(); // the rows of a slice are shared otherwise than all rows were
      for (let begin = Math.floor((rows - 1) / slice) * slice; begin >= 0; begin -= slice) {
        const count = Math.min(slice, rows - begin);
        const add = !isLast || begin + count < rows;
        const [from, to] = stretch(share, count);
        const [row, own] = [begin + from, to - from];
        const o = logits.subarray(from * C);
        if (isLoss) {
          k.fillRows(theta.c, o, own, C);
          k.product(input.subarray(row * wide), panels, o, own, C, wide, true); // o = c + V h
          if (keepsLogits) k.copy(o, kept.logits.subarray(row * C), own * C);
          recordRowLosses(k, o, first + row, own);
        }
        if (keepsLogits && gradients) k.copy(o, kept.logitsGradient.subarray(row * C), own * C);
        if (gradients) {
          k.product(o, panelsBack, gradient.subarray(row * wide), own, wide, C, false); // Vᵀ ∇o
          k.barrier();
          const h = input.subarray(begin * wide);
          recordWeightGradient(k, share, scratch, logits, h, dTheta.V, [C, wide, count], add); // ∇V = Σ ∇o hᵀ
          k.sumRows(logits.subarray(c0), dTheta.c.subarray(c0), count, c1 - c0, add, C); // ∇c = Σ ∇o
        }
        k.barrier();
      }
    },
  };
}

/** The memory and the programs of such a head; `wanted` is what it predicts. */
export function planOneLayer(
  groups: Groups,
  config: ModelConfig,
  sizes: HeadSizes,
  arrays: HeadArrays,
  wanted: Pick<PlannedHead, 'targets' | 'values'>,
  recordRowLosses: RecordRowLosses,
): PlannedHead {
  const C = outputsOf(config);
  const logits = groups('logits', 'R C').floats(sliceOf(sizes, C) * C);
  const { recordPacking, recordLogits, recordLoss } = planLinear(groups, config, C, sizes, arrays, logits);
  return {
    ...wanted,
    logits,
    recordPacking,
    recordLogits,
    recordLoss: (k, share, span, isLast) => recordLoss(k, share, span, isLast, recordRowLosses),
    prepare() {},
    logitsOf: (row) => logits.subarray(row * C, (row + 1) * C),
  };
}
