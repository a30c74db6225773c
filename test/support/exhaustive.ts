// How much of a large grid a run tries: `npm test` a few of its points, `npm run test:all` (vitest.config.ts, mode `all`) every one.

/** Whether this run tries everything. */
export const isExhaustive = process.env.EXHAUSTIVE === 'yes';

/** All items in an exhaustive run, otherwise `few` of them at even distances, the first and the last among them. */
export function some<T>(items: readonly T[], few: number): readonly T[] {
  if (isExhaustive || few >= items.length) return items;
  return Array.from({ length: few }, (_, i) => items[Math.round((i * (items.length - 1)) / Math.max(1, few - 1))]);
}

/** How often a property is tried: `all` times in an exhaustive run, otherwise a tenth of that. */
export const runs = (all: number): number => (isExhaustive ? all : Math.ceil(all / 10));
