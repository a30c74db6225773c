// The programs of a window: which calls a pass consists of, in which order, with or without checkpoints.
//
//   pack       the weights as the products want them; where they are frozen a program of its own, else the beginning of forward
//   forward    then the states, and the loss (with gradients dV, dc and ∇h too) or the logits
//   backward   from the last span of time to the first: with checkpoints the states again and the loss; of bare logits what their gradient, given
//              from outside, asks of the head and of the states; then back through time
//   update     both, and what the window's owner adds: the optimizer; or that alone, where it comes after several windows
//   output     the logits alone, of states that are there already: for a window of bare logits

import type { Floats, Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import { recordBackward, recordPacking, recordStates } from './bptt.ts';
import { type Activations, type Span, spansOf, type WindowOptions } from './plan.ts';
import { headRows, recordPooling, recordPoolingBack } from './pooling.ts';

export type Part = 'pack' | 'forward' | 'backward' | 'update' | 'output';

/** Which programs a window needs. */
export function partsOf({ gradients, update, apart, frozen, output, steps }: WindowOptions): Part[] {
  if (update) return apart ? ['forward', 'backward', 'update'] : ['update'];
  if (frozen && output === 'logits' && steps === 1) return ['pack', 'forward', 'output'];
  if (frozen) return ['pack', 'forward'];
  return gradients ? ['forward', 'backward'] : ['forward'];
}

type Recorder = (kernels: Kernels, activations: Activations, share: Share, steps: number) => void;

/** What each program consists of. */
export const record: Record<Part, Recorder> = {
  pack(k, a, share) {
    recordPacking(k, a, share);
    a.head.recordPacking(k, share);
    a.kept.recordPacking(k, share);
    k.barrier();
  },
  forward(k, a, share, steps) {
    if (!a.options.frozen) record.pack(k, a, share, steps);
    const spans = spansOf(steps, a.spans[0].to);
    if (a.spans.length > 1) {
      // only the states at the spans' edges are kept
      spans.forEach((span, s) => {
        recordCopies(k, a, share, ['kept', s], ['slabs', 0]);
        recordStates(k, a, share, span);
        recordCopies(k, a, share, ['slabs', span.to - span.from], ['kept', s + 1]);
        k.barrier();
      });
      return;
    }
    recordStates(k, a, share, spans[0]);
    recordPooling(k, a, share, steps);
    if (a.options.output === 'logits') a.head.recordLogits(k, share, headRows(a, spans[0]));
    else recordLoss(k, a, share, spans[0], true);
  },
  output(k, a, share) {
    a.head.recordLogits(k, share, headRows(a, a.spans[0]));
  },
  backward(k, a, share, steps) {
    const spans = spansOf(steps, a.spans[0].to);
    spans.toReversed().forEach((span, i) => {
      const isLast = i === 0;
      if (!isLast) {
        k.barrier(); // the span behind is done with the memory
        recordCopies(k, a, share, ['kept', spans.length - 1 - i], ['slabs', 0]);
        recordStates(k, a, share, span);
      }
      if (a.spans.length > 1 || a.options.output === 'logits') recordLoss(k, a, share, span, isLast);
      recordBackward(k, a, share, span, isLast);
      a.kept.recordInputGradient(k, share, (span.to - span.from) * a.options.batch);
    });
  },
  update(k, a, share, steps) {
    if (!a.options.apart) {
      record.forward(k, a, share, steps);
      record.backward(k, a, share, steps);
      k.barrier();
    }
    a.recordUpdate!(k, share, a, steps);
  },
};

/** The loss of a span, unless its output is bare logits; with gradients also what its states are asked for. */
function recordLoss(k: Kernels, a: Activations, share: Share, span: Span, isLast: boolean): void {
  a.head.recordLoss(k, share, headRows(a, span), isLast);
  if (a.options.gradients) recordPoolingBack(k, a, share, span);
}

/** A slab of every memory: of those in use, or of those kept at the spans' edges. */
type Slab = readonly [where: 'slabs' | 'kept', index: number];

/** Copies a slab of everything that goes from step to step, each thread its own sequences. */
function recordCopies(k: Kernels, a: Activations, share: Share, from: Slab, to: Slab): void {
  const { hiddenSize: H } = a.config;
  const B = a.options.batch;
  const [b0, b1] = stretch(share, B);
  for (const memory of a.memories) {
    const at = ([where, index]: Slab): Floats => memory[where].subarray((index * B + b0) * H);
    k.copy(at(from), at(to), (b1 - b0) * H);
  }
}

/** Makes the last state of a window of `steps` steps the first of the next: a call for `WindowOptions.update`. */
export function recordCarry(k: Kernels, a: Activations, share: Share, steps: number): void {
  const isKept = a.spans.length > 1;
  const where = isKept ? 'kept' : 'slabs';
  recordCopies(k, a, share, [where, isKept ? spansOf(steps, a.spans[0].to).length : steps], [where, 0]);
}
