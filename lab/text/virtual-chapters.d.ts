// What build/plugin.ts serves.

declare module 'virtual:chapters-*' {
  import type { Chapter, GlossaryEntry } from './chapters.ts';
  export const chapters: readonly Chapter[];
  export const glossary: readonly GlossaryEntry[];
}

declare module 'virtual:formulas' {
  /** MathML by LaTeX. */
  export const formulas: Readonly<Record<string, string>>;
}
