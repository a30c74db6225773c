// The visitor's text in a link: its hash, `sha=` (the first 12 hexadecimal digits of the SHA-256 of its UTF-8), and where it is short the text itself,
// packed, `txt=` (deflate, base64url). The hash tells whether the text arrived whole, or whether a file that is given later is the same text.

import { quoted } from '../../src/core.ts';
import { isValid } from '../settings.ts';

/** A longer packed text does not go into a link. */
export const maxPackedBytes = 4096;
const maxPackedCharacters = Math.ceil((maxPackedBytes * 4) / 3);

/** The visitor's text in a link: at least one of its hash and its data. */
export interface CarriedText {
  /** Null where the browser cannot hash, as on pages without https. */
  readonly sha: string | null;
  readonly data: string | null;
}

/** A text as it goes into a link; null where it is too long to be packed and cannot be hashed. */
export async function carryText(text: string): Promise<CarriedText | null> {
  if (latest?.text !== text) latest = { text, carried: await pack(text) };
  return latest.carried;
}

/** The page writes its link again and again, with the same text. */
let latest: { readonly text: string; readonly carried: CarriedText | null } | null = null;

async function pack(text: string): Promise<CarriedText | null> {
  const sha = await hashOf(text);
  const bytes = await through(new CompressionStream('deflate-raw'), new TextEncoder().encode(text));
  const data = bytes.length <= maxPackedBytes && text !== '' ? toBase64(bytes) : null;
  return sha === null && data === null ? null : { sha, data };
}

/** The text that was packed; null where the data are no packed text, or not the one of the hash. */
export async function unpackText({ data, sha }: CarriedText): Promise<string | null> {
  if (data === null) return null;
  try {
    const bytes = await through(new DecompressionStream('deflate-raw'), fromBase64(data));
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const hash = await hashOf(text);
    const isWhole = sha === null || hash === null || hash === sha; // some browsers do not see that the data are cut short
    return isWhole && text !== '' && isValid('ownText', text) ? text : null;
  } catch {
    return null;
  }
}

/** Twelve hexadecimal digits that stand for a text; null where the browser cannot hash. */
export async function hashOf(text: string): Promise<string | null> {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) return null;
  const digest = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Its part of a link. The hash comes first, because a link that is cut loses its end. */
export function carriedKeys({ sha, data }: CarriedText): string[] {
  return [...(sha === null ? [] : [`sha=${sha}`]), ...(data === null ? [] : [`txt=${data}`])];
}

/** Takes `txt` and `sha` out of the pairs of a link. */
export function readCarried(pairs: Map<string, string>, remarks: string[]): CarriedText | null {
  const take = (name: string, pattern: RegExp, expected: string): string | null => {
    const given = pairs.get(name);
    pairs.delete(name);
    if (given === undefined || pattern.test(given)) return given ?? null;
    remarks.push(`link, ${name}: expected ${expected}, got ${quoted(given)}; left it out`);
    return null;
  };
  const sha = take('sha', /^[\da-f]{12}$/, 'twelve hexadecimal digits');
  const data = take(
    'txt',
    new RegExp(`^[\\w-]{1,${maxPackedCharacters}}$`),
    `at most ${maxPackedCharacters} letters, digits, - and _`,
  );
  return sha === null && data === null ? null : { sha, data };
}

async function through(
  transform: GenericTransformStream,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(transform as ReadableWritablePair<Uint8Array<ArrayBuffer>>);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function toBase64(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64(data: string): Uint8Array<ArrayBuffer> {
  const binary = atob(data.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
