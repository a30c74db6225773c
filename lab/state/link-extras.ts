// What a link says beside the settings and the cursor. It stands apart from the reading and writing of links, which is loaded when there is one.

import type { Language } from '../language.ts';
import type { ToyName } from '../settings.ts';
import type { Cursor } from './cursor.ts';

/** What a link says beside the settings and the cursor. */
export interface LinkExtras {
  readonly scale: 'abs' | 'row' | 'signed';
  /** The operation of the debugger, by its name: `da`. */
  readonly operation: string | null;
  /** Hash of the weights after step n. */
  readonly weights: string | null;
  /** Names of parts of the page that are not shown, with commas between them. */
  readonly hide: string;
  /** The chapters of the explanation that are shown, by their ids with commas between them; all of them where it is empty. */
  readonly chapters: string;
  /** Settings that cannot be changed, for teaching: their names with commas between them, or 1 for all of text, model and training. */
  readonly lock: string;
  /** The title of an exercise, and its tasks, one in each line (ui/guide/tasks.ts). */
  readonly title: string;
  readonly tasks: string;
  /** Chapter of the tour, from 1. */
  readonly tour: number | null;
  /** An entry of the gallery, or all of it. */
  readonly gallery: ToyName | 'all' | null;
  /** The one view that is shown, in a frame of another page. */
  readonly embed: Cursor['view'] | null;
  /** `model`: the model.safetensors beside the page, as `unrolled lab DIR` serves it; `run`: with the run that it is of, run.json. */
  readonly open: 'model' | 'run' | null;
  /** What the view Compare sets against each other: the setting, its values and the budget, such as `cell:rnn,gru:1000u`. */
  readonly versus: string | null;
  /** The language of the page, where the link says it. */
  readonly lang: Language | null;
  /** The name of the model of the page that the run begins with. */
  readonly shipped: string | null;
}

export const noExtras: LinkExtras = {
  scale: 'abs',
  operation: null,
  weights: null,
  hide: '',
  chapters: '',
  lock: '',
  title: '',
  tasks: '',
  tour: null,
  gallery: null,
  embed: null,
  open: null,
  versus: null,
  lang: null,
  shipped: null,
};
