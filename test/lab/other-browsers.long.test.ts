// The page in Firefox and in WebKit, where they are installed: it opens, trains, shows every view, and replays a link to the same weights.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { weightHash } from '../../lab/engine/weight-hash.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { wasmBackend } from '../../src/engine/wasm.ts';
import { Firefox, firefoxPath } from '../browser/firefox.ts';
import { WebKit, webkitPath } from '../browser/webkit.ts';
import { type Served, serveSite } from './site.ts';
import { backend, trained } from './trained.ts';

/** Keeps what goes wrong from the first script on, and what is copied: a window that is driven may have no clipboard. */
const listener = `<script>
  problems = [];
  addEventListener('error', ({ message, target }) => problems.push(message ?? 'not loaded: ' + (target.src ?? target.href)), true);
  addEventListener('unhandledrejection', ({ reason }) => problems.push(String(reason)));
  for (const name of ['error', 'warn']) console[name] = (...words) => problems.push(words.join(' '));
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => void (copied = text) } });
</script>`;

const step = `document.querySelector('[data-readout=step]')?.textContent`;
const settings = { ...defaultSettings, hidden: 24, T: 16, seed: 7 };

describe.each([
  ['Firefox', firefoxPath, () => Firefox.open()],
  ['WebKit', webkitPath, () => WebKit.open()],
] as const)('the lab in %s', (name, path, openBrowser) => {
  let site: Served;
  let browser: Firefox | WebKit;
  beforeAll(async () => {
    if (!path) return;
    site = await serveSite({}, (html) => html.replace('<head>', `<head>${listener}`));
    browser = await openBrowser();
  });
  afterAll(async () => {
    site?.close();
    await browser?.close();
  });

  test.skipIf(!path)('opens, trains, shows every view and replays a link', async () => {
    const press = (key: string) =>
      browser.evaluate(
        `document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ${JSON.stringify(key)}, bubbles: true }))`,
      );
    await browser.goto(`${site.address}#v=1&h=24&T=16&seed=7&view=train`);
    await browser.waitFor(`document.querySelector('#play')?.disabled === false`);
    for (let n = 1; n <= 12; n++) {
      await press('.');
      await browser.waitFor(`${step} === '${n}'`);
    }
    const views = (await browser.evaluate(
      `return [...document.querySelectorAll('[role=tab]')].map(({ id }) => id.replace('tab-', ''))`,
    )) as string[];
    expect(views).toContain('memory');
    const sentences: string[] = [];
    for (const view of views.filter((each) => each !== 'read')) {
      await browser.evaluate(`document.querySelector('#tab-${view}').click()`);
      // mounted, with what it has to wait for: its sentence is another than that of the view before it
      const before = JSON.stringify(sentences.at(-1) ?? '');
      await browser.waitFor(
        `document.querySelector('.view-${view} .view-body')?.childElementCount > 0 && ![${before}, ''].includes(document.querySelector('#summary').textContent)`,
      );
      sentences.push((await browser.evaluate(`return document.querySelector('#summary').textContent`)) as string);
      const width = await browser.evaluate('return document.documentElement.scrollWidth - innerWidth');
      expect(width, view).toBeLessThanOrEqual(0);
    }
    expect(new Set(sentences).size).toBe(sentences.length);

    await press('l');
    await browser.waitFor('window.copied');
    const link = (await browser.evaluate('return copied')) as string;
    const hash = new URL(link).hash;
    expect(hash).toMatch(/^#v=1&h=24&seed=7&T=16&n=12&.*wh=[0-9a-f]{12}$/);
    // the numbers of Node with the same kernels: those of WebKit are made by a patch, which comes in a file of its own
    const kernels = name === 'Firefox' ? backend : wasmBackend('simd');
    expect(hash).toContain(`wh=${weightHash(trained(12, settings, kernels).run.parameters)}`);
    await browser.goto('about:blank');
    await browser.goto(link);
    await browser.waitFor(
      `document.querySelector('[role=alert]')?.textContent.includes('✓ identical to the sender’s model at step 12')`,
    );
    expect(await browser.evaluate(`return ${step}`)).toBe('12');
    await press(' ');
    await browser.waitFor(`Number(${step}.replaceAll(',', '')) > 40`);
    await press(' ');
    expect(await browser.evaluate('return problems')).toEqual([]);
  });
});
