// The trained models that ship with the page as starting points: which there are, where each lies, the text that it reads here, and what its card says. The
// files are those of models/, lightened when the page is built (../scripts/light-models.ts), and fetched only when somebody wants one.

import cards from '../models/models.json' with { type: 'json' };
import type { Settings } from './settings.ts';

/** What the card of a model says. */
export type Card = (typeof cards)[number];

export interface ShippedModel {
  readonly name: string;
  readonly address: string;
  /** The text that it reads on the page. */
  readonly text: Exclude<Settings['text'], 'own'>;
  /** Whether that is the text that it learned from; else it can be read here, not trained further. */
  readonly isItsText: boolean;
  /** What it is given to begin with. */
  readonly prompt: string;
  /** The seed of the first text that it writes; each other text has the next. */
  readonly seed: number;
  readonly card: Card;
}

const card = (name: string): Card => cards.find((each) => each.name === name)!;

export const shippedModels: readonly ShippedModel[] = [
  {
    name: 'shakespeare',
    address: new URL('../models/shakespeare/model.safetensors', import.meta.url).href,
    text: 'scene',
    isItsText: false,
    prompt: 'ROMEO:\n',
    seed: 1,
    card: card('shakespeare'),
  },
  {
    name: 'story',
    address: new URL('../models/story/model.safetensors', import.meta.url).href,
    text: 'tale',
    isItsText: true,
    prompt: 'Ida ',
    seed: 2,
    card: card('story'),
  },
];

export const shippedModel = (name: string | undefined): ShippedModel | undefined =>
  shippedModels.find((each) => each.name === name);

/** How a model of the page writes, and is trained further on the text that it comes with: gently, since it has learned already. */
export const settingsWith = ({ text }: ShippedModel): Partial<Settings> => ({ text, lr: 0.001, temperature: 0.6 });
