// What files that a visitor dropped or picked contain: a text to learn, a model, or a session of the lab. Their contents decide before their names do. No
// file is read beyond what its kind may hold, and nothing on the page changes until all of it was understood.

import { readSafetensors } from '../../src/core.ts';
import { UnrolledError } from '../../src/index.ts';

import { type FileBytes, listed, maxModelBytes, type OpenedModel, openModel } from './model.ts';
import { decodeSession, type Session } from './session.ts';
import { readBytes, readTextFile, type TextChoices, type TextContent } from './text.ts';

/** As a page gets it: a `File`. */
export type NamedBlob = Blob & { readonly name: string };

export type DroppedFiles =
  | { readonly kind: 'text'; readonly name: string; readonly text: TextContent }
  | { readonly kind: 'model'; readonly opened: OpenedModel }
  | { readonly kind: 'session'; readonly name: string; readonly session: Session };

/**
 * Opens what was dropped.
 * @throws UnrolledError, one sentence
 */
export async function openDropped(files: readonly NamedBlob[], choices?: TextChoices): Promise<DroppedFiles> {
  if (files.length === 0) throw new UnrolledError('drop: expected a text, a model or a session, got no file');
  if (files.length > 20)
    throw new UnrolledError(`drop: expected a few files, got ${files.length}; drop one text or one model`);
  const weights: NamedBlob[] = [];
  for (const file of files) if (await isSafetensors(file)) weights.push(file);
  if (weights.length === 0) {
    if (files.length > 1)
      throw new UnrolledError(`drop: expected one text at a time, got ${listed(files.map(({ name }) => name))}`);
    const [{ name }] = files;
    return { kind: 'text', name, text: await readTextFile(files[0], choices) };
  }
  const tooLarge = files.find(({ size }) => size > maxModelBytes);
  if (tooLarge)
    throw new UnrolledError(
      `${tooLarge.name}: expected a model of at most ${maxModelBytes / 2 ** 20} MB, got ${Math.round(tooLarge.size / 2 ** 20)} MB`,
    );
  const given: FileBytes[] = [];
  for (const file of files) given.push({ name: nameOf(file, weights), bytes: await readBytes(file, maxModelBytes) });
  const [first] = given.filter((_, i) => files[i] === weights[0]);
  if (weights.length === 1 && isCheckpoint(first)) {
    if (files.length > 1)
      throw new UnrolledError(`drop: expected a session alone, got ${listed(files.map(({ name }) => name))}`);
    return { kind: 'session', name: first.name, session: decodeSession(first.bytes, first.name) };
  }
  return { kind: 'model', opened: openModel(given) };
}

/** By the name, or by the first bytes: a length of the header that the file can hold, and its brace. */
async function isSafetensors(file: NamedBlob): Promise<boolean> {
  if (file.name.toLowerCase().endsWith('.safetensors')) return true;
  const start = await readBytes(file, 9);
  if (start.length < 9 || start[8] !== 0x7b) return false;
  const length = new DataView(start.buffer).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(file.size - 8);
}

/** A model file may have lost the ending of its name. */
function nameOf({ name }: NamedBlob, weights: readonly NamedBlob[]): string {
  const isWeights = weights.some((file) => file.name === name);
  return isWeights && !name.toLowerCase().endsWith('.safetensors') ? `${name}.safetensors` : name;
}

function isCheckpoint({ name, bytes }: FileBytes): boolean {
  return readSafetensors(bytes, name).metadata.get('format')?.startsWith('unrolled checkpoint') === true;
}
