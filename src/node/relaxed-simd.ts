// The flag for relaxed SIMD (fused multiply-add) in Node 20. It can be set until the first module is compiled; later versions of Node have the
// instructions without it. engine/create.ts checks by a known answer that they compute what they should.

import { setFlagsFromString } from 'node:v8';

if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
