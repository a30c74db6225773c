// Files that a visitor gives as a model, and the sentence with which they are refused.

import { expect } from 'vitest';
import { type FileBytes, openModel } from '../../lab/files/model.ts';
import { UnrolledError } from '../../src/index.ts';

export const file = (name: string, bytes: Uint8Array | string): FileBytes => ({
  name,
  bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes,
});

/** The one sentence with which `openModel` refuses files. */
export function refusal(files: readonly FileBytes[]): string {
  try {
    openModel(files);
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    expect((error as Error).message).not.toMatch(/\n|undefined|\[object/);
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
}
