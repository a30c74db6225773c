// Subwords as text again: the decoders of tokenizer.json as streams, each of which takes a token and hands on texts as soon as they are certain.

import { described, expectInteger, UnrolledError } from '../../../errors.ts';
import { byteCharacters, type Part, partsOf, plainPattern, textOf } from './parts.ts';

/** A step of decoding. What it takes may be a token of its own that was added, which is text already. */
interface Step {
  push(token: string, isAdded: boolean): readonly string[];
  finish(): readonly string[];
}

const byteOf = new Map(byteCharacters.map((character, byte) => [character, byte]));

/** Bytes that follow one another, as UTF-8; what is none becomes U+FFFD. */
function bytesAsText() {
  let decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    push: (bytes: readonly number[]): string => decoder.decode(Uint8Array.from(bytes), { stream: true }),
    finish(): string {
      const rest = decoder.decode();
      decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      return rest;
    },
  };
}

/** A step that changes each token by itself. */
const each = (change: (token: string, isFirst: boolean) => string): Step => {
  let isFirst = true;
  return {
    push(token) {
      const text = change(token, isFirst);
      isFirst = false;
      return [text];
    },
    finish: () => [],
  };
};

const decoders: Readonly<Record<string, (where: string, part: Part) => Step>> = {
  ByteLevel() {
    const text = bytesAsText();
    return {
      push(token, isAdded) {
        if (isAdded) return [text.finish() + token];
        const bytes = Array.from(token, (character) => byteOf.get(character));
        // a token of other characters is itself, as in the Rust library
        return [text.push(bytes.every((byte) => byte !== undefined) ? bytes : [...new TextEncoder().encode(token)])];
      },
      finish: () => [text.finish()],
    };
  },
  BPEDecoder(where, part) {
    const suffix = textOf(where, part, 'suffix', '</w>');
    if (suffix === '') throw new UnrolledError(`${where}.suffix: expected a text, got an empty one`);
    let last: string | undefined; // behind which no space comes
    return {
      push(token) {
        const before = last;
        last = token;
        return before === undefined ? [] : [before.replaceAll(suffix, ' ')];
      },
      finish: () => (last === undefined ? [] : [last.replaceAll(suffix, '')]),
    };
  },
  Metaspace(where, part) {
    const mark = textOf(where, part, 'replacement', '▁');
    const hasPrefix = (part.prepend_scheme ?? 'always') !== 'never' && part.add_prefix_space !== false;
    if (mark === '') throw new UnrolledError(`${where}.replacement: expected a text, got an empty one`);
    return each((token, isFirst) => {
      const text = token.replaceAll(mark, ' ');
      return isFirst && hasPrefix && text.startsWith(' ') ? text.slice(1) : text;
    });
  },
  Replace(where, part) {
    const pattern = plainPattern(where, part);
    const content = textOf(where, part, 'content');
    return each((token) => token.replaceAll(pattern, () => content));
  },
  ByteFallback() {
    const text = bytesAsText();
    return {
      push(token) {
        const [, digits] = /^<0x([\da-fA-F]{2})>$/.exec(token) ?? [];
        if (digits !== undefined) return [text.push([Number.parseInt(digits, 16)])];
        const rest = text.finish();
        return rest === '' ? [token] : [rest, token];
      },
      finish: () => [text.finish()],
    };
  },
  Strip(where, part) {
    const content = textOf(where, part, 'content');
    const start = expectInteger(`${where}.start`, part.start, 0);
    if (content.length !== 1)
      throw new UnrolledError(`${where}.content: expected one character, got ${described(content)}`);
    if (part.stop !== 0) throw new UnrolledError(`${where}.stop: expected 0, got ${described(part.stop)}`);
    // it follows Fuse, so all tokens are one
    let left = start;
    return {
      push(token) {
        let from = 0;
        while (left > 0 && from < token.length && token[from] === content) [from, left] = [from + 1, left - 1];
        if (from < token.length) left = 0;
        return [token.slice(from)];
      },
      finish: () => [],
    };
  },
  Fuse: () => each((token) => token),
};

/** Decodes one text. */
export interface SubwordDecoder {
  push(token: string, isAdded: boolean): string;
  finish(): string;
}

/**
 * The decoder that a part of tokenizer.json describes; without one there is a space between two tokens.
 * @throws UnrolledError that names a part that is not known
 */
export function decodingOf(part: Part | null | undefined): () => SubwordDecoder {
  const where = 'decoder';
  if (part === null || part === undefined)
    return () => {
      const step = each((token, isFirst) => (isFirst ? token : ` ${token}`));
      return { push: (token) => step.push(token, false).join(''), finish: () => '' };
    };
  const parts = partsOf(where, part, 'decoders', Object.keys(decoders));
  for (const [i, { type }] of parts.entries()) {
    const isFused = parts.slice(0, i).some((before) => before.type === 'Fuse');
    if ((type === 'Strip') !== isFused)
      throw new UnrolledError(
        `${where}: expected Strip behind Fuse and everything else before it, got ${parts.map((one) => one.type).join(', ')}`,
      );
    if (parts.length > 1 && (type === 'ByteLevel' || type === 'BPEDecoder' || type === 'Metaspace'))
      throw new UnrolledError(`${where}: expected ${type} alone, got ${parts.map((one) => one.type).join(', ')}`);
  }
  const open = (): Step[] => parts.map((one) => decoders[one.type](where, one));
  open(); // which says at once what is wrong with a part
  return () => {
    const steps = open();
    const pass = (tokens: readonly string[], from: number, isAdded = false): string =>
      steps
        .slice(from)
        .reduce((passed, step) => passed.flatMap((token) => step.push(token, isAdded)), tokens)
        .join('');
    return {
      push: (token, isAdded) => pass([token], 0, isAdded),
      finish: () => steps.map((step, i) => pass(step.finish(), i + 1)).join(''),
    };
  };
}
