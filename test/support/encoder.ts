// Texts, tokens and rows as ids and numbers, by what an ONNX file or a task.json says, as docs/formats.md tells it. It is written from there alone and
// shares no code with the library, so it stands for the encoder that somebody else writes.

interface Plane {
  readonly unknown: number;
  readonly lowercase?: true;
  readonly suffix?: number;
  readonly prefix?: number;
  readonly mark?: string;
  readonly shape?: {
    readonly classes: Readonly<Record<string, readonly string[]>>;
    readonly other: string;
    readonly joined: readonly string[];
    readonly longest: number;
    readonly lengths: readonly number[];
    readonly longer: string;
  };
}

/** What the key `task` of an ONNX file holds. */
export interface TaskJson {
  readonly task: 'classify' | 'label' | 'forecast' | 'series';
  readonly labels: readonly string[];
  readonly features: { readonly planes: readonly { readonly symbols: readonly string[] }[] };
  readonly encoding: {
    readonly steps: 'characters' | 'words' | 'tokens';
    readonly pattern?: string;
    readonly planes: readonly Plane[];
  };
  readonly inputs: readonly (Moments & {
    readonly column: string;
    readonly change?: number;
    readonly log?: true;
    readonly ahead?: number;
  })[];
  readonly target: Moments & { readonly column: string; readonly change?: number; readonly log?: true };
  readonly horizon: number;
  readonly from?: number;
  readonly window: number;
  readonly quantiles?: readonly number[];
  readonly calibration?: readonly (readonly number[])[];
  readonly group?: string;
  readonly series?: readonly { readonly name: string; readonly inputs: readonly Moments[]; readonly target: Moments }[];
}

interface Moments {
  readonly mean: number;
  readonly std: number;
}

/** A row of a table; null is a blank cell. */
export type TableRow = Readonly<Record<string, string | number | null>>;

export interface Forecast {
  readonly series?: string;
  readonly row: number;
  readonly forecast: number;
  readonly actual: number | null;
  readonly quantiles?: readonly number[];
}

/** The ids of a text, or of tokens, plane after plane. */
export function idsOf({ features, encoding }: TaskJson, input: string | readonly string[]): number[][] {
  const { steps, pattern, planes } = encoding;
  const cut =
    steps === 'tokens'
      ? (input as readonly string[])
      : steps === 'characters'
        ? [...(input as string)]
        : ((input as string).match(new RegExp(pattern!, 'gu')) ?? []);
  return planes.map((plane, k) =>
    cut.map((step) => {
      const at = features.planes[k].symbols.indexOf(symbolOf(step, plane));
      return at < 0 ? plane.unknown : plane.unknown + 1 + at;
    }),
  );
}

function symbolOf(word: string, { lowercase, suffix, prefix, mark, shape }: Plane): string {
  if (shape) {
    const isOf = (character: string, categories: readonly string[]) =>
      categories.some((name) => new RegExp(`\\p{${name}}`, 'u').test(character));
    const letters: string[] = [];
    for (const character of word) {
      if (letters.length > 0 && isOf(character, shape.joined)) continue;
      const found = Object.entries(shape.classes).find(([, categories]) => isOf(character, categories));
      const letter = found ? found[0] : shape.other;
      if (letters.at(-1) !== letter) letters.push(letter);
    }
    const length = [...word].length;
    const size = shape.lengths.find((longest) => length <= longest) ?? shape.longer;
    return `${letters.slice(0, shape.longest).join('')} ${size}`;
  }
  const characters = [...(lowercase ? word.toLowerCase() : word)];
  const text = characters.join('');
  if (suffix !== undefined) return characters.length > suffix ? characters.slice(-suffix).join('') : mark + text;
  if (prefix !== undefined) return characters.length > prefix ? characters.slice(0, prefix).join('') : text + mark;
  return text;
}

/** The rows of each series, in the order in which the table names them. */
export function seriesOf({ group }: TaskJson, rows: readonly TableRow[]): { name?: string; rows: TableRow[] }[] {
  if (group === undefined) return [{ rows: [...rows] }];
  const names = [...new Set(rows.map((row) => String(row[group]).trim()))];
  return names.map((name) => ({ name, rows: rows.filter((row) => String(row[group]).trim() === name) }));
}

/** The rows of a series that has a class as the network reads them, [steps][D]. */
export const vectorsOf = ({ inputs }: TaskJson, rows: readonly TableRow[]): number[][] =>
  rows.map((row) => inputs.map(({ column, mean, std }) => Math.fround(((row[column] as number) - mean) / std)));

/** How many rows of a series there are up to the last whose target is known. */
const knownOf = ({ target }: TaskJson, rows: readonly TableRow[]): number =>
  rows.findLastIndex((row) => row[target.column] !== null) + 1;

/** The rows of a series as the network reads them, [steps][D]. */
export function numbersOf(json: TaskJson, rows: readonly TableRow[], name?: string): number[][] {
  const { inputs, series } = json;
  const moments = series?.find((one) => one.name === name)?.inputs ?? inputs;
  const furthest = Math.max(...inputs.map(({ ahead = 0 }) => ahead));
  return Array.from({ length: Math.min(knownOf(json, rows), rows.length - furthest) }, (_, t) =>
    inputs.map(({ column, change, log, ahead = 0 }, d) => {
      const { mean, std } = moments[d];
      const value = (at: number) => (log ? Math.log(rows[at][column] as number) : (rows[at][column] as number));
      if (change === undefined) return Math.fround((value(t + ahead) - mean) / std);
      return t < change ? 0 : Math.fround((value(t) - value(t - change) - mean) / std);
    }),
  );
}

/** What the outputs after the rows of a series say. */
export function forecastsOf(
  json: TaskJson,
  rows: readonly TableRow[],
  outputs: readonly (readonly number[])[],
  name?: string,
): Forecast[] {
  const { target, horizon, from, quantiles, series, calibration } = json;
  const { mean, std } = series?.find((one) => one.name === name)?.target ?? target;
  const width = quantiles?.length ?? 1;
  const known = knownOf(json, rows);
  const value = (at: number) => (at < known ? (rows[at][target.column] as number) : null);
  const nearest = Math.min(...(quantiles ?? [0.5]).map((q) => Math.abs(q - 0.5)));
  const center = (quantiles ?? [0.5]).findIndex((q) => Math.abs(q - 0.5) === nearest);
  const steps = from === undefined ? outputs.map((_, t) => t) : [outputs.length - 1];
  return steps.flatMap((t) =>
    Array.from({ length: horizon - (from ?? horizon) + 1 }, (_, i) => {
      const k = (from ?? horizon) + i;
      const base = (): number => {
        if (target.change === undefined) return 0;
        const at = t + k - target.change * Math.ceil(k / target.change);
        if (target.log) return at < 0 ? Math.log(value(t)!) - mean : Math.log(value(at)!);
        return at < 0 ? value(t)! - mean : value(at)!;
      };
      const ascending = (a: number, b: number) => a - b;
      const own = outputs[t].slice(i * width, (i + 1) * width).sort(ascending);
      const moved = own.map((o, q) => o + (calibration?.[i][q] ?? 0)).sort(ascending);
      const numbers = moved.map((o) => o * std + mean + base()).map((one) => (target.log ? Math.exp(one) : one));
      return {
        ...(name !== undefined && { series: name }),
        ...{ row: t + k + 1, forecast: numbers[center], actual: value(t + k) },
        ...(quantiles && { quantiles: numbers }),
      };
    }),
  );
}

/** The windows in which rows are read: from which row, from which row on the outputs count, and to which row. */
export function windowsOf({ window }: TaskJson, rows: number): { begin: number; counted: number; end: number }[] {
  const windows = [];
  const back = window - Math.ceil(window / 2);
  for (let counted = 0; counted < rows; ) {
    const begin = Math.max(0, counted - back);
    const end = Math.min(rows, begin + window);
    windows.push({ begin, counted, end });
    counted = end;
  }
  return windows;
}
