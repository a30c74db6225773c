// The shader of a program: a workgroup that carries out its calls of a region one after the other, each with all of its lanes. It has the kernels that
// the program calls and no others. Between two calls of a workgroup stands a barrier of its own; workgroups meet at the end of a dispatch.
//
// A number that is not finite stops what follows: `halt`, integer 0, is 1 from then on, and every region ends where it begins, until the host lets it go
// on. So updates that were already under way change nothing.

import { type ComputeKernels, kernelNames } from '../kernels.ts';
import { elementary } from './elementary.ts';
import type { GpuKernel } from './kernel.ts';
import { control, type GpuProgram } from './program.ts';
import { heldDeclarations, heldLoads, heldProduct, heldVariables } from './registers.ts';

/** The place of `halt` among the integers. */
export const haltPlace = 0;

/** The bindings of every shader, in order; the last says which region it is. */
export const bindings = ['floats', 'integers', 'doubles', 'program', 'region'] as const;

/** A kernel as a function. In turn t of a loop an argument is a + t stride. */
function functionOf(name: string, { args, code }: GpuKernel): string {
  const read = args
    .map((argument, i) => ({ argument, at: i + 1 }))
    .filter(({ argument }) => new RegExp(`\\b${argument}\\b`).test(code))
    .map(({ argument, at }) => `  let ${argument} = program[at + ${at}] + turn * program[at + ${args.length + at}];`);
  return `fn k_${name}(at: i32, turn: i32, lane: i32) {\n${read.join('\n')}\n  ${code}\n}`;
}

/** The shader for a program. @param lanes the invocations of a workgroup */
export function shaderOf(
  kernels: Readonly<Record<keyof ComputeKernels, GpuKernel>>,
  { kernels: names, keeps }: Pick<GpuProgram, 'kernels' | 'keeps'>,
  lanes: number,
): string {
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
${names.map((name) => functionOf(name, kernels[name])).join('\n')}

${keeps ? heldDeclarations : ''}

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
  // of the loop that is open: its turn and their number, and where its body begins and ends
  var turn = 0; var turns = 0; var begin = 0; var stop = -1;
${keeps ? heldVariables : ''}
  while (at < end) {
    let code = program[at] & 255;
    var next = at + (program[at] >> 8u);
    switch (code) {
${names.map((name) => `      case ${kernelNames.indexOf(name)}: { k_${name}(at, turn, lane); }`).join('\n')}
${keeps ? `      case ${control.held}: {\n${heldProduct}\n      }` : ''}
      case ${control.when}: {
        if (lane == 0) { flag = n[program[at + 1]]; }
        if (workgroupUniformLoad(&flag) < program[at + 2]) { next = next + program[at + 3]; }
      }
      case ${control.stream}, ${control.registers}: {
        turn = 0; turns = program[at + 1]; begin = next; stop = begin + program[at + 2];
${keeps ? `        if (code == ${control.registers}) {\n          let product = begin + program[at + 3];\n${heldLoads}\n        }` : ''}
      }
      default: { }
    }
    storageBarrier();
    at = next;
    if (at == stop) {
      turn = turn + 1;
      if (turn < turns) { at = begin; } else { turn = 0; stop = -1; }
    }
  }
}
`;
}
