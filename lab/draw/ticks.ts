// Where an axis has its numbers: the one rule for all charts.

/** Powers of ten between two numbers, at most so many. */
export function decades(low: number, high: number, maxTicks: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first + 1) / maxTicks));
  const count = Math.max(1, Math.floor((last - first) / every) + 1);
  return Array.from({ length: count }, (_, i) => 10 ** (first + i * every));
}

/** Round numbers between two, with at most so many steps. @param isWhole keeps them whole */
export function evenly(low: number, high: number, maxSteps: number, isWhole = false): number[] {
  const raw = (high - low) / maxSteps;
  const power = 10 ** Math.floor(Math.log10(raw));
  const nice = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= raw - 1e-12) ?? raw;
  const step = isWhole ? Math.max(1, Math.ceil(nice)) : nice;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}
