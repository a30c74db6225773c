// What every array of a window is for: plan.ts and its parts ask for memory by groups, each with a name and with how many numbers it has, in symbols.
// A window gives all groups from one allocator; memory.ts counts them instead.
//
//   T steps, K of them in memory together (without checkpoints all), B sequences, H units, L layers, D directions, G gates, P parameters
//   I numbers that layer 0 reads, C outputs, R rows of logits at a time
//   with adaptive softmax C₀ classes of the head, n clusters, N classes in one, w its width

import type { Allocator } from '../engine/backend.ts';

/** The allocator of a group of arrays. Where a group is asked for again, its first formula holds. */
export type Groups = (name: string, formula: string) => Allocator;

/** A formula so many times: `2 P`, and once `P`. */
export const times = (count: number, symbols: string): string => (count === 1 ? symbols : `${count} ${symbols}`);

/** The rows of a window's outputs in symbols. */
export const outputRows = ({ pooling }: { readonly pooling: string }): string => (pooling === 'none' ? 'T B' : 'B');
