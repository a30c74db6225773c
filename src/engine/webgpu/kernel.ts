// The form of a kernel in WGSL, and the loops that kernels have in common. `lane` is the number of an invocation in its workgroup, of LANES; arrays are
// places in f (float32), n (integers) and d (what the host has in float64).

/** A kernel: its arguments by name, in their order, those of them that it writes, and its code. */
export interface GpuKernel {
  readonly args: readonly string[];
  readonly writes: readonly string[];
  readonly code: string;
}

/** @param args the names of the arguments in their order, `&` before those that it writes */
export const kernel = (args: string, code: string): GpuKernel => ({
  args: args.replaceAll('&', '').split(' '),
  writes: args.match(/(?<=&)\w+/g)!,
  code,
});

/** A kernel that treats each of `count` elements by itself. */
export const elementwise = (args: string, count: string, code: string): GpuKernel =>
  kernel(args, `for (var i = lane; i < ${count}; i += LANES) { ${code} }`);

/** A kernel that treats each element of [rows, width] by itself: row r, column c. */
export const ofRows = (args: string, code: string): GpuKernel =>
  elementwise(args, 'rows * width', `let r = i / width; let c = i % width; ${code}`);

/** A kernel of a gated cell: unit `u` of a row of [rows, units], whose first gate of so many stands at `one`. */
export const ofUnits = (args: string, gates: number, code: string): GpuKernel =>
  elementwise(
    args,
    'rows * units',
    `let u = i % units; let one = (i - u) * ${gates} + u; let two = one + units; let three = two + units; let four = three + units;
    ${code}`,
  );

/** A kernel that makes `count` sums of so many terms, each with a group of lanes: sum `item`, by lane `part` of `group`, all of them in step. */
export const inGroups = (args: string, count: string, terms: string, code: string): GpuKernel =>
  kernel(
    args,
    `let group = lanesFor(${terms});
  let part = lane % group;
  for (var first = 0; first < ${count}; first += LANES / group) {
    let item = first + lane / group;
    let isThere = item < ${count};
    ${code}
  }`,
  );
