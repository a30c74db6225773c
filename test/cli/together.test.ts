// How the processes of one run are compared before it begins, and how what goes wrong in one of them is said. The processes are members of a group in this one.

import { expect, test } from 'vitest';
import { differenceAmong, foundByFirst, guarded, preparedAlike, type Together } from '../../src/cli/together.ts';
import { UnrolledError } from '../../src/errors.ts';
import { inProcessGroup } from '../support/in-process-group.ts';

/** What each of two processes answers: an exit code, or a sentence. */
const answers = (work: (together: Together, rank: number) => Promise<number>): Promise<(number | string)[]> =>
  Promise.all(
    inProcessGroup(2).map((group) => {
      const together = { group, local: 2, progress() {} };
      return guarded(together, () => work(together, group.rank)).catch((error) => error.message as string);
    }),
  );
const likeness = { version: '1', data: 'a', backend: 'wasm' };

test('the first difference is named with its rank and host', () => {
  const all = [likeness, likeness, { ...likeness, data: 'b', backend: 'javascript' }];
  const hosts = all.map((one, i) => ({ host: `node${i}`, likeness: one }));
  expect(differenceAmong(hosts)).toEqual({
    message:
      'rank 2 on node2: expected data a, as rank 0 on node0 has, got b; all processes of a run need the same program, data and options',
    kind: 'failure',
  });
  expect(differenceAmong(hosts.slice(0, 2))).toBeUndefined();
});

test('what is missing in one is a difference too', () => {
  const { data: _, ...rest } = likeness;
  const hosts = [likeness, rest].map((one) => ({ host: 'h', likeness: one }));
  expect(differenceAmong(hosts)?.message).toMatch(/expected data a, .* got none/);
  expect(differenceAmong(hosts.toReversed())?.message).toMatch(/expected data none, .* got a/);
});

test('processes that are alike go on', async () => {
  const found = await answers(async (together, rank) => {
    const prepared = await preparedAlike(
      together,
      async () => rank,
      () => likeness,
    );
    return 10 + prepared;
  });
  expect(found).toEqual([10, 11]);
});

test('rank 0 says what another could not, and the other is silent', async () => {
  const fails = (failing: number) => (together: Together, rank: number) =>
    preparedAlike(
      together,
      async () => {
        if (rank === failing) throw new UnrolledError('text.txt: expected a file, got none');
        return 0;
      },
      () => likeness,
    );
  expect(await answers(fails(1))).toEqual([
    expect.stringMatching(/^rank 1 on \S+: text.txt: expected a file, got none$/),
    2,
  ]);
  expect(await answers(fails(0))).toEqual(['text.txt: expected a file, got none', 2]);
});

test('what rank 0 finds, or cannot find, all know', async () => {
  const found = await answers(
    async (together, rank) => (await foundByFirst(together, async () => ({ at: rank + 5 }))).at,
  );
  expect(found).toEqual([5, 5]);
  const none = await answers((together) =>
    foundByFirst(together, async () => {
      throw new UnrolledError('out: expected a new folder', 'failure');
    }),
  );
  expect(none).toEqual(['out: expected a new folder', 1]);
});

test('an error of one process has its name', async () => {
  const said = await answers(async (_, rank) => {
    if (rank === 1) throw new UnrolledError('the disk is full', 'failure');
    return 0;
  });
  expect(said).toEqual([0, expect.stringMatching(/^rank 1 on \S+: the disk is full$/)]);
});

test('rank 0 says what all know before the others may end', async () => {
  const order: string[] = [];
  const groups = inProcessGroup(2).map((group) => ({ ...group, close: () => void order.push(`${group.rank} closes`) }));
  const [first, second] = await Promise.all(
    groups.map((group) => {
      const together = { group, local: 2, progress() {} };
      return guarded(together, () =>
        foundByFirst(together, async () => {
          throw new UnrolledError('out: expected a new folder');
        }),
      ).catch((error) => error);
    }),
  );
  expect(second).toBe(2);
  expect(order).toEqual(['1 closes']); // where processes wait for each other it is over when rank 0 closes
  order.push(first.message);
  first.whenSaid();
  expect(order).toEqual(['1 closes', 'out: expected a new folder', '0 closes']);
});
