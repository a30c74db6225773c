// The flags with which V8 joins pairs of 128-bit vectors in our binaries into 256-bit instructions. V8 has a pass for this behind a flag, which
// may be set while a program runs. The flag is set only while one of our binaries is compiled and its tiles are tried (some milliseconds), so
// that other modules of the process are not affected; two more flags make V8 optimize the tiles within that time. None of the three changes
// anything that compiled code relies on. (V8 14.6 ends the process when --wasm-inlining or --liftoff change while another thread compiles.)
//
// V8 13.6 (Node 24) is the first version that joins sums carried by a loop, and 14.6 (Node 26) the last that was tried; the pass is experimental.
// With UNROLLED_WIDE=0 in the environment no flag is set.

import { setFlagsFromString } from 'node:v8';
import { joinBy } from '../engine/wide.ts';

const set = ['--experimental-wasm-revectorize', '--wasm-sync-tier-up', '--wasm-tiering-budget=50000'];
const reset = ['--no-experimental-wasm-revectorize', '--no-wasm-sync-tier-up', '--wasm-tiering-budget=13000000'];

function isTried(): boolean {
  const { versions, arch, env, execArgv } = process;
  const [major, minor] = (versions.v8 ?? '0.0').split('.').map(Number);
  const isNode = !('bun' in versions || 'deno' in versions || 'electron' in versions);
  const isKnown = (major === 13 && minor >= 6) || (major === 14 && minor <= 6);
  // flags that the user has set are left alone
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
