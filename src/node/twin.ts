// The PyTorch twin, python/modeling_unrolled.py. It is a file of its own in the package, so that Python's tools can read it as it is.

import { readFileSync } from 'node:fs';

export const twinName = 'modeling_unrolled.py';

/** The bytes of modeling_unrolled.py. */
export function readTwin(): Uint8Array {
  return readFileSync(new URL(`../../python/${twinName}`, import.meta.url));
}
