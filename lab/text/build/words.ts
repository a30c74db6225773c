// The languages of the chapters, and what the build says in each by itself. The English chapters lie in lab/text, those of another language in a folder of
// its name.

import { german } from './words/de.ts';
import { english } from './words/en.ts';
import { spanish } from './words/es.ts';
import type { Words } from './words/form.ts';

export type { Words } from './words/form.ts';

export const wordsOf = { en: english, de: german, es: spanish } as const satisfies Readonly<Record<string, Words>>;

/** A language that the chapters are written in. */
export type TextLanguage = keyof typeof wordsOf;

export const textLanguages = Object.keys(wordsOf) as readonly TextLanguage[];
