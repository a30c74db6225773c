// Where everything stands in the picture, in CSS pixels: a column for each copy of the cell, time to the right, and in each column from below to above
// x(t), U, the strips of h(t), V, ŷ(t), L(t). Only geometry: no numbers of the network, no elements.

export type Mode = 'forward' | 'backward' | 'both';
export type StripName = 'h' | 's' | 'dh';
/** Where the same weights stand in every copy. W and U are a layer's. */
export interface Part {
  readonly letter: 'U' | 'W' | 'V';
  readonly layer: number;
}

/** What the picture has to hold. */
export interface Plan {
  /** Copies of the cell that are out, from 1 to T; the last one stands for all steps from its own on. */
  readonly copies: number;
  readonly steps: number;
  readonly layers: number;
  readonly units: number;
  readonly hasS: boolean;
  readonly mode: Mode;
  /** Width that there is. */
  readonly room: number;
  /** Whether tokens are words. */
  readonly areWords: boolean;
}

export interface Layout extends Plan {
  readonly strips: readonly StripName[];
  /** Width of a column, of a strip, of the box around the strips. */
  readonly pitch: number;
  readonly strip: number;
  readonly box: number;
  /** Width of the box of h(0), which has no gradient. */
  readonly startBox: number;
  /** Where the first column begins. */
  readonly left: number;
  /** Whether h(0) stands before the first copy, on the other side of the window's edge. */
  readonly hasStart: boolean;
  /** Height of a unit, and of all units of a layer. */
  readonly unit: number;
  readonly band: number;
  readonly lossTop: number;
  readonly barsTop: number;
  readonly vTop: number;
  /** Where the strips of each layer begin and where its norms stand, the lowest layer first. */
  readonly bandTops: readonly number[];
  readonly normTops: readonly number[];
  readonly uTops: readonly number[];
  readonly xTop: number;
  readonly timeTop: number;
  readonly width: number;
  readonly height: number;
  /** Width of a token's name before its bar, and of the percentage after it. */
  readonly name: number;
  readonly percent: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Candidates of ŷ(t) that are shown; a bar more is the target's. */
export const candidates = 5;
export const lossHeight = 50;
export const barHeight = 14;
export const armHeight = 34;
export const tokenHeight = 28;
export const normHeight = 15;
/** What the edge of the window adds between h(0) and h(1), and how far it is from the column of h(1). */
const edgeGap = 34;
export const edgeOffset = 15;
const stripGap = 2;
/** Units of a layer whose numbers there is room to write into the strips. */
const maxWrittenUnits = 8;

export function layOut(plan: Plan): Layout {
  const { copies, steps, layers: L, units: H, hasS, mode, room, areWords } = plan;
  const strips = (['h', 's', 'dh'] as const).filter(
    (name) => (name === 's' && hasS && mode !== 'backward') || name === (mode === 'backward' ? 'dh' : 'h'),
  );
  if (mode === 'both') strips.push('dh');
  const n = strips.length;
  const hasStart = copies > 1 || steps === 1;
  const isWhole = copies === steps;
  const left = hasStart ? 26 : 20;
  const right = isWhole ? 96 : copies === 1 ? 110 : 150;
  const gap = hasStart ? edgeGap : 0;
  const least = Math.max([0, 46, 56, 70][n], areWords ? 92 : 0);
  const most = copies === 1 ? 176 : 104;
  const pitch = Math.min(
    most,
    Math.max(least, Math.floor((room - left - right - gap) / (copies + (hasStart ? 1 : 0)))),
  );
  const isSmall = H <= maxWrittenUnits;
  const strip = Math.min(
    isSmall ? 42 : 36,
    Math.round(pitch * (isSmall ? [0, 0.5, 0.35, 0.24] : [0, 0.36, 0.24, 0.18])[n]),
  );
  const unit = Math.min(30, Math.max(1, Math.round([192, 128, 104][L - 1] / H)));
  const band = unit * H;
  const name = areWords ? 48 : 13;
  const percent = pitch >= 88 && !areWords ? 34 : 0;
  let y = 8;
  const take = (height: number, gap = 0): number => {
    const top = y;
    y += height + gap;
    return top;
  };
  const lossTop = take(lossHeight, 10);
  const barsTop = take((candidates + 1) * barHeight + 4, 2);
  const vTop = take(armHeight, 6);
  const bandTops: number[] = [];
  const normTops: number[] = [];
  const uTops: number[] = [];
  for (let l = L - 1; l >= 0; l--) {
    bandTops[l] = take(band, 4);
    normTops[l] = take(mode === 'forward' ? 0 : normHeight, 2);
    uTops[l] = take(armHeight, l > 0 ? 6 : 0);
  }
  const xTop = take(tokenHeight, 4);
  const timeTop = take(20, 4);
  const columns = copies + (hasStart ? 1 : 0);
  const widthOf = (count: number): number => count * strip + (count - 1) * stripGap + 8;
  return {
    ...plan,
    strips,
    pitch,
    strip,
    box: widthOf(n),
    startBox: widthOf(mode === 'both' ? n - 1 : n),
    left,
    hasStart,
    unit,
    band,
    lossTop,
    barsTop,
    vTop,
    bandTops,
    normTops,
    uTops,
    xTop,
    timeTop,
    width: left + gap + columns * pitch + right,
    height: y,
    name,
    percent,
  };
}

/** Whether the numbers stand in the strips. */
export const isWritten = ({ units, strip, unit }: Layout): boolean =>
  units <= maxWrittenUnits && strip >= 30 && unit >= 13;

/** Where a column begins; 0 is that of h(0). */
export const columnX = ({ left, pitch, hasStart }: Layout, column: number): number =>
  column === 0 ? left : left + (hasStart ? pitch + edgeGap : 0) + (column - 1) * pitch;

export const middleX = (layout: Layout, column: number): number => columnX(layout, column) + layout.pitch / 2;

/** Where a strip begins in its column. */
export const stripX = ({ pitch, box, startBox, strip }: Layout, place: number, isStart = false): number =>
  (pitch - (isStart ? startBox : box)) / 2 + 4 + place * (strip + stripGap);

/** Radius of the loop of a cell that is not all unrolled. */
export const loopSize = ({ copies }: Layout): number => (copies === 1 ? 52 : 34);

/** The height at which the state goes to the right, and that at which the gradient comes back. */
export const wY = (layout: Layout, layer: number, isBackward = false): number =>
  layout.bandTops[layer] +
  layout.band * (layout.mode === 'forward' || layout.mode === 'backward' ? 0.5 : isBackward ? 0.7 : 0.3);

/** A row of the grid: L, the candidates and the target, the units of each layer from above, x. */
export type Row =
  | { readonly kind: 'loss' }
  | { readonly kind: 'x' }
  | { readonly kind: 'y'; readonly place: number }
  | { readonly kind: 'unit'; readonly layer: number; readonly unit: number };

const firstUnit = candidates + 2;
export const rowCount = ({ layers, units }: Plan): number => firstUnit + layers * units + 1;
export const rowOfUnit = ({ layers, units }: Plan, layer: number, unit: number): number =>
  firstUnit + (layers - 1 - layer) * units + unit;

export function rowAt(plan: Plan, row: number): Row {
  if (row <= 0) return { kind: 'loss' };
  if (row < firstUnit) return { kind: 'y', place: row - 1 };
  const place = row - firstUnit;
  const { layers, units } = plan;
  if (place >= layers * units) return { kind: 'x' };
  return { kind: 'unit', layer: layers - 1 - Math.floor(place / units), unit: place % units };
}

/** Rows at which something else begins, from above: where Page Up and Page Down go. */
export const landmarks = (plan: Plan): number[] => [
  0,
  1,
  ...Array.from({ length: plan.layers }, (_, i) => firstUnit + i * plan.units),
  rowCount(plan) - 1,
];

export const barTop = ({ barsTop }: Layout, place: number): number =>
  barsTop + place * barHeight + (place === candidates ? 4 : 0);

/** The cell of a row in a column. */
export function rectOf(layout: Layout, row: Row, column: number): Rect {
  const x = columnX(layout, column);
  const { pitch, startBox } = layout;
  const box = column === 0 ? startBox : layout.box;
  const whole = { x: x + 3, width: pitch - 6 };
  if (row.kind === 'loss') return { ...whole, y: layout.lossTop, height: lossHeight };
  if (row.kind === 'y') return { ...whole, y: barTop(layout, row.place), height: barHeight };
  if (row.kind === 'x') return { ...whole, y: layout.xTop, height: tokenHeight };
  return {
    x: x + (pitch - box) / 2 + 4,
    width: box - 8,
    y: layout.bandTops[row.layer] + row.unit * layout.unit,
    height: layout.unit,
  };
}

/** What is at a place of the picture: a cell with its strip, an arrow's part, or nothing. */
export function hit(
  layout: Layout,
  x: number,
  y: number,
): { readonly column: number; readonly row: number; readonly strip: StripName } | Part | null {
  const { pitch, hasStart, copies, box, strips, strip, units, layers } = layout;
  const column = x < columnX(layout, 1) ? 0 : 1 + Math.floor((x - columnX(layout, 1)) / pitch);
  const inside = x - columnX(layout, column);
  const layer = layout.bandTops.findIndex((top) => y >= top && y < top + layout.band);
  if (layer >= 0) {
    const isOnStrips = Math.abs(inside - pitch / 2) <= box / 2 && column >= (hasStart ? 0 : 1) && column <= copies;
    if (!isOnStrips) return { letter: 'W', layer };
    const place = Math.floor((inside - stripX(layout, 0, column === 0)) / (strip + stripGap));
    const unit = Math.floor((y - layout.bandTops[layer]) / layout.unit);
    const name = strips[Math.min(strips.length - 1, Math.max(0, place))];
    return { column, row: rowOfUnit(layout, layer, Math.min(units - 1, unit)), strip: name };
  }
  if (column < 1 || column > copies) return null;
  if (y >= layout.vTop && y < layout.vTop + armHeight) return { letter: 'V', layer: layers - 1 };
  const under = layout.uTops.findIndex((top) => y >= top && y < top + armHeight);
  if (under >= 0) return { letter: 'U', layer: under };
  if (y >= layout.lossTop && y < layout.lossTop + lossHeight) return { column, row: 0, strip: 'h' };
  if (y >= layout.xTop && y < layout.xTop + tokenHeight) return { column, row: rowCount(layout) - 1, strip: 'h' };
  for (let place = 0; place <= candidates; place++)
    if (y >= barTop(layout, place) && y < barTop(layout, place) + barHeight)
      return { column, row: 1 + place, strip: 'h' };
  return null;
}
