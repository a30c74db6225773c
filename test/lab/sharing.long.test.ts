// What enters and leaves the page, in a real browser: links that promise a run and keep it, files that come back bit for bit, odd ones that become one
// sentence, runs that wait for the next visit.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { weightHash } from '../../lab/engine/weight-hash.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { createModel, learnTokenizer, packModelFile, unpackModelFile } from '../../src/index.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { tale, trained } from './trained.ts';

const step = '[data-readout="step"]';
const mild = '[role=alert] .notice-mild p';
const alarm = '[role=alert] .notice:not(.notice-mild) p';

const hashAfter = (steps: number, settings: Settings = defaultSettings): string =>
  weightHash(trained(steps, settings).run.parameters);
const ready = (page: Page) =>
  page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#play')?.disabled === false);
const reads = (page: Page, where: string, what: RegExp) =>
  page.waitForFunction(
    ([selector, pattern]) =>
      [...document.querySelectorAll(selector)].some((each) => new RegExp(pattern).test(each.textContent ?? '')),
    [where, what.source] as const,
  );
/** One step after the other, so that the run ends at just that one. */
async function stepTo(page: Page, last: number): Promise<void> {
  for (let n = Number(await textOf(page, step)) + 1; n <= last; n++) {
    await page.keyboard.press('.');
    await waitForText(page, step, String(n));
  }
}
async function copied(page: Page): Promise<string> {
  await page.keyboard.press('l');
  await page.waitForSelector('[data-offer=link]');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.click('[data-offer=link] button');
  return link;
}
async function drop(page: Page, ...files: readonly (readonly [name: string, bytes: Uint8Array])[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    (list) => {
      const data = new DataTransfer();
      for (const [name, content] of list) data.items.add(new File([new Uint8Array(content)], name));
      return data;
    },
    files.map(([name, bytes]) => [name, [...bytes]] as const),
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}
async function saved(page: Page, button: string): Promise<{ name: string; bytes: Uint8Array }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: new Uint8Array(readFileSync(await download.path())) };
}

describe.skipIf(!executablePath)('the lab shares', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());
  const open = (hash = '') => site.open({ permissions: ['clipboard-read', 'clipboard-write'], hash });

  test('a link with a run: who opens it gets the same weights, which are Node’s', async () => {
    const { page, problems } = await open('#v=1&h=24&T=16&seed=7&view=data');
    const settings = { ...defaultSettings, hidden: 24, T: 16, seed: 7 };
    await stepTo(page, 12);
    const link = await copied(page);
    expect(new URL(link).hash).toBe(`#v=1&h=24&seed=7&T=16&n=12&view=data&wh=${hashAfter(12, settings)}`);
    await page.goto('about:blank');
    await page.goto(link);
    await reads(page, mild, /^✓ identical to the sender’s model at step 12/);
    await waitForText(page, step, '12');
    // another link in the same tab, whose hash is another
    await page.evaluate((to) => void (location.hash = to), new URL(link).hash.replace(/wh=..../, 'wh=0000'));
    await reads(page, mild, /^≈ differs from the sender’s model at step 12: expected the weights 0000/);
    // a live change: this run is no longer what settings and seed repeat
    await page.click('#tab-train');
    await page.fill('.control-number:has(label:text("Learning rate")) .number', '0.01');
    await page.keyboard.press('Tab');
    await page.focus('#tab-train');
    await stepTo(page, 13);
    expect(await copied(page)).not.toMatch(/[&#](n|wh)=/);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a run that is repeated for long shows how far it is, and can be stopped', async () => {
    const { page } = await open('#v=1&h=128&n=900000&wh=000000000000');
    await page.waitForSelector('#replay progress');
    await reads(page, '#replay p', /step [1-9][\d,]* of 900,000/);
    await page.click('#replay button');
    await page.waitForSelector('#replay', { state: 'detached' });
    await waitForText(page, '#play', 'Train');
    await page.context().close();
  });

  test('the address follows, Back goes through the views, and no garbage does harm', async () => {
    const { page, problems } = await open();
    expect(new URL(page.url()).hash).toBe('');
    await page.click('#tab-data');
    await page.waitForFunction(() => location.hash === '#v=1&view=data');
    await page.click('#tab-generate');
    await page.waitForFunction(() => location.hash === '#v=1&view=generate');
    await page.goBack();
    await page.waitForSelector('#tab-data[aria-selected=true]');
    await page.goForward();
    await page.waitForSelector('#tab-generate[aria-selected=true]');
    const garbage: [string, RegExp][] = [
      ['#v=1&h=1e99&T=-5&lr=NaN&cell=__proto__&view=constructor', /^link, h: .* took 256/],
      [`#v=2&txt=${'A'.repeat(6000)}&sha=zz`, /^link, sha: /],
      ['#%E0%A4%A&=&&==&h=%ff&preset=toString', /^link, preset: /],
      [`#v=1&prime=${encodeURIComponent('<img src=x onerror=alert(1)>')}&wh=1`, /^link, wh: /],
      [`#v=1&hide=${'rail,'.repeat(40)}&embed=nothing&open=../../etc`, /^link, embed: /],
      ['#v=1&sha=0123456789ab', /drop the same file/],
    ];
    for (const [hash, sentence] of garbage) {
      await page.evaluate((to) => void (location.hash = to), hash);
      await reads(page, mild, sentence);
      await ready(page);
    }
    await drop(page, ['other.txt', new TextEncoder().encode('not that text. '.repeat(40))]);
    await reads(page, mild, /not the text that the link was made with/);
    expect(await page.$('.view img, .rail img')).toBeNull();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a link may lock the settings, hide parts, and show one view alone', async () => {
    const { page } = await open('#v=1&lock=1&hide=aside');
    expect(await page.isDisabled('.rail select')).toBe(true);
    expect(await page.isVisible('.aside')).toBe(false);
    await drop(page, ['other.txt', new TextEncoder().encode('another text. '.repeat(40))]);
    await reads(page, alarm, /locks the text and the settings/);
    await page.keyboard.press('2');
    await page.waitForSelector('#editor');
    expect(await page.$eval('#editor', (editor) => (editor as HTMLTextAreaElement).readOnly)).toBe(true);
    await page.goto('about:blank');
    await page.goto(`${site.address}#v=1&embed=generate`);
    await page.waitForSelector('.view-generate');
    for (const part of ['.rail', '.tabs', '.aside']) expect(await page.isVisible(part)).toBe(false);
    await page.context().close();
  });

  test('a model and a session are saved and opened again: the same weights, and the same from there on', async () => {
    const { page, problems } = await open();
    await stepTo(page, 10);
    const model = await saved(page, '#save-model');
    const session = await saved(page, '#save-session');
    expect([model.name, session.name]).toEqual([
      'unrolled-tale-rnn-64-step-10.safetensors',
      'unrolled-tale-rnn-64-step-10-session.safetensors',
    ]);
    const there = unpackModelFile(model.bytes, 'model').model;
    expect(weightHash(there.parameters)).toBe(hashAfter(10));
    await page.reload();
    await ready(page);
    await drop(page, [session.name, session.bytes]);
    await waitForText(page, step, '10');
    await stepTo(page, 14);
    expect(await copied(page)).toContain(`n=14&wh=${hashAfter(14)}`);
    await drop(page, ['<img src=x onerror=alert(1)>.safetensors', model.bytes.slice(0, -1)]);
    await reads(page, alarm, /^<img src=x onerror=alert\(1\)>\.safetensors: .*cut short/);
    expect(await page.$('.notice img')).toBeNull();
    const lying = model.bytes.slice();
    lying.set([255, 255, 255, 255, 255, 255, 255, 127]);
    await drop(page, ['lying.safetensors', lying]);
    await reads(page, alarm, /^lying\.safetensors: /);
    await waitForText(page, step, '14');
    await drop(page, ['<b>m.safetensors', model.bytes]);
    await reads(page, '.opened-model', /The run began with the model <b>m\.safetensors/);
    await waitForText(page, step, '10');
    expect((await saved(page, '#save-model')).bytes).toEqual(model.bytes);
    await page.click('.opened-model button');
    await waitForText(page, step, '0');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a model of PyTorch without names for its tokens asks for them', async () => {
    const { page, problems } = await open();
    const read = (name: string) =>
      [name, new Uint8Array(readFileSync(new URL(`../golden/pytorch-gru/${name}`, import.meta.url)))] as const;
    const count = JSON.parse(new TextDecoder().decode(read('config.json')[1])).vocab_size as number;
    const letters = Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i)).join('');
    await page.click('#tab-data');
    await page.fill('#editor', `${letters}!`.repeat(30));
    await reads(page, '.rail .group-note', new RegExp(`tokens, ${count + 1} different`));
    await drop(page, read('config.json'), read('model.safetensors'));
    await page.fill('.nameless textarea', 'ab');
    await page.click('.nameless [type=submit]');
    await reads(page, '.nameless-problem', /expected \d+ tokens/);
    await page.fill('.nameless textarea', letters);
    await page.click('.nameless [type=submit]');
    await reads(page, '[data-offer=unknown] p', /does not know “!” of this text/);
    await page.click('[data-offer=unknown] button');
    await reads(page, '.opened-model', /model\.safetensors/);
    expect(await page.inputValue('.control:has(label:text("Cell")) select')).toBe('gru');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('the model that is served beside the page opens by itself; where it does not know the text, it says so', async () => {
    const learner = learnTokenizer('char');
    learner.add(tale.replaceAll(/[wW]/g, ''));
    const model = createModel({ tokenizer: learner.finish(), cell: 'lstm', hiddenSize: 8, seed: 3 });
    const served = join(site.folder, 'model.safetensors');
    writeFileSync(served, packModelFile(model, { step: 70 }));
    onTestFinished(() => rmSync(served)); // the folder is that of other test files too
    const { page, problems } = await open('#v=1&open=model');
    await reads(page, '[data-offer=unknown] p', /does not know (“W”, “w”|“w”(, “W”)?) of this text/);
    await page.click('[data-offer=unknown] button');
    await reads(page, '.opened-model', /model\.safetensors/);
    await waitForText(page, step, '70');
    const again = unpackModelFile((await saved(page, '#save-model')).bytes, 'again').model;
    expect(again.parameters).toEqual(model.parameters);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('the run of the last visit is offered, and goes on bit for bit', async () => {
    const { page, problems } = await open();
    await stepTo(page, 8);
    const isKept = (): Promise<boolean> =>
      page.evaluate(async () => {
        document.dispatchEvent(new Event('visibilitychange')); // until somebody hears it
        const found = await indexedDB.databases();
        if (!found.some(({ name }) => name === 'unrolled-lab')) return false;
        return new Promise((resolve) => {
          const request = indexedDB.open('unrolled-lab');
          request.onsuccess = () => {
            const count = request.result.transaction('notes').objectStore('notes').count();
            count.onsuccess = () => {
              request.result.close();
              resolve(count.result > 0);
            };
          };
        });
      });
    await expect.poll(isKept, { timeout: 60_000 }).toBe(true);
    await page.reload();
    await reads(page, '[data-offer=resume] p', /^Resume the \d\d:\d\d run \(Tale, RNN 64, step 8\)\?$/);
    await page.click('[data-offer=resume] button');
    await waitForText(page, step, '8');
    await stepTo(page, 9);
    expect(await copied(page)).toContain(`n=9&wh=${hashAfter(9)}`);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a preset is a new run with its settings in its view, and undo takes it back', async () => {
    const { page, problems } = await open();
    await page.click('[data-preset=hand]');
    await page.waitForSelector('#tab-debugger[aria-selected=true]');
    await reads(page, '.rail .group-note', /^5 tokens, 4 different$/);
    await page.click('#tab-train');
    await stepTo(page, 1);
    expect(await textOf(page, '[data-readout="loss"]')).toBe('1.31'); // 5.256 / 4 in the explanation
    await page.click('[data-preset=explode]');
    await page.waitForSelector('#tab-gradients[aria-selected=true]');
    await waitForText(page, step, '0');
    await page.click('#play');
    await reads(page, alarm, /not finite/);
    expect(Number(await textOf(page, step))).toBeGreaterThan(2);
    await page.click('[role=alert] .notice button:text("Undo")');
    await ready(page);
    expect(new URL(await copied(page)).hash).toContain('preset=explode');
    await page.focus('#play');
    await page.keyboard.press('Control+z');
    await reads(page, '.rail .group-note', /^5 tokens, 4 different$/);
    await waitForText(page, step, '1');
    await page.click('[data-preset=gru-vs-rnn]');
    await page.waitForSelector('.rival-verdicts'); // the plain network beside the LSTM
    await page.click('[data-preset=vanish]');
    await page.waitForSelector('.rival-verdicts', { state: 'hidden' });
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
