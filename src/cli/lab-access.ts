// Who may read what `unrolled lab` serves of a person's own, such as a model: whoever has the token, which is random and stands in the address that the
// command prints. Every user of a machine can reach its loopback address, so a file that only one of them may read is not served there to all.
//
// The command line of the browser that --open starts can be read by every user too. So the address in it has an invitation, which counts once: the
// page pays with it for the model, and gets the token in return.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The random bytes of a token. */
const tokenBytes = 24;
const newToken = (): string => randomBytes(tokenBytes).toString('base64url');

export class Access {
  /** What opens everything as long as the server runs. */
  readonly token = newToken();
  #invitation: string | null = null;

  /** A word that opens everything once. */
  invite(): string {
    this.#invitation = newToken();
    return this.#invitation;
  }

  /** Whether a word opens what is private: the token does, and the invitation once. */
  opens(word: string | undefined): 'with the token' | 'with the invitation' | null {
    if (word === undefined) return null;
    if (isSame(word, this.token)) return 'with the token';
    if (this.#invitation === null || !isSame(word, this.#invitation)) return null;
    this.#invitation = null;
    return 'with the invitation';
  }
}

/** Compares two words in a time that does not tell how much of them is the same. */
function isSame(a: string, b: string): boolean {
  const digest = (word: string): Buffer => createHash('sha256').update(word).digest();
  return timingSafeEqual(digest(a), digest(b));
}
