// Copies a text that somebody made here, and says so.

import { tell } from '../../state/news.ts';
import { guideStrings } from './strings.ts';

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(guideStrings.copied);
  } catch {
    tell(guideStrings.notCopied);
  }
}
