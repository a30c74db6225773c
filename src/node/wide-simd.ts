// Lets V8 join pairs of 128-bit vectors in our binaries to 256-bit instructions. Its pass for that stands behind a flag, which may be set
// while a program runs. It is set only while one of our binaries is compiled and its tiles are tried (some milliseconds), so that other
// modules of the process stay as they are; two more flags have the tiles optimized within that time. None of the three changes what code
// that is compiled already relies on: V8 14.6 ends the process when --wasm-inlining or --liftoff change while another thread compiles.
//
// V8 13.6 (Node 24) is the first that joins sums carried by a loop, 14.6 (Node 26) the last that was tried; the pass is called experimental.
// UNROLLED_WIDE=0 in the environment leaves all this alone.

import { setFlagsFromString } from 'node:v8';
import { joinBy } from '../engine/wide.ts';

const set = ['--experimental-wasm-revectorize', '--wasm-sync-tier-up', '--wasm-tiering-budget=50000'];
const reset = ['--no-experimental-wasm-revectorize', '--no-wasm-sync-tier-up', '--wasm-tiering-budget=13000000'];

function isTried(): boolean {
  const { versions, arch, env, execArgv } = process;
  const [major, minor] = (versions.v8 ?? '0.0').split('.').map(Number);
  const isNode = !('bun' in versions || 'deno' in versions || 'electron' in versions);
  const isKnown = (major === 13 && minor >= 6) || (major === 14 && minor <= 6);
  // who sets such flags wants them to stay
  const isSet = /wasm|liftoff/.test(`${execArgv.join(' ')} ${env.NODE_OPTIONS ?? ''}`);
  return isNode && arch === 'x64' && isKnown && !isSet && env.UNROLLED_WIDE !== '0';
}

if (isTried())
  joinBy((work) => {
    for (const flag of set) setFlagsFromString(flag);
    try {
      return work();
    } finally {
      for (const flag of reset) setFlagsFromString(flag);
    }
  });
