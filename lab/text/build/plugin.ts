// The Vite plugin that serves the modules `virtual:chapters` (read it through lab/text/chapters.ts) and `virtual:formulas` (lab/explain/formula.ts): they
// are put together when they are loaded, in `vite`, in `vite build` and in vitest alike, and the text again when one of its files changes. Nothing
// generated lies on the disk.

import type { Plugin } from 'vite';
import { assemble, files } from './assemble.ts';
import { formulas } from './formulas.ts';

const chaptersName = 'virtual:chapters';
const formulasName = 'virtual:formulas';

export function chaptersPlugin(): Plugin {
  return {
    name: 'unrolled:chapters',
    resolveId: (id) => (id === chaptersName || id === formulasName ? `\0${id}` : undefined),
    load(id) {
      if (id === `\0${formulasName}`) return `export const formulas = ${JSON.stringify(formulas())};\n`;
      if (id !== `\0${chaptersName}`) return undefined;
      for (const file of files()) this.addWatchFile(file);
      const { chapters, glossary } = assemble();
      return `export const chapters = ${JSON.stringify(chapters)};\nexport const glossary = ${JSON.stringify(glossary)};\n`;
    },
  };
}
