// A file, dropped anywhere on the page or picked, becomes the visitor's own text. What cannot be read is said in one sentence, and nothing is lost.

import { formatCount } from '../draw/format.ts';
import { strings } from '../strings.ts';
import { useOwnText } from './actions.ts';
import * as store from './store.ts';

const mostBytes = 5 * 2 ** 20;

export async function readFile(file: File): Promise<void> {
  if (file.size > mostBytes) {
    store.problem.value = strings.data.tooLarge(`${formatCount(file.size)} bytes`);
    return;
  }
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    useOwnText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    store.problem.value = strings.data.notText(file.name);
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
