// Standard input where a file of data is expected: `-`. A pipe can be read once, and data are read more often: for their facts, for a vocabulary, for
// themselves. So its bytes are kept once they are read; a resumed run compares them with those that it was started with, as it does with files.

import { readSync } from 'node:fs';
import { UnrolledError } from '../errors.ts';

/** The name that stands for standard input; a file of this name is `./-`. */
export const standardInput = '-';

/** What a path is called in messages. */
export const nameOf = (path: string): string => (path === standardInput ? 'standard input' : path);

const pieceBytes = 1 << 20;
/** The most that is kept of standard input. */
const longestInput = 2 ** 30;
/** How long to wait where nobody has written anything yet, in milliseconds. */
const pauseMs = 10;

let kept: Uint8Array[] | undefined;

/** The bytes of standard input, in pieces. Throws where there are none. */
export function inputChunks(): readonly Uint8Array[] {
  kept ??= readInput();
  if (kept.length === 0) throw new UnrolledError('standard input: no text (0 bytes)');
  return kept;
}

function readInput(): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const piece = new Uint8Array(pieceBytes);
  let total = 0;
  while (true) {
    const count = readPiece(piece);
    if (count === 0) return pieces;
    total += count;
    if (total > longestInput)
      throw new UnrolledError(
        `standard input: expected at most ${longestInput / 2 ** 30} GiB, which are kept in memory, got more; give it as a file`,
      );
    pieces.push(piece.slice(0, count));
  }
}

/** Reads some bytes, and waits for them; 0 at the end. */
function readPiece(piece: Uint8Array): number {
  while (true) {
    try {
      return readSync(0, piece, 0, piece.length, null);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'EOF') return 0; // the end of a pipe on Windows
      if (code !== 'EAGAIN')
        throw new UnrolledError(`standard input: cannot be read, ${message}`, 'failure', { cause });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}
