// Files that are dropped anywhere on the page.

import { openFiles } from './open-and-save.ts';

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
    openFiles([...(event.dataTransfer?.files ?? [])]);
  });
}
