// A newcomer's minute, as pictures: the page 0, 5, 10, 30 and 60 s after it opened, on a desktop and on a phone, while somebody presses what comes to hand: a
// play at once, another view after 12 s, a network of one's own after 32 s. It says when the first line came, and fails where that took more than 10 s.
//   npm run build:lab && node scripts/newcomer.mjs FOLDER        Chromium from PATH, or CHROMIUM=/path

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { openBuiltLab } from './built-lab.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/newcomer.mjs FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

/** Seconds within which a newcomer is to see the first line after the press. */
const firstLineWithin = 10;
const screens = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};
/** What is pressed, and when, in seconds. */
const presses = [
  [1, '[data-shipped=shakespeare]'],
  [12, '[data-look=unrolled]'],
  [32, '#open-start'],
  [33, '#train-own'],
];
const pictures = [0, 5, 10, 30, 60];

const { address, browser, close } = await openBuiltLab();

for (const [name, screen] of Object.entries(screens)) {
  const context = await browser.newContext({ ...screen, serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(() => !document.querySelector('#play').disabled);
  const begin = performance.now();
  const events = [...presses, ...pictures.map((second) => [second, null])].sort(([a], [b]) => a - b);
  for (const [second, press] of events) {
    await page.waitForTimeout(Math.max(0, 1000 * second - (performance.now() - begin)));
    if (press === null) {
      await page.screenshot({ path: join(folder, `${name}-${second}.png`) });
      continue;
    }
    if (press === '#open-start' && name === 'phone') await page.click('.rail-fold > summary');
    await page.click(press);
    if (second !== presses[0][0]) continue;
    const pressed = performance.now();
    await page.waitForFunction(
      () => document.querySelector('.paper-prompt') && document.querySelector('.paper-text').textContent.length > 40,
    );
    const waited = (performance.now() - pressed) / 1000;
    console.log(`${name}: the first line came ${waited.toFixed(1)} s after the press`);
    if (waited > firstLineWithin) process.exitCode = 1;
  }
  await context.close();
}
await close();
