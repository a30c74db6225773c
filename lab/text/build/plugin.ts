// The Vite plugin that serves the module `virtual:chapters` (read it through lab/text/chapters.ts): the text is put together when the module is
// loaded, in `vite`, in `vite build` and in vitest alike, and again when one of its files changes. Nothing generated lies on the disk.

import type { Plugin } from 'vite';
import { assemble, files } from './assemble.ts';

const name = 'virtual:chapters';

export function chaptersPlugin(): Plugin {
  return {
    name: 'unrolled:chapters',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      for (const file of files()) this.addWatchFile(file);
      const { chapters, glossary } = assemble();
      return `export const chapters = ${JSON.stringify(chapters)};\nexport const glossary = ${JSON.stringify(glossary)};\n`;
    },
  };
}
