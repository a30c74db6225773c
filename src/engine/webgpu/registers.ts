// A product in a time loop whose weight stays in registers, in WGSL: design P of loops.ts, as parts of the shader. Lane (part, j) holds the rows 64 part to
// 64 part + 63 of column j of the packed weight, in sixteen vectors, and reads none of it again in all turns. The row of the other operand goes
// through the memory of the workgroup.
//
//   c[r, j] (+)= Σ_part Σ_{i < 64} a[r, 64 part + i] · packed[64 part + i, j]        in the order of k, as in the kernel `product`

import { heldTerms, longestRow } from './loops.ts';

const perVector = 4;
const vectors = Array.from({ length: heldTerms / perVector }, (_, i) => i);
const components = ['x', 'y', 'z', 'w'];

/** What stands before the functions. */
export const heldDeclarations = /* wgsl */ `
var<workgroup> operand: array<vec4f, ${longestRow / perVector}>;

/** An element of a packed weight, and 0 behind its end. */
fn held(at: i32, end: i32) -> f32 { return select(0.0, f[at], at < end); }`;

/** The registers. */
export const heldVariables = vectors.map((v) => `  var w${v} = vec4f();`).join('\n');

/** Fills them for the product of a loop. */
export const heldLoads = /* wgsl */ `
          let columns = program[product + 5];
          let end = program[product + 2] + program[product + 6] * columns;
          let first = program[product + 2] + (lane / columns) * ${heldTerms} * columns + lane % columns;
${vectors
  .map((v) => {
    const elements = components.map((_, i) => `held(first + ${perVector * v + i} * columns, end)`);
    return `          w${v} = vec4f(${elements.join(', ')});`;
  })
  .join('\n')}`;

/** The product of a turn. */
export const heldProduct = /* wgsl */ `
      let columns = program[at + 5];
      let k = program[at + 6];
      let parts = (k + ${heldTerms - 1}) / ${heldTerms};
      let part = lane / columns;
      for (var r = 0; r < program[at + 4]; r++) {
        let a = program[at + 1] + turn * program[at + 10] + r * k;
        let c = program[at + 3] + turn * program[at + 12] + r * columns;
        for (var i = lane; i < parts * ${heldTerms}; i += LANES) {
          operand[i / ${perVector}][i % ${perVector}] = select(0.0, f[a + min(i, k - 1)], i < k);
        }
        workgroupBarrier();
        if (part < parts) {
          let own = part * ${heldTerms / perVector};
          var sum = 0.0;
          var x = vec4f();
${vectors
  .map(
    (v) =>
      `          x = operand[own + ${v}]; ${components.map((e) => `sum = fma(x.${e}, w${v}.${e}, sum);`).join(' ')}`,
  )
  .join('\n')}
          pool[lane] = sum;
        }
        workgroupBarrier();
        if (lane < columns) {
          var all = 0.0;
          if (program[at + 7] == 1) { all = f[c + lane]; }
          for (var q = 0; q < parts; q++) { all += pool[q * columns + lane]; }
          f[c + lane] = all;
        }
        workgroupBarrier();
      }`;
