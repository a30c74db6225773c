// Runs what computes in slices to its end.

export function finish<T>(slices: Generator<void, T>): T {
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value as T;
  }
}
