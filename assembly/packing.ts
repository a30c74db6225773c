// Packing: the right operand of a product as panels of eight columns [k][8], the last one filled up with zeros, and blocks of aᵀ.

/** The eight columns from `column` of w [k, n] as a panel, `depth` rows from `row` on. */
function packPanel(w: usize, panel: usize, n: usize, columns: usize, depth: usize): void {
  const step = n << 2;
  if (columns >= 8) {
    for (let end = panel + (depth << 5); panel < end; panel += 32, w += step) {
      v128.store(panel, v128.load(w));
      v128.store(panel, v128.load(w, 16), 16);
    }
    return;
  }
  memory.fill(panel, 0, depth << 5);
  for (let end = panel + (depth << 5); panel < end; panel += 32, w += step)
    for (let j: usize = 0; j < columns; j++) store<f32>(panel + (j << 2), load<f32>(w + (j << 2)));
}

/** b [depth, n], rows `width` floats apart, as panels `depth` deep. */
export function packBlock(b: usize, panels: usize, n: usize, width: usize, depth: usize): void {
  for (let j: usize = 0; j < n; j += 8, panels += depth << 5, b += 32) packPanel(b, panels, width, n - j, depth);
}

/** a [depth, m], rows `width` floats apart, as m rows of `depth`. */
export function transposeBlock(a: usize, rows: usize, m: usize, width: usize, depth: usize): void {
  for (let i: usize = 0; i < m; i++)
    for (let p: usize = 0; p < depth; p++)
      store<f32>(rows + ((i * depth + p) << 2), load<f32>(a + ((p * width + i) << 2)));
}

export function packPlain(w: usize, panels: usize, n: usize, k: usize): void {
  packBlock(w, panels, n, n, k);
}

export function packTransposed(w: usize, panels: usize, n: usize, k: usize): void {
  for (let j: usize = 0; j < n; j += 8, panels += k << 5) {
    const columns = min<usize>(8, n - j);
    if (columns < 8) memory.fill(panels, 0, k << 5);
    for (let i: usize = 0; i < columns; i++)
      for (let p: usize = 0; p < k; p++)
        store<f32>(panels + (p << 5) + (i << 2), load<f32>(w + (((j + i) * k + p) << 2)));
  }
}
