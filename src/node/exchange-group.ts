// A group made of one ability: two members exchange bytes. The sum is recursive halving, the nearest members first, then recursive doubling:
//
//   members 0 and 1, 2 and 3, … exchange halves of the numbers, and each adds the half that it keeps; then 0 and 2, 1 and 3, … exchange quarters;
//   and so on, and back again. Of n numbers each member sends 2 n (np − 1) / np, in 2 log₂ np messages, as little as any sum for all.
//
// Every number is added by one member in the order of the binary tree over the members, (0 + 1) + (2 + 3), so all of them have the same bits. What MPI
// itself adds up may come in any order, so it is not asked to.

import { inTurn, type Together } from '../generators.ts';
import type { Answer, Group } from '../training/group.ts';
import { addTo } from '../training/shards/shards.ts';

/** A member, and how it exchanges bytes with another one: both call it, each with room for what the other sends. */
export interface Member {
  readonly rank: number;
  /** A power of two. */
  readonly size: number;
  exchange(partner: number, send: Uint8Array, receive: Uint8Array): Answer<void>;
  close(): void;
}

/**
 * The group of a member.
 * @param drive how its work is done: at once where `exchange` returns when it has exchanged, else in turn
 */
export function exchangeGroup(
  member: Member,
  drive: <Result>(work: Together<Result>) => Answer<Result> = inTurn,
): Group {
  const { rank, size } = member;
  return {
    rank,
    size,
    sum: (numbers) => drive(sumOf(member, numbers)),
    gather: (bytes) => drive(gathered(member, bytes)),
    broadcast: (bytes) => drive(ofFirst(member, bytes)),
    barrier: () => drive(met(member)),
    close: () => member.close(),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function* sumOf({ rank, size, exchange }: Member, numbers: Float32Array | Float64Array): Together<void> {
  const received = numbers.slice(0, Math.ceil(numbers.length / 2));
  const back: (() => Answer<void>)[] = [];
  let [from, to] = [0, numbers.length];
  for (let distance = 1; distance < size; distance *= 2) {
    const partner = rank ^ distance;
    const middle = from + ((to - from) >> 1);
    const lower = numbers.subarray(from, middle);
    const upper = numbers.subarray(middle, to);
    const isLower = rank < partner;
    const [kept, given] = isLower ? [lower, upper] : [upper, lower];
    const theirs = received.subarray(0, kept.length);
    yield exchange(partner, bytesOf(given), bytesOf(theirs));
    addTo(kept, theirs);
    back.unshift(() => exchange(partner, bytesOf(kept), bytesOf(given)));
    [from, to] = isLower ? [from, middle] : [middle, to];
  }
  for (const send of back) yield send();
}

function* gathered({ rank, size, exchange }: Member, bytes: Uint8Array): Together<Uint8Array[]> {
  const parts = new Array<Uint8Array>(size).fill(bytes);
  const own = Float64Array.of(bytes.length);
  for (let distance = 1; distance < size; distance++) {
    const partner = rank ^ distance;
    const length = new Float64Array(1);
    yield exchange(partner, bytesOf(own), bytesOf(length));
    parts[partner] = new Uint8Array(length[0]);
    yield exchange(partner, bytes, parts[partner]);
  }
  return parts;
}

function* ofFirst(member: Member, bytes: Uint8Array): Together<Uint8Array> {
  const parts = yield* gathered(member, member.rank === 0 ? bytes : new Uint8Array(0));
  return parts[0];
}

function* met(member: Member): Together<void> {
  yield* gathered(member, new Uint8Array(0));
}
