// What build/plugin.ts serves.

declare module 'virtual:chapters' {
  import type { Chapter, GlossaryEntry } from './chapters.ts';
  export const chapters: readonly Chapter[];
  export const glossary: readonly GlossaryEntry[];
}
