// Two directions side by side: what the layer above reads is [h forward ; h reverse] of each step, in the order of the text, where the reverse
// direction's own order is mirrored within each sequence (arrangement.ts). A mirror undoes itself, so the way back is the same copy.

import type { Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import { layerStream } from './inputs.ts';
import { type Activations, isJoined } from './plan.ts';

/** Both directions' states of a layer into `joined`, dropped in place; but not those that only their last is read of. */
export function recordJoining(k: Kernels, a: Activations, share: Share, layer: number, steps: number): void {
  if (!isJoined(a.config, layer)) return;
  const { hiddenSize: H, numLayers, pooling } = a.config;
  const B = a.options.batch;
  const [row, end] = stretch(share, steps * B);
  const joined = a.joined[layer].subarray(row * 2 * H);
  for (const { direction, states } of a.tracks.filter((track) => track.layer === layer))
    k.copyRows(
      states.subarray(B * H),
      a.arrangement.order[direction].subarray(row),
      joined.subarray(direction * H),
      end - row,
      H,
      H,
      2 * H,
    );
  if (a.threshold && (layer < numLayers - 1 || pooling === 'none'))
    k.dropout(joined, joined, (end - row) * 2 * H, a.seed, layerStream(layer), a.threshold, row * 2 * H);
}

/** `joinedGradient` into ∇h of both directions of a layer. */
export function recordSplitting(k: Kernels, a: Activations, share: Share, layer: number, steps: number): void {
  const { hiddenSize: H } = a.config;
  const B = a.options.batch;
  const [row, end] = stretch(share, steps * B);
  for (const { direction, delta } of a.tracks.filter((track) => track.layer === layer))
    k.copyRows(
      a.joinedGradient.subarray(direction * H),
      a.arrangement.order[direction].subarray(row),
      delta.subarray((B + row) * H),
      end - row,
      H,
      2 * H,
      H,
    );
  k.barrier();
}
