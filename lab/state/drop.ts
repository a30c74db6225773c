// A file, dropped anywhere on the page or picked, becomes the visitor's own text. What cannot be read is said in one sentence, and nothing is lost.

import { useOwnText } from './actions.ts';
import { tell } from './news.ts';
import * as store from './store.ts';

export async function readFile(file: File): Promise<void> {
  try {
    const { readTextFile } = await import('../files/text.ts');
    const { text, remarks } = await readTextFile(file);
    store.remarks.value = remarks;
    useOwnText(text);
    tell(file.name);
  } catch (error) {
    store.problem.value = error instanceof Error ? error.message : String(error);
  }
}

/** Files that are dropped anywhere. */
export function listenToDrops(): void {
  const over = (event: DragEvent, isOver: boolean): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    document.documentElement.toggleAttribute('data-dropping', isOver);
  };
  document.addEventListener('dragover', (event) => over(event, true));
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) over(event, false);
  });
  document.addEventListener('drop', (event) => {
    over(event, false);
    const file = event.dataTransfer?.files[0];
    if (file) void readFile(file);
  });
}
