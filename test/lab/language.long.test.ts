// The page in another language, in a browser: nothing English is left in any view, no view is too wide for a phone, the switch leaves the run alone, and a
// link says in which language its page opens.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectorStrings } from '../../lab/explain/strings.ts';
import { strings } from '../../lab/strings.ts';
import { guidedStrings } from '../../lab/text/strings.ts';
import { guideStrings } from '../../lab/ui/guide/strings.ts';
import { uiStrings } from '../../lab/ui/strings.ts';
import { basinsStrings } from '../../lab/views/basins/strings.ts';
import { compareStrings } from '../../lab/views/compare/strings.ts';
import { dataStrings } from '../../lab/views/data/strings.ts';
import { debuggerStrings } from '../../lab/views/debugger/strings.ts';
import { exportStrings } from '../../lab/views/export/strings.ts';
import { generateStrings } from '../../lab/views/generate/strings.ts';
import { gradientsStrings } from '../../lab/views/gradients/strings.ts';
import { memoryStrings } from '../../lab/views/memory/strings.ts';
import { viewStrings } from '../../lab/views/strings.ts';
import { trainStrings } from '../../lab/views/train/strings.ts';
import { unitsStrings } from '../../lab/views/units/strings.ts';
import { unrolledStrings } from '../../lab/views/unrolled/strings.ts';
import { weightsStrings } from '../../lab/views/weights/strings.ts';
import { expectUsable } from './axe.ts';
import { executablePath, openSite, type Site, textOf, viewsOf, waitForText } from './site.ts';

const english = [
  strings,
  uiStrings,
  guideStrings,
  guidedStrings,
  inspectorStrings,
  viewStrings,
  trainStrings,
  dataStrings,
  unrolledStrings,
  debuggerStrings,
  gradientsStrings,
  memoryStrings,
  unitsStrings,
  basinsStrings,
  generateStrings,
  weightsStrings,
  compareStrings,
  exportStrings,
];

/** Every text of a catalogue that has at least two words. */
function textsOf(words: unknown): string[] {
  if (typeof words === 'string') return /\p{L}{2,} \p{L}{2,}/u.test(words) ? [words] : [];
  return typeof words === 'object' && words !== null ? Object.values(words).flatMap(textsOf) : [];
}

/** Words that no sentence of another language has. */
const englishWord =
  /\b(the|of|with|which|step|loss|unit|layer|window|from|each|fading|steady|growing|vanishing|exploding)\b/i;
const step = '[data-readout=step]';

/** All that the page says outside code and chapters: texts, names for screen readers, titles, hints. */
const said = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const apart =
      '.chapter, .meaning, .contents select, pre, textarea, .view-export .table-scroll:not(.as-table *), #language, script, style, noscript, .brand, .visually-hidden[role=status]';
    const texts: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (!node.parentElement!.closest(apart) && node.textContent!.trim() !== '') texts.push(node.textContent!.trim());
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [aria-valuetext]'))
      if (!element.closest(apart))
        for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext'])
          texts.push(element.getAttribute(name) ?? '');
    return texts.filter((text) => text !== '');
  });

/** What is cut in the bar, the tabs, the settings and the legends: what is hidden at an edge, a choice wider than its list, a figure out of sight, a word in two. */
const cut = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const lists: HTMLSelectElement[] = [];
    const parts = '.top, .top *, .tabs *, .rail *, .contents *, .scale *';
    const isShown = (element: Element): boolean =>
      element.getClientRects().length > 0 && !element.closest('.visually-hidden, .copy-link span');
    for (const element of document.querySelectorAll<HTMLElement>(parts)) {
      const { overflowX, textOverflow, color, display } = getComputedStyle(element);
      if (!isShown(element) || display === 'inline' || textOverflow === 'ellipsis') continue;
      if (element instanceof HTMLSelectElement) {
        if (color !== 'rgba(0, 0, 0, 0)') lists.push(element); // else a sign stands for it
      } else if (overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1)
        found.push(element.textContent!);
      if (element.matches('.readout') && element.scrollHeight > element.clientHeight + 1)
        found.push(element.textContent!);
      for (const node of element.childNodes) {
        if (node.nodeType !== Node.TEXT_NODE) continue;
        for (const { 0: word, index } of node.textContent!.matchAll(/\p{L}{2,}/gu)) {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          if (range.getClientRects().length > 1) found.push(`${word} in two`);
        }
      }
    }
    const alone = lists.map((list) => {
      const copy = list.cloneNode(false) as HTMLSelectElement;
      copy.append(new Option(list.selectedOptions[0].textContent!));
      copy.style.cssText = 'position:absolute;visibility:hidden;width:auto;min-width:0;max-width:none;flex:none';
      list.parentElement!.append(copy);
      return copy;
    });
    for (const [i, list] of lists.entries())
      if (alone[i].offsetWidth > list.offsetWidth + 1) found.push(list.selectedOptions[0].textContent!);
    for (const copy of alone) copy.remove();
    return found;
  });

describe.skipIf(!executablePath)('in another language', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  /** The summaries of views that are not ready. */
  const waiting = {
    de: 'werden berechnet|wird gemessen|werden angesehen|wird .*gelesen',
    es: 'Calculando|Midiendo|Examinando|Leyendo',
  };

  test.each(['de', 'es'] as const)(
    '%s: no view has English, each fits a narrow phone, and anybody can use it',
    async (language) => {
      const texts = english.flatMap(textsOf);
      expect(texts.length).toBeGreaterThan(400);
      const { page, problems } = await site.open({
        hash: `#v=1&text=sums&h=8&T=8&lang=${language}`, // a text without letters, so that every word is the page's
        viewport: { width: 320, height: 800 },
        bypassCSP: true,
      });
      expect(await page.getAttribute('html', 'lang')).toBe(language);
      await page.keyboard.press('.');
      await waitForText(page, step, '1');
      for (const group of await page.$$('.rail details:not([open]) > summary'))
        await group.evaluate((each: HTMLElement) => each.click());
      for (const view of await viewsOf(page)) {
        await page.click(`#tab-${view}`);
        await page.waitForFunction(
          ([name, unready]) =>
            (document.querySelector(`.view-${name} .view-body`)?.childElementCount ?? 0) > 0 &&
            !new RegExp(`^$|${unready}`).test(document.querySelector('#summary')!.textContent!),
          [view, waiting[language]] as const,
        );
        await page.click('.as-table > button');
        const all = await said(page);
        expect(all.length, view).toBeGreaterThan(60);
        expect(
          all.filter((text) => texts.includes(text) || englishWord.test(text)),
          view,
        ).toEqual([]);
        const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        expect(inner, `${view}: width`).toBeLessThanOrEqual(outer);
        if (language === 'de' && ['train', 'gradients', 'compare'].includes(view)) await expectUsable(page, view);
      }
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );

  test('no word of the bar, the tabs, the settings and the legends is cut, in any language at any width', async () => {
    const { page } = await site.open({ hash: '#v=1&gain=0.5', reducedMotion: 'reduce' });
    await page.keyboard.press('.');
    await waitForText(page, step, '1');
    for (const [language, word] of [
      ['en', 'loss'],
      ['de', 'Verlust'],
      ['es', 'pérdida'],
    ] as const) {
      await page.selectOption('#language', language);
      await page.waitForFunction((name) => document.documentElement.lang === name, language);
      for (const width of [320, 768, 1024, 1280, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(async () => {
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          for (const each of document.querySelectorAll<HTMLDetailsElement>('.rail details')) each.open = true;
        });
        expect(await cut(page), `${language} at ${width} px`).toEqual([]);
        expect(await page.isVisible(`.readout :text("${word}")`)).toBe(width >= 1280);
      }
    }
    await page.context().close();
  });

  test('the switch leaves the run and the place in it alone, and is kept; a link says its language', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&view=unrolled&h=8&T=8&lr=0.01&t=3', locale: 'de-AT' });
    const { context, address } = { context: page.context(), address: page.url() };
    await waitForText(page, '#play', 'Trainieren');
    const stepNow = async (): Promise<number> => Number((await textOf(page, step)).replaceAll(/[.,]/g, ''));
    await page.click('#play');
    await page.waitForFunction((where) => Number(document.querySelector(where)!.textContent) > 5, step);
    const before = await stepNow();
    await page.selectOption('#language', 'en');
    await waitForText(page, '#play', 'Pause');
    await page.waitForFunction(() =>
      document.querySelector('.unrolled-copies, .view-unrolled')!.textContent!.includes('Roll up'),
    );
    expect(await stepNow()).toBeGreaterThanOrEqual(before);
    await page.waitForFunction(
      ([where, then]) => Number(document.querySelector(where)!.textContent!.replaceAll(',', '')) > then,
      [step, (await stepNow()) + 5] as const,
    );
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('language');
    expect(page.url()).toContain('t=3');
    await page.click('#play');
    const other = await context.newPage();
    await other.goto(address.replace(/#.*/, ''));
    await waitForText(other, '#tab-train', 'Train'); // chosen here before, whatever the browser asks for
    await other.close();
    const linked = await context.newPage();
    await linked.goto(`${address.replace(/#.*/, '')}#v=1&text=verse&h=8&T=8&n=12&wh=000000000000&lang=de`);
    await waitForText(linked, step, '12');
    await linked.waitForFunction(() =>
      document.querySelector('.notices')!.parentElement!.textContent!.includes('bei Schritt 12 ein anderes Modell'),
    );
    expect(problems).toEqual([]);
    await context.close();
  });
});
