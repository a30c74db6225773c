// Members of a group in one process, which exchange by promises: for what does not depend on how processes talk.

import { exchangeGroup, type Member } from '../../src/node/exchange-group.ts';
import type { Group } from '../../src/training/group.ts';

/** The members of a group of `size`. */
export function inProcessGroup(size: number): Group[] {
  const parcels = new Map<string, Uint8Array[]>();
  const waiting = new Map<string, (() => void)[]>();
  const at = <Item>(map: Map<string, Item[]>, key: string): Item[] => {
    const list = map.get(key) ?? [];
    map.set(key, list);
    return list;
  };
  const member = (rank: number): Member => ({
    rank,
    size,
    async exchange(partner, send, receive) {
      const there = `${rank}-${partner}`;
      at(parcels, there).push(send.slice());
      at(waiting, there).shift()?.();
      const here = `${partner}-${rank}`;
      if (at(parcels, here).length === 0) await new Promise<void>((resolve) => at(waiting, here).push(resolve));
      const parcel = at(parcels, here).shift()!;
      if (parcel.length !== receive.length)
        throw new Error(`exchange: expected ${receive.length} bytes, got ${parcel.length}`);
      receive.set(parcel);
    },
    close() {},
  });
  return Array.from({ length: size }, (_, rank) => exchangeGroup(member(rank)));
}
