// The Vite plugin that serves the modules `virtual:chapters-en`, `-de` and so on (read them through lab/text/chapters.ts) and `virtual:formulas`
// (lab/explain/formula.ts): they are put together when they are loaded, in `vite`, in `vite build` and in vitest alike, and the text again when one of
// its files changes. Nothing generated lies on the disk.

import type { Plugin } from 'vite';
import { assemble, files } from './assemble.ts';
import { formulas } from './formulas.ts';
import { textLanguages } from './words.ts';

const formulasName = 'virtual:formulas';

const languageOf = (id: string) => textLanguages.find((language) => id === `virtual:chapters-${language}`);

export function chaptersPlugin(): Plugin {
  return {
    name: 'unrolled:chapters',
    resolveId: (id) => (id === formulasName || languageOf(id) ? `\0${id}` : undefined),
    load(id) {
      if (id === `\0${formulasName}`) return `export const formulas = ${JSON.stringify(formulas())};\n`;
      const language = id.startsWith('\0') ? languageOf(id.slice(1)) : undefined;
      if (!language) return undefined;
      for (const file of files(language)) this.addWatchFile(file);
      const { chapters, glossary } = assemble(language);
      return `export const chapters = ${JSON.stringify(chapters)};\nexport const glossary = ${JSON.stringify(glossary)};\n`;
    },
  };
}
