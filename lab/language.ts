// The languages of the page. English stands in the code: each file strings.ts makes a catalogue of its words, whose type says what every other language has
// to have. The words of another language stand beside it, strings.de.ts, and are loaded only when somebody chooses that language: then they are written over
// the words of the catalogue, in place, so that whoever holds the catalogue or a part of it has them too. Only what reads a single text while its module is
// loaded would keep the English one.

import { type NumberStyle, writeNumbersAs } from './format.ts';

interface LanguageEntry {
  /** What it calls itself. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  /** Whether all its words are there; only then is it offered. */
  readonly isComplete: boolean;
  readonly numbers: NumberStyle;
}

/** Every language that the page can have. */
export const languages = {
  en: {
    name: 'English',
    direction: 'ltr',
    isComplete: true,
    numbers: { decimal: '.', group: ',', groupFrom: 4, notNumber: 'not a number' },
  },
  de: {
    name: 'Deutsch',
    direction: 'ltr',
    isComplete: true,
    numbers: { decimal: ',', group: '.', groupFrom: 4, notNumber: 'keine Zahl' },
  },
  // the Royal Academy's rule: thin spaces, from five digits on
  es: {
    name: 'Español',
    direction: 'ltr',
    isComplete: true,
    numbers: { decimal: ',', group: '\u202f', groupFrom: 5, notNumber: 'no es un número' },
  },
} as const satisfies Record<string, LanguageEntry>;

export type Language = keyof typeof languages;
export const languageNames = Object.keys(languages) as Language[];
export const isLanguage = (name: unknown): name is Language => languageNames.some((each) => each === name);

/** The same words in any language: a text for a text, a function with the same parameters for a function. */
export type Words<T> = T extends string
  ? string
  : T extends (...given: infer Given) => infer Result
    ? (...given: Given) => Words<Result>
    : T extends object
      ? { readonly [Key in keyof T]: Words<T[Key]> }
      : T;

type Tree = Record<string, unknown>;

/** The languages that have all their words (test/lab/language.test.ts). */
export const offered: readonly Language[] = languageNames.filter((name) => languages[name].isComplete);

/** The catalogues that are loaded, by their folders, and the English of each. */
const catalogues = new Map<string, Tree>();
const english = new Map<string, Tree>();
const pending = new Set<Promise<void>>();
let current: Language = 'en';

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

function write(words: Tree, source: Tree): void {
  for (const [key, value] of Object.entries(source)) {
    const there = words[key];
    if (isTree(there) && isTree(value)) write(there, value);
    else words[key] = value;
  }
}

function copyOf(words: Tree): Tree {
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, isTree(value) ? copyOf(value) : value]));
}

async function wordsOf(folder: string, language: Language): Promise<Tree> {
  if (language === 'en') return english.get(folder)!;
  const { fileOf } = await import('./words.ts');
  const load = fileOf(folder, language);
  return load ? ((await load()).words as Tree) : english.get(folder)!;
}

/**
 * The words of a folder of lab/, in the language of the page: those of `words` until others are loaded (`wordsAreThere`).
 * @param folder where the file stands, from lab/: `views/train`; '' for lab/ itself
 */
export function catalogue<const T extends object>(folder: string, words: T): Words<T> {
  const tree = words as unknown as Tree;
  catalogues.set(folder, tree);
  english.set(folder, copyOf(tree));
  if (current !== 'en') {
    const wanted = current;
    const loading = wordsOf(folder, wanted).then((others) => {
      if (current === wanted) write(tree, others);
    });
    pending.add(loading);
    loading.finally(() => pending.delete(loading)).catch(() => {}); // `wordsAreThere` tells
  }
  return words as Words<T>;
}

/** Waits for the words of what was just loaded: whoever loads a part of the page later does, before it is shown. */
export async function wordsAreThere(): Promise<void> {
  await Promise.all(pending);
}

/** A part of the page that is loaded when it is needed, together with its words. */
export async function withWords<Part>(part: Promise<Part>): Promise<Part> {
  const loaded = await part;
  await wordsAreThere();
  return loaded;
}

/** The language that the words are in. */
export const currentLanguage = (): Language => current;

/** Loads a language, and writes its words over those that there are, all at once. Rejects where it cannot be loaded; then nothing has changed. */
export async function speak(language: Language): Promise<void> {
  const loaded = new Map<string, Tree>();
  const missing = (): string[] => [...catalogues.keys()].filter((folder) => !loaded.has(folder));
  while (missing().length > 0)
    await Promise.all(missing().map(async (folder) => void loaded.set(folder, await wordsOf(folder, language))));
  current = language;
  for (const [folder, words] of loaded) write(catalogues.get(folder)!, words);
  writeNumbersAs(languages[language].numbers);
}

/** The first of some languages that is offered, `de-AT` standing for `de`; English where none is. */
export function bestOf(wanted: readonly (string | null | undefined)[]): Language {
  for (const each of wanted) {
    const name = each?.toLowerCase().split('-')[0];
    const found = offered.find((language) => language === name);
    if (found) return found;
  }
  return 'en';
}
