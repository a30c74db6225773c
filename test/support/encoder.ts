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
  readonly task: 'classify' | 'label' | 'forecast';
  readonly labels: readonly string[];
  readonly features: { readonly planes: readonly { readonly symbols: readonly string[] }[] };
  readonly encoding: {
    readonly steps: 'characters' | 'words' | 'tokens';
    readonly pattern?: string;
    readonly planes: readonly Plane[];
  };
  readonly inputs: readonly { readonly column: string; readonly mean: number; readonly std: number }[];
  readonly target: { readonly column: string; readonly mean: number; readonly std: number };
  readonly horizon: number;
  readonly window: number;
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

/** The rows of a table as the network reads them, [rows][D]. */
export function numbersOf({ inputs }: TaskJson, rows: readonly Readonly<Record<string, number>>[]): number[][] {
  return rows.map((row) => inputs.map(({ column, mean, std }) => Math.fround((row[column] - mean) / std)));
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
