// The shader of a program: a workgroup that carries out its calls of a region one after the other, each with all of its lanes. It has the kernels that
// the program calls and no others. Between two calls of a workgroup stands a barrier of its own; workgroups meet at the end of a dispatch.
//
// A number that is not finite stops what follows: `halt`, integer 0, is 1 from then on, and every region ends where it begins, until the host lets it go
// on. So updates that were already under way change nothing.

import type { ComputeKernels } from '../kernels.ts';
import { kernelNames } from '../kernels.ts';
import { elementary } from './elementary.ts';
import type { GpuKernel } from './kernel.ts';
import { whenCode } from './program.ts';

/** The place of `halt` among the integers. */
export const haltPlace = 0;

/** The bindings of every shader, in order; the last says which region it is. */
export const bindings = ['floats', 'integers', 'doubles', 'program', 'region'] as const;

/** The shader for the kernels of a program. @param lanes the invocations of a workgroup */
export function shaderOf(
  kernels: Readonly<Record<keyof ComputeKernels, GpuKernel>>,
  names: readonly (keyof ComputeKernels)[],
  lanes: number,
): string {
  const functions = names.map((name) => {
    const { args, code } = kernels[name];
    const used = args.filter((argument) => new RegExp(`\\b${argument}\\b`).test(code));
    const read = used.map((argument) => `  let ${argument} = program[at + ${args.indexOf(argument) + 1}];`).join('\n');
    return `fn k_${name}(at: i32, lane: i32) {\n${read}\n  ${code}\n}`;
  });
  const cases = names.map((name) => `      case ${kernelNames.indexOf(name)}: { k_${name}(at, lane); }`);
  return /* wgsl */ `
const LANES: i32 = ${lanes};
@group(0) @binding(0) var<storage, read_write> f: array<f32>;
@group(0) @binding(1) var<storage, read_write> n: array<i32>;
@group(0) @binding(2) var<storage, read_write> d: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> program: array<i32>;
@group(0) @binding(4) var<uniform> region: vec4<i32>; // its place in the table, the number of workgroups, the counter below which it halts, or −1
var<workgroup> pool: array<f32, LANES>;
var<workgroup> poolBits: array<u32, LANES>;
var<workgroup> flag: i32;
${elementary}
${functions.join('\n')}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let lane = i32(index);
  if (lane == 0) { flag = n[${haltPlace}]; }
  if (workgroupUniformLoad(&flag) != 0) { return; }
  if (region.z >= 0) {
    if (lane == 0 && n[region.z] == 0) { n[${haltPlace}] = 1; }
    return;
  }
  var at = program[region.x + i32(group.x)];
  let end = program[region.x + region.y + i32(group.x)];
  while (at < end) {
    let head = program[at];
    var skip = 0;
    switch (head & 255) {
${cases.join('\n')}
      case ${whenCode}: {
        if (lane == 0) { flag = n[program[at + 1]]; }
        if (workgroupUniformLoad(&flag) < program[at + 2]) { skip = program[at + 3]; }
      }
      default: { }
    }
    storageBarrier();
    at = at + (head >> 8u) + skip;
  }
}
`;
}
