// Random data and weights for the JavaScript peers: sizes as in the cases, seeded, so that every run trains on the same ids.

/** mulberry32: small, seeded, good enough for benchmark data. */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

/** Uniform in ±1/√H, PyTorch's initialization. */
export function uniform(random, count, H) {
  const scale = 1 / Math.sqrt(H);
  return Float32Array.from({ length: count }, () => (2 * random() - 1) * scale);
}

export function randomIds(random, count, C) {
  return Int32Array.from({ length: count }, () => Math.floor(random() * C));
}

/** Rows of a one-hot matrix [ids.length, C]. */
export function oneHot(ids, C) {
  const rows = new Float32Array(ids.length * C);
  ids.forEach((id, row) => {
    rows[row * C + id] = 1;
  });
  return rows;
}
