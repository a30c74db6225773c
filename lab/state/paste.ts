// A pasted text that is too long for the editor becomes the visitor's own text without it.

import { useOwnText } from './actions.ts';
import * as store from './store.ts';

export async function takePasted(pasted: string): Promise<void> {
  try {
    const { readPasted } = await import('../files/text.ts');
    const { text, remarks } = readPasted(pasted);
    store.remarks.value = remarks;
    useOwnText(text);
  } catch (error) {
    store.problem.value = error instanceof Error ? error.message : String(error);
  }
}
