// `unrolled mpi-info`: what a launcher has started here, and how fast its processes exchange numbers. Two figures tell of a link, the time of an empty
// message, α, and the rate of a long one, β, both measured between the processes. From them and from the rate of adding comes the time that the sum of a
// gradient should take (exchange-group.ts says how it is made), and for a model the share of an update in which its processes compute.

import { availableParallelism, hostname } from 'node:os';
import { createBackend } from '../engine/create.ts';
import type { ModelConfig } from '../network/config.ts';
import { parameterCount } from '../network/parameters.ts';
import { Unrolled } from '../network/unrolled.ts';
import { locateModel } from '../node/built-in.ts';
import type { MpiGroup } from '../node/mpi-group.ts';
import { usualLibraries } from '../node/mpi-library.ts';
import { addTo, defaultShards, expectShards } from '../training/shards/shards.ts';
import { trainingSizes } from './inspect.ts';
import type { mpiInfoOptions } from './option-tables.ts';
import type { RequestOf } from './options.ts';
import { bold, print, say } from './output.ts';
import { loadAny } from './task-model.ts';
import { count, number, percent, plural } from './text.ts';
import { decoded, encoded, expectShared, foundByFirst, guarded, joinTogether, type Together } from './together.ts';

/** Between a process and the one at a distance in ranks. */
export interface Link {
  readonly distance: number;
  /** α: milliseconds of an empty message there and one back, at once. */
  readonly milliseconds: number;
  /** β: bytes a second, as many back at once; null where no time was left for them. */
  readonly rate: number | null;
}

interface Reduction {
  readonly bytes: number;
  readonly measured: number;
  readonly expected: number | null;
}

/** What an update is made of, for a model whose processes share its shards. */
interface Expectation {
  readonly parameters: number;
  readonly steps: number;
  readonly batch: number;
  readonly shards: number;
  /** Milliseconds in which a process computes its shards, and in which the gradient is summed. */
  readonly computing: number;
  readonly exchanging: number;
  readonly efficiency: number;
}

/** Bytes of the messages by which α and β are measured. */
const [shortMessage, longMessage] = [8, 2 ** 20];
/** Bytes of the sums that are measured. */
const reductions = [100_000, 1_000_000, 10_000_000];
/** Bytes a second that no link has: the memory of a machine is not as fast. */
const implausibleRate = 2e11;
/** Each is measured as often as this, and its median counts. */
const times = 21;

type Request = RequestOf<typeof mpiInfoOptions>;

export async function runMpiInfo(request: Request): Promise<number> {
  const together = await joinTogether(request.values.mpi, request.values['mpi-timeout']);
  if (together && together.group.size > 1) return await guarded(together, () => tell(request, together));
  const libraries = usualLibraries();
  if (request.values.json) print(JSON.stringify({ processes: 1, libraries }));
  else {
    print('One process, which no launcher has started with others; nothing was measured.');
    for (const [kind, source] of Object.entries(libraries)) print(`  ${kind.padEnd(10)}${source ?? 'not found'}`);
    say('mpirun -n 2 --bind-to none unrolled mpi-info measures between two processes.');
  }
  return 0;
}

async function tell({ operands, values }: Request, together: Together): Promise<number> {
  const { rank, size } = together.group;
  const group = together.group as MpiGroup;
  const asked = await foundByFirst(together, async () =>
    operands.length === 0 ? null : askedOf(operands[0], values, size),
  );
  const own = { host: hostname(), cores: availableParallelism() };
  const places: (typeof own)[] = (await group.gather(encoded(own))).map(decoded);
  const links = linksOf(group);
  const adding = rateOfAdding();
  const sums = reductions.map(
    (bytes): Reduction => ({
      bytes,
      measured: sumMs(group, bytes),
      expected: expectedMs(links, adding, bytes),
    }),
  );
  const model = asked && expectationOf(group, asked);
  if (rank > 0) return 0;
  if (values.json) {
    print(JSON.stringify({ processes: size, library: group.library, places, links, adding, sums, model }));
    return 0;
  }
  print(bold(`${count(size)} processes`));
  print(`  ${group.library}`);
  for (const host of new Set(places.map((place) => place.host))) {
    const ranks = places.flatMap((place, i) => (place.host === host ? [i] : []));
    const cores = Math.max(...ranks.map((i) => places[i].cores));
    print(
      `  ${host}: ${ranks.length === 1 ? 'rank' : 'ranks'} ${ranks.join(', ')}, ${plural(cores, 'core')} each may use`,
    );
  }
  print(`\n${bold('Messages')}  ranks apart, time of an empty one (α), rate (β)`);
  for (const { distance, milliseconds, rate } of links)
    print(
      `  ${count(distance).padEnd(6)}${us(milliseconds).padStart(12)}${(rate === null ? '–' : gigabytes(rate)).padStart(14)}`,
    );
  print(`\n${bold('Sum of a gradient')}  measured, and expected from α, β and ${gigabytes(adding)} of adding`);
  for (const { bytes, measured, expected } of sums)
    print(
      `  ${`${bytes / 1e6} MB`.padEnd(10)}${ms(measured).padStart(12)}${(expected === null ? '–' : ms(expected)).padStart(12)}`,
    );
  if (model) {
    const { parameters, steps, batch, shards, computing, exchanging, efficiency } = model;
    print(`\n${bold(operands[0])}  ${count(parameters)} parameters, ${batch} × ${steps} in ${shards} shards`);
    print(
      `  computing ${ms(computing)}, summing ${ms(exchanging)} an update: ${percent(efficiency)} of the time computes`,
    );
  }
  if (links.some(({ rate }) => rate === null))
    say(
      'β and what follows from it are left out: a long message took hardly longer than an empty one, as other work held up both. Measure again on a quieter machine.',
    );
  say(`Medians of ${times}; on a machine that does other work they wander.`);
  return 0;
}

interface Asked {
  readonly config: ModelConfig;
  readonly steps: number;
  readonly batch: number;
  readonly shards: number;
}

function askedOf(directory: string, values: Request['values'], size: number): Asked {
  const { config } = loadAny(directory).model;
  const { steps, batch, shards = 1 } = trainingSizes(values, locateModel(directory));
  const all = expectShards(shards > 1 ? shards : defaultShards(size), batch);
  expectShared(all, { group: { size } }, null, directory);
  return { config, steps, batch, shards: all };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** The median of the milliseconds that a call takes. */
function medianMs(call: () => unknown): number {
  call();
  return median(
    Array.from({ length: times }, () => {
      const start = performance.now();
      call();
      return performance.now() - start;
    }),
  );
}

function linksOf({ rank, size, exchange }: MpiGroup): Link[] {
  const links: Link[] = [];
  for (let distance = 1; distance < size; distance *= 2) {
    const of = (bytes: number): number => {
      const [send, receive] = [new Uint8Array(bytes), new Uint8Array(bytes)];
      return medianMs(() => exchange(rank ^ distance, send, receive));
    };
    const [empty, long] = [of(shortMessage), of(longMessage)];
    links.push({ distance, milliseconds: empty, rate: plausibleRate(empty, long) });
  }
  return links;
}

/**
 * β from the milliseconds of an empty and of a long message.
 * @returns null where the long one took hardly longer, as happens where other work holds up both
 */
export function plausibleRate(empty: number, long: number): number | null {
  const rate = (1000 * longMessage) / Math.max(long - empty, 0);
  return rate > implausibleRate ? null : rate;
}

/** Bytes a second that a process adds to others. */
function rateOfAdding(): number {
  const [sum, vector] = [new Float32Array(longMessage / 4), new Float32Array(longMessage / 4)];
  return (1000 * longMessage) / medianMs(() => addTo(sum, vector));
}

function sumMs(group: MpiGroup, bytes: number): number {
  const numbers = new Float32Array(bytes / 4);
  return medianMs(() => group.sum(numbers));
}

/**
 * The milliseconds of a sum over all processes: at each distance a part goes there and its sum back, and is added once. The parts are halves, quarters …
 * @param adding bytes a second
 * @returns null where a rate is not known
 */
export function expectedMs(links: readonly Link[], adding: number, bytes: number): number | null {
  return links.reduce<number | null>((sum, { milliseconds, rate }, level) => {
    if (sum === null || rate === null) return null;
    const part = bytes / 2 ** (level + 1);
    return sum + 2 * (milliseconds + (1000 * part) / rate) + (1000 * part) / adding;
  }, 0);
}

function expectationOf(group: MpiGroup, { config, steps, batch, shards }: Asked): Expectation {
  const net = new Unrolled(createBackend(), config, { steps, batch: batch / shards, gradients: true });
  net.weights.fill(1 / net.weights.length);
  const shard = medianMs(() => {
    net.forward();
    net.backward();
  });
  const parameters = parameterCount(config);
  const computing = (shard * shards) / group.size;
  const exchanging = sumMs(group, 4 * (parameters + 1));
  return {
    ...{ parameters, steps, batch, shards, computing, exchanging },
    efficiency: computing / (computing + exchanging),
  };
}

const ms = (milliseconds: number): string => `${number(milliseconds)} ms`;
const us = (milliseconds: number): string => `${number(1000 * milliseconds)} µs`;
const gigabytes = (rate: number): string => `${number(rate / 1e9)} GB/s`;
