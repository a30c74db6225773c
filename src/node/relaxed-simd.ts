// Node 20 has relaxed SIMD (fused multiply-add) behind a flag, which may still be set before the first module is compiled; later
// versions have it anyway. Whether the instructions are right is checked by a known answer in engine/create.ts.

import { setFlagsFromString } from 'node:v8';

if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
