// A curve in one line of text: each character is the mean of some values, between the lowest and the highest of them.

import { unicode } from './output.ts';

/** From low to high, and the same where the terminal has only ASCII. */
const levels = ['▁▂▃▄▅▆▇█', '_.-:=+*#'] as const;

/** The curve in at most `size` columns; values that are not finite are left out. */
export function sparkline(values: readonly number[], size: number, hasUnicode = unicode()): string {
  const finite = values.filter(Number.isFinite);
  const count = Math.min(size, finite.length);
  const means = Array.from({ length: count }, (_, i) => {
    const part = finite.slice(Math.floor((i * finite.length) / count), Math.floor(((i + 1) * finite.length) / count));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const low = Math.min(...means);
  const range = Math.max(...means) - low;
  const marks = levels[hasUnicode ? 0 : 1];
  return means.map((mean) => marks[range > 0 ? Math.round(((mean - low) / range) * (marks.length - 1)) : 0]).join('');
}

/** The values of a long run in bounded memory: where there are too many, two become their mean. */
export class Curve {
  values: number[] = [];
  private each = 1;
  private sum = 0;
  private count = 0;

  add(value: number): void {
    this.sum += value;
    if (++this.count < this.each) return;
    this.values.push(this.sum / this.count);
    this.sum = this.count = 0;
    if (this.values.length < mostValues) return;
    this.values = Array.from({ length: mostValues / 2 }, (_, i) => (this.values[2 * i] + this.values[2 * i + 1]) / 2);
    this.each *= 2;
  }
}

/** The most values that a curve keeps; an even number. */
const mostValues = 512;
