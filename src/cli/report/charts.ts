// Charts as SVG in a string, for pages that stand alone: lines over updates, and a table of counts in shades. Pure functions; the colors are classes that
// the page's style sheet names (page.ts).

import { count, number } from '../text.ts';

/** A line of a chart. */
export interface Line {
  readonly name: string;
  /** The class of its color: `a`, `b`, … in the style sheet. */
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** How it is drawn: a line (default), a faint line behind the others, or a line with a dot at each point. */
  readonly look?: 'line' | 'faint' | 'dots';
}

export interface LineChart {
  /** What the chart shows, in words; also for those who do not see it. */
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  /** Values to compare with, as horizontal lines. */
  readonly levels?: readonly { readonly name: string; readonly y: number }[];
  /** Whether the chart takes half the width of the page. */
  readonly isSmall?: boolean;
}

/** Above this ratio of the largest to the smallest value, both positive, a chart has a logarithmic scale. */
const logarithmicFrom = 30;

/** Text for HTML: nothing in it is markup. */
export function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => names[character]);
}

/** A scale from values to places, with round values for its marks. */
interface Scale {
  readonly place: (value: number) => number;
  readonly marks: readonly number[];
}

/** Round values that divide the range from `low` to `high` into some five parts. */
export function marksOf(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999) as number;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const markText = (mark: number): string => (Math.abs(mark) >= 1e4 ? count(mark) : String(mark));

function scaleOf(values: readonly number[], from: number, to: number, mayBeLogarithmic: boolean): Scale {
  let [low, high] = extremes(values);
  if (mayBeLogarithmic && low > 0 && high / low > logarithmicFrom) {
    const { place, marks } = scaleOf([Math.log10(low), Math.log10(high)], from, to, false);
    const whole = marks.filter(Number.isInteger);
    return {
      place: (value) => place(Math.log10(Math.max(value, low))),
      marks: (whole.length > 1 ? whole : marks).map((mark) => Number((10 ** mark).toPrecision(2))),
    };
  }
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  return {
    place: (value) => from + ((value - low) / (high - low)) * (to - from),
    marks: marksOf(low, high),
  };
}

/** The smallest and the largest value; a list whose length data decide is not spread. */
function extremes(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low <= high ? [low, high] : [0, 1];
}

/** A chart of lines, with a legend below. Points that are not finite are left out. */
export function lineChart({ title, x, y, lines, levels = [], isSmall = false }: LineChart): string {
  const [width, height] = isSmall ? [350, 210] : [720, 300];
  const frame = { left: 58, right: width - 14, top: 14, bottom: height - 40 };
  const drawn = lines
    .map((line) => ({
      ...line,
      points: line.points.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value)),
    }))
    .filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  const across = scaleOf(
    all.map(([at]) => at),
    frame.left,
    frame.right,
    false,
  );
  const up = scaleOf(
    [...all.map(([, value]) => value), ...levels.map((level) => level.y)],
    frame.bottom,
    frame.top,
    true,
  );
  const place = (value: number): string => value.toFixed(1);
  const parts = [
    ...up.marks.map((mark) => {
      const at = place(up.place(mark));
      return `<path class="grid" d="M${frame.left} ${at}H${frame.right}"/><text class="mark" x="${frame.left - 7}" y="${at}" dy=".32em" text-anchor="end">${markText(mark)}</text>`;
    }),
    ...across.marks.map(
      (mark) =>
        `<text class="mark" x="${place(across.place(mark))}" y="${frame.bottom + 17}" text-anchor="middle">${markText(mark)}</text>`,
    ),
    `<text class="mark" x="${frame.right}" y="${height - 5}" text-anchor="end">${escaped(x)}</text>`,
    `<path class="axis" d="M${frame.left} ${frame.bottom}H${frame.right}"/>`,
    ...levels.map((level) => {
      const at = place(up.place(level.y));
      return `<path class="level" d="M${frame.left} ${at}H${frame.right}"/><text class="mark" x="${frame.right}" y="${at}" dy="-.4em" text-anchor="end">${escaped(level.name)} ${number(level.y)}</text>`;
    }),
    ...drawn.map(({ name, color, points, look = 'line' }) => {
      const places = points.map(([at, value]) => `${place(across.place(at))} ${place(up.place(value))}`);
      const line = `<path class="${look === 'faint' ? 'faint ' : ''}${color}" d="M${places.join('L')}"/>`;
      if (look !== 'dots' || points.length > 60) return line;
      const dots = points.map(([at, value], i) => {
        const [cx, cy] = places[i].split(' ');
        return `<circle class="${color}" cx="${cx}" cy="${cy}" r="3"><title>${escaped(name)}: ${number(value)} at ${number(at)}</title></circle>`;
      });
      return line + dots.join('');
    }),
  ];
  const legend = drawn
    .filter(({ look }) => look !== 'faint')
    .map(({ name, color }) => `<span class="${color}"><i></i>${escaped(name)}</span>`);
  return [
    `<figure${isSmall ? ' class="small"' : ''}>`,
    `<figcaption>${escaped(title)} <small>${escaped(y)}</small></figcaption>`,
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">${parts.join('')}</svg>`,
    legend.length > 1 ? `<p class="legend">${legend.join(' ')}</p>` : '',
    '</figure>',
  ].join('');
}

/** How often each true class (a row) was taken for each class (a column), as a table whose cells are shaded by their share of the row. */
export function confusionTable(labels: readonly string[], counts: readonly (readonly number[])[]): string {
  const head = labels.map((label) => `<th scope="col"><span>${escaped(label)}</span></th>`).join('');
  const rows = counts.map((row, i) => {
    const sum = row.reduce((total, value) => total + value, 0);
    const cells = row.map((value, j) => {
      const share = sum === 0 ? 0 : Math.round((100 * value) / sum);
      const kind = i === j ? 'right' : 'wrong';
      const title = `${escaped(labels[i])} taken for ${escaped(labels[j])}: ${value}`;
      return `<td class="${value ? kind : ''}" style="--share:${share}%" title="${title}">${value || ''}</td>`;
    });
    return `<tr><th scope="row">${escaped(labels[i])}</th>${cells.join('')}</tr>`;
  });
  return `<div class="wide"><table class="confusion"><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
