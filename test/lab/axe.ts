// axe-core on a page: what keeps somebody from using it, a sentence for each element.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/**
 * Expects that axe finds nothing, and that nothing scrolls sideways. The page must have been opened with `bypassCSP`.
 * @param include the parts that are looked at; all of the page if left out
 */
export async function expectUsable(page: Page, what: string, include?: readonly string[]): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  // halfway through a transition a color is neither the old nor the new one
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
  // axe does not see that MathML is text: a heading of a column that is a formula is not empty
  const context = JSON.stringify({ ...(include && { include }), exclude: ['.prose th:has(math)'] });
  const violations = (await page.evaluate(
    `axe.run(${context}).then(({ violations }) => violations)`,
  )) as readonly Violation[];
  const sentences = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${what}: ${id} ${target}: ${failureSummary}`),
  );
  expect(sentences).toEqual([]);
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(inner, `${what}: width`).toBeLessThanOrEqual(outer);
}
