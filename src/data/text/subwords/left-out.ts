// Stands in the lab for this folder (lab/vite.config.ts): models of subwords are far larger than what the page shows step by step, and
// the code for them would be a tenth of what a visitor loads.

import { UnrolledError } from '../../../errors.ts';

export { byteCharacters } from './parts.ts';

/** Refuses a tokenizer with byte-pair merges. */
export function subwordTokenizer(): never {
  throw new UnrolledError(
    'tokenizer: expected characters, bytes or words, which the page can show, got subwords; use the model with the library or the command line',
  );
}
