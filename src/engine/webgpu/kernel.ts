// The form of a kernel in WGSL, and the loops that kernels have in common. `lane` is the number of an invocation in its workgroup, of LANES; arrays are
// places in f (float32), n (integers) and d (what the host has in float64).

/** A kernel: its arguments by name, in their order, those of them that it writes, and its code. */
export interface GpuKernel {
  readonly args: readonly string[];
  readonly writes: readonly string[];
  readonly code: string;
}

export const kernel = (args: string, writes: string, code: string): GpuKernel => ({
  args: args.split(' '),
  writes: writes.split(' '),
  code,
});

/** A kernel that treats each of `count` elements by itself. */
export const elementwise = (args: string, writes: string, count: string, code: string): GpuKernel =>
  kernel(args, writes, `let count = ${count};\n  for (var i = lane; i < count; i += LANES) { ${code} }`);

/** A kernel that treats each element of [rows, width] by itself: row r, column i. */
export const ofRows = (args: string, writes: string, code: string): GpuKernel =>
  elementwise(args, writes, 'rows * width', `let r = i / width; let c = i % width; ${code}`);

/** A kernel of a gated cell: unit `at` of [rows, units], whose first gate of so many stands at \`one\`. */
export const ofUnits = (args: string, writes: string, gates: number, code: string): GpuKernel =>
  elementwise(
    args,
    writes,
    'rows * units',
    `let u = i % units; let one = (i - u) * ${gates} + u; let two = one + units; let three = two + units; let four = three + units;\n${code}`,
  );

/** A kernel that goes over rows of `width` numbers, each row with a group of lanes: \`part\` of \`group\` lanes, all of them in step. */
export const rowSums = (args: string, writes: string, code: string): GpuKernel =>
  kernel(
    args,
    writes,
    `let group = lanesFor(width);
  let part = lane % group;
  for (var top = 0; top < rows; top += LANES / group) {
    let r = top + lane / group;
    let isRow = r < rows;
    ${code}
  }`,
  );
