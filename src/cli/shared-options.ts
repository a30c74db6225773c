// Options that several commands have, said once.

import type { Command, Option } from './options.ts';

export type Groups = Command['groups'];

export const json = (help: string): Record<string, Option> => ({ json: { type: 'flag', help } });
export const seedRange = { least: 0, most: 2 ** 32 - 1 };
export const backend: Option = {
  type: 'choice',
  choices: ['auto', 'wasm', 'javascript'],
  default: 'auto',
  help: 'what computes: auto is the fastest that works here',
};
export const threads: Option = {
  type: 'integer',
  least: 1,
  most: 256,
  defaultText: 'as many cores as there are, fewer where they would not help',
  help: 'threads that share the work; WebAssembly gives the same bits for any number',
};
export const blas: Option = {
  type: 'text',
  value: 'auto|none|PATH',
  defaultText: 'auto; none with --backend',
  help: 'a native BLAS for the large products: auto takes OpenBLAS or Accelerate where it usually is, PATH the library there; without one WebAssembly goes on',
};
export const reading: Record<string, Option> = {
  unknown: {
    type: 'choice',
    choices: ['error', 'skip'],
    default: 'error',
    help: 'characters that are not in the vocabulary: name them and stop, or leave them out',
  },
  'replace-invalid': { type: 'flag', help: 'put U+FFFD where the bytes are not UTF-8, instead of stopping' },
};
