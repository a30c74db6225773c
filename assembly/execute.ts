// Programs: a list of kernel calls in memory, carried out in one call from JavaScript. Each call is a head (the kernel's number, and how many
// 32-bit words the call takes) and the kernel's arguments; src/engine/program.ts writes them.
//
// The kernels are the exported functions of assembly/ that take an array (Floats, Integers or Doubles of vectors.ts).
// scripts/build-kernels.mjs collects them, numbers them, and writes dispatch.ts, which calls the kernel of a number, and
// src/engine/kernels.ts, which has their names in the same order and their signatures in TypeScript.

import { dispatch } from './dispatch';

/** The number of `when`: [head, address of a counter, least value, bytes to skip where the counter is below it]. */
const WHEN = 255;

/** Carries out the calls in [begin, end). Returns the address of the first call that is JavaScript's to do, else `end`. */
export function execute(begin: usize, end: usize): usize {
  let at = begin;
  while (at < end) {
    const head = load<u32>(at);
    const code = head & 0xff;
    if (code == WHEN) {
      if (<i32>load<u32>(load<u32>(at, 4)) < load<i32>(at, 8)) at += load<u32>(at, 12);
    } else if (!dispatch(code, at)) return at;
    at += (head >> 8) << 2;
  }
  return end;
}
