// What a reply to the page is made of: its buffers, and an error as a sentence.

import { UnrolledError } from '../../src/index.ts';

/** The buffers of all arrays in a reply, which are made for it alone: they go along instead of copies. */
export function buffersOf(reply: object): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const search = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
    else if (value && typeof value === 'object') Object.values(value).forEach(search);
  };
  search(reply);
  return [...found];
}

export function sentenceOf(error: unknown): string {
  if (error instanceof UnrolledError) return error.message;
  return `the engine stopped: ${error instanceof Error ? error.message : String(error)}`;
}
