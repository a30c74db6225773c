// The explanation, chapter by chapter, as HTML with MathML: made from the Markdown beside this file by the Vite plugin `chaptersPlugin` of
// build/plugin.ts, which every Vite configuration that meets this module must have among its plugins. Each language is a file of its own, loaded when it
// is asked for. The HTML has no heading of its own (show `title` as an <h2>; headings inside are <h3>) and no styles or scripts. In it:
//   [data-view]            a block that speaks of another view than the chapter's
//   output[data-live]      a live number: slots.ts says which
//   a.term[data-term]      a word of the glossary, by its id; the page takes the click, so that the address keeps its state
//   .equation[data-plain]  an equation, plain; #eq-10.8 by its number. Some are wider than a phone, as tables (in a .scroll) are: let both scroll
//   .try                   a task, with the answer in its <details>

/// <reference path="./virtual-chapters.d.ts" />

export interface Chapter {
  readonly id: string;
  readonly title: string;
  /** The view that it speaks of, by the name of its folder. */
  readonly view: string;
  readonly html: string;
}

export interface GlossaryEntry {
  readonly id: string;
  readonly term: string;
  readonly html: string;
}

export interface Explanation {
  readonly chapters: readonly Chapter[];
  readonly glossary: readonly GlossaryEntry[];
}

/** Loads the explanation in a language. */
export const loadExplanation = {
  en: () => import('virtual:chapters-en'),
  de: () => import('virtual:chapters-de'),
  es: () => import('virtual:chapters-es'),
} as const satisfies Readonly<Record<string, () => Promise<Explanation>>>;
