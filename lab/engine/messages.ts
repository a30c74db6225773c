// What replies to the page are made of: a run, the buffers that go along, an error as a sentence.

import { UnrolledError } from '../../src/index.ts';
import type { Opening, Reply } from '../protocol.ts';
import type { Laboratory } from './laboratory.ts';

/** Of a run that is there now. */
export function readyOf(id: number, { info, run, text, beginning }: Laboratory, opened?: Opening): Reply {
  const begun = { info, step: run.step, text, beginning: beginning ?? null };
  return { type: 'ready', id, ...begun, ...(opened && { opened }) };
}

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
