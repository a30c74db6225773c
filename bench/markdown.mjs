// Figures in words and tables: Markdown that can be read as it stands, on a terminal too.

/** A table with its columns padded. Headings that begin with '>' stand right, with their figures. */
export function table(headings, rows) {
  const right = headings.map((heading) => heading.startsWith('>'));
  const cells = [
    headings.map((heading) => heading.replace(/^>/, '')),
    ...rows.map((row) => row.map((cell) => `${cell ?? ''}`)),
  ];
  const widths = right.map((_, i) => Math.max(3, ...cells.map((row) => [...row[i]].length)));
  const pad = (cell, i) => {
    const room = ' '.repeat(widths[i] - [...cell].length);
    return right[i] ? room + cell : cell + room;
  };
  const line = (row) => `| ${row.map(pad).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (right[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

/** Three digits, or whole numbers with thousands set apart. */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value === 0 ? '0' : Number(value.toPrecision(3)).toString();
}

export const percent = (share, digits = 0) => (Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–');

/** Half the distance between the quartiles over the median. */
export const spread = (q) => (q ? `± ${percent((q.upper - q.lower) / 2 / q.median, 1)}` : '');

/** `2.31 (2.25–2.40)`: a median and its quartiles. */
export function withQuartiles(q, digits = 2) {
  if (!q) return '–';
  const show = (value) => value.toFixed(value < 0.1 ? 3 : value >= 20 ? 0 : digits);
  return `${show(q.median)} (${show(q.lower)}–${show(q.upper)})`;
}

/** A verdict on a figure that should be at least its target. */
export function verdict(value, target) {
  if (!Number.isFinite(value)) return `not measured / ${target}`;
  const met = value >= target;
  const digits = target >= 10 ? 1 : 2;
  const shown = met ? value.toFixed(digits) : (Math.floor(value * 10 ** digits) / 10 ** digits).toFixed(digits);
  return `${shown} / ${target} ${met ? 'met' : '**missed**'}`;
}
