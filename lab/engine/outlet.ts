// How replies leave the engine.

import { UnrolledError } from '../../src/index.ts';
import type { Reply, Request } from '../protocol.ts';

export interface Outlet {
  now(): number;
  post(reply: Reply, transfer?: Transferable[]): void;
  /** Replies that a request failed. */
  refuse(id: number, to: Request['type'], error: unknown): void;
}

/** What the library refuses is its sentence; the rest stopped the engine. */
export function sentenceOf(error: unknown): string {
  if (error instanceof UnrolledError) return error.message;
  return `the engine stopped: ${error instanceof Error ? error.message : String(error)}`;
}

/** The buffers of all arrays in a reply. They were made for it alone, so they go along instead of copies. */
export function buffersOf(reply: object): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const search = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
    else if (value && typeof value === 'object') Object.values(value).forEach(search);
  };
  search(reply);
  return [...found];
}
