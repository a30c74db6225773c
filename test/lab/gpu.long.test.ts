// The switch between CPU and GPU in the page, on the GPU that SwiftShader imitates: what it says, that training goes on through a GPU lost on purpose, and
// what the Worker loads for it. Needs a Chromium with an adapter; skipped aloud without.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { executablePath, type Served, serveSite, textOf, waitForText } from './site.ts';

/** Keeps the devices that the Worker opens, so that the test can take one away, and how long turns of the page take. */
const keepsDevices = `
  globalThis.devices = [];
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await requestDevice.apply(this, args);
    globalThis.devices.push(device);
    return device;
  };`;

async function openPage(served: Served): Promise<{ page: Page; problems: string[]; close(): Promise<void> }> {
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--disable-background-networking',
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(90_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  await page.goto(`${served.address.replace('127.0.0.1', 'localhost')}#v=1&hidden=8&T=8&batch=2&view=train`);
  await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#play')?.disabled === false);
  return { page, problems, close: () => browser.close() };
}

test.skipIf(!executablePath)(
  'the switch trains on the GPU, and where that is lost on the CPU',
  { timeout: 300_000 },
  async (context) => {
    const served = await serveSite();
    const { page, problems, close } = await openPage(served);
    try {
      if (!(await page.evaluate('navigator.gpu?.requestAdapter().then(Boolean)'))) {
        console.warn('no WebGPU in Chromium: the switch of the lab is not tested');
        context.skip('no adapter');
      }
      await page.click('#more-settings');
      await page.waitForSelector('#compute-on');
      const [engine] = page.workers();
      /** The scripts that the Worker has loaded beside its entry and what looks into windows. */
      const ofGpu = async (): Promise<string[]> =>
        (
          (await engine.evaluate(
            `performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1))`,
          )) as string[]
        ).filter((name) => /^worker-webgpu-.*\.js$/.test(name));
      expect(await ofGpu()).toEqual([]);
      await engine.evaluate(keepsDevices);
      await page.evaluate(`
      globalThis.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
      }).observe({ type: 'longtask' });`);
      await page.selectOption('#compute-on', 'gpu');
      const speeds = /^google swiftshader: [\d.,]+.* tokens\/s, the CPU [\d.,]+.*The CPU is faster/;
      await waitForText(page, '#compute-speeds', speeds).catch(async (error) => {
        throw new Error(
          `${await textOf(page, '#compute')}, ${problems.join()}, ${await textOf(page, '.notices')}: ${error}`,
        );
      });
      const loaded = await ofGpu();
      expect(loaded.length).toBeGreaterThan(0);
      const bytes = loaded.map(
        (name) => gzipSync(readFileSync(join(served.folder, 'assets', name)), { level: 9 }).length,
      );
      const sum = bytes.reduce((total, each) => total + each, 0);
      console.log(`the Worker loads ${sum} bytes more for the GPU`);
      expect(sum).toBeLessThan(12_050);

      const stepOf = (): Promise<number> =>
        page.evaluate(() =>
          Number(document.querySelector('[data-readout=step]')?.textContent?.replaceAll(/\D/g, '') ?? Number.NaN),
        );
      await page.click('#play');
      await page.waitForFunction(
        () => Number(document.querySelector('[data-readout=step]')?.textContent?.replaceAll(/\D/g, '')) >= 24,
      );
      const at = await stepOf();
      await engine.evaluate('globalThis.devices.at(-1).destroy()');
      await page.waitForSelector('.notice-mild');
      expect(await textOf(page, '.notice-mild p')).toMatch(
        /^webgpu: the GPU was lost.*; training goes on on the CPU from step \d+$/,
      );
      const from = Number((await textOf(page, '.notice-mild p')).match(/step (\d+)$/)![1]);
      expect(from).toBeGreaterThanOrEqual(at - 8);
      expect(await page.inputValue('#compute-on')).toBe('cpu');
      await page.waitForFunction(
        (least) => Number(document.querySelector('[data-readout=step]')?.textContent?.replaceAll(/\D/g, '')) >= least,
        from + 200,
      );
      // nothing of a GPU runs in the page; how long its turns are depends on what else the machine does
      console.log(`the longest task of the page: ${await page.evaluate('globalThis.longest')} ms`);
      expect(problems).toEqual([]);
    } finally {
      await close();
      served.close();
    }
  },
);
