// The shader of a program: a workgroup that carries out its calls of a region one after the other, each with all of its lanes. It has the kernels that
// the program calls and no others. Between two calls of a workgroup stands a barrier of its own; workgroups meet at the end of a dispatch.
//
// A number that is not finite stops what follows: a `when` that is skipped because of what the program itself found out sets `halt`, integer 0, to 1, and
// every region from then on ends where it begins, until the host lets it go on. So updates that were already under way change nothing.

import { kernelNames } from '../kernels.ts';
import { elementary } from './elementary.ts';
import type { GpuKernel } from './kernel.ts';
import { gpuKernels } from './kernels.ts';
import { type GpuProgram, heldCode, registersCode, streamCode, whenCode } from './program.ts';
import { heldDeclarations, heldLoads, heldProduct, heldVariables } from './registers.ts';

/** The place of `halt` among the integers. */
export const haltPlace = 0;

/** The bindings of every shader, in order; the last says which region it is. */
export const bindings: Readonly<Record<string, { type: string; hasDynamicOffset?: true; minBindingSize?: number }>> = {
  floats: { type: 'storage' },
  integers: { type: 'storage' },
  doubles: { type: 'storage' },
  program: { type: 'read-only-storage' },
  region: { type: 'uniform', hasDynamicOffset: true, minBindingSize: 4 },
};

/** A kernel as a function. In turn t of a loop an argument is a + t stride. */
function functionOf(name: string, { args, code }: GpuKernel): string {
  const read = args.map(
    (argument, i) => `let ${argument} = program[at + ${i + 1}] + turn * program[at + ${args.length + i + 1}];`,
  );
  return `fn k_${name}(at: i32, turn: i32, lane: i32) {\n${read.join('\n')}\n${code}\n}`;
}

/** What of a program its shader depends on. */
export type Needs = Pick<GpuProgram, 'kernels' | 'keeps'>;

/** The shader for a program. @param lanes the invocations of a workgroup */
export function shaderOf({ kernels: names, keeps }: Needs, lanes: number, kernels = gpuKernels): string {
  return /* wgsl */ `
const LANES: i32 = ${lanes};
const HALT: i32 = ${haltPlace};
@group(0) @binding(0) var<storage, read_write> f: array<f32>;
@group(0) @binding(1) var<storage, read_write> n: array<i32>;
@group(0) @binding(2) var<storage, read_write> d: array<vec4f>;
@group(0) @binding(3) var<storage, read> program: array<i32>;
@group(0) @binding(4) var<uniform> region: i32; // the place of its first workgroup
var<workgroup> pool: array<f32, LANES>;
var<workgroup> poolBits: array<u32, LANES>;
var<workgroup> flag: i32;
${elementary}
${names.map((name) => functionOf(name, kernels[name])).join('\n')}

${keeps ? heldDeclarations : ''}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let lane = i32(index);
  if (lane == 0) { flag = n[HALT]; }
  if (workgroupUniformLoad(&flag) != 0) { return; }
  let place = region + i32(group.x);
  var at = program[place];
  let end = program[place + 1];
  // of the loop that is open: its turn and their number, and where its body begins and ends
  var turn = 0; var turns = 0; var begin = 0; var stop = -1;
${keeps ? heldVariables : ''}
  while (at < end) {
    let code = program[at] & 255;
    var next = at + (program[at] >> 8u);
    switch (code) {
${names.map((name) => `case ${kernelNames.indexOf(name)}: { k_${name}(at, turn, lane); }`).join('\n')}
${keeps ? `case ${heldCode}: {\n${heldProduct}\n}` : ''}
      case ${whenCode}: {
        if (lane == 0) { flag = n[program[at + 1]]; }
        if (workgroupUniformLoad(&flag) < program[at + 2]) {
          next += program[at + 3];
          if (lane == 0 && program[at + 4] == 1) { n[HALT] = 1; }
        }
      }
      case ${streamCode}, ${registersCode}: {
        turn = 0; turns = program[at + 1]; begin = next; stop = begin + program[at + 2];
${keeps ? `if (code == ${registersCode}) {\nlet product = begin + program[at + 3];\n${heldLoads}\n}` : ''}
      }
      default: { }
    }
    storageBarrier();
    at = next;
    if (at == stop) {
      turn++;
      if (turn < turns) { at = begin; } else { turn = 0; stop = -1; }
    }
  }
}
`;
}
