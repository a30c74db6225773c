// The run whose model `unrolled lab DIR` serves, as its folder recorded it: the curves, what it wrote while it learned, and the settings that the page has
// too. The page shows them up to the step of the model, and goes on from there.

import { isValid, type SettingName, type Settings } from '../settings.ts';
import { strings } from '../strings.ts';
import type { Sample } from './frame.ts';
import { History } from './history.ts';
import { fetchWithToken } from './token.ts';

/** What the server sends (src/cli/lab-run.ts). */
interface RunFile {
  readonly step: number;
  /** The data in words. */
  readonly data: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Update, loss, smoothed loss, gradient norm, learning rate. */
  readonly points: readonly (readonly number[])[];
  /** Update and held-out loss. */
  readonly looks: readonly (readonly [number, number])[];
  readonly samples: readonly { readonly update: number; readonly text: string }[];
}

/** At most so many samples are shown. */
const maxSamples = 5;

export class ServedRun {
  private readonly file: RunFile;

  constructor(file: RunFile) {
    this.file = file;
  }

  /** The settings of the page with those of the run, as far as the page has them. */
  settings(before: Settings): Settings {
    const theirs = Object.entries(this.file.settings).filter(([name, value]) => isValid(name as SettingName, value));
    return { ...before, ...Object.fromEntries(theirs) };
  }

  history(): History {
    const history = new History();
    for (const [step, loss, smoothed, norm, rate] of this.file.points)
      history.points.push({ step, loss, smoothed, norm, rate, clipped: false, ratio: Number.NaN });
    history.last = history.points.at(-1) ?? null;
    for (const [step, loss] of this.file.looks) history.addHeldOut(step, loss);
    return history;
  }

  /** The samples before the step of the model, as ids; tokens that the page cannot find are left out. */
  samples(vocabulary: readonly string[], level: Settings['level']): Sample[] {
    const ids = new Map(vocabulary.map((token, id) => [token, id]));
    const before = this.file.samples.filter(({ update }) => update < this.file.step).slice(-maxSamples);
    return before.map(({ update, text }) => {
      const tokens = level === 'word' ? text.split(/\s+/) : [...text];
      const found = Int32Array.from(tokens.flatMap((token) => ids.get(token) ?? []));
      return { step: update, ids: found, surprisals: new Float32Array(found.length) };
    });
  }

  get remark(): string {
    const { step, data } = this.file;
    return strings.files.servedRun(data, step);
  }
}

/** The run beside the model. */
export async function servedRun(): Promise<ServedRun> {
  const response = await fetchWithToken('./run.json');
  if (!response.ok) throw new Error(String(response.status));
  return new ServedRun(await response.json());
}
