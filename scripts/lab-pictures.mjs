// The pictures of docs/lab.md: every view of the built lab after some hundred steps, on a wide screen and on a phone.
//   npm run build:lab && node scripts/lab-pictures.mjs [VIEW …]        Chromium from PATH, or CHROMIUM=/path

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { openBuiltLab } from './built-lab.mjs';

const pictures = fileURLToPath(new URL('../docs/lab/', import.meta.url));

const wide = { width: 1440, height: 900, scale: 1 };
const phone = { width: 390, height: 844, scale: 2 };
const [light, dark] = ['light', 'dark'];

/** The steps that are trained, the link with which the page begins, what is done in a view before its pictures are taken, and the colors of the wide one and of the phone's. */
const scenes = {
  train: { steps: 600, colors: [light, light] },
  data: { steps: 0, colors: [light, dark] },
  unrolled: { steps: 300, colors: [light, light], act: (page) => page.hover('.parts button:nth-child(2)') },
  debugger: {
    steps: 300,
    colors: [dark, light],
    async act(page) {
      for (let i = 0; i < 19; i++) await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(300);
      await page.click('.line-result .number-button');
    },
  },
  gradients: { steps: 300, colors: [light, dark] },
  memory: { steps: 800, link: '#v=1&cell=gru&w=9', colors: [light, light] },
  units: { steps: 600, link: '#v=1&text=brackets&cell=lstm', colors: [light, light] },
  basins: { steps: 300, link: '#v=1&preset=basins', colors: [light, light] },
  generate: { steps: 1500, colors: [light, light] },
  weights: { steps: 300, link: '#v=1&cell=gru', colors: [light, dark] },
  export: { steps: 300, colors: [light, light] },
  compare: {
    steps: 0,
    colors: [light, dark],
    async act(page) {
      await page.click('#compare-begin');
      await page.waitForSelector('.compare-samples .token-text span');
      await page.evaluate(() => scrollTo(0, document.querySelector('.view-compare .summary').offsetTop - 160));
    },
  },
};

const { address, browser, close } = await openBuiltLab();

async function take(view, { width, height, scale }, colorScheme) {
  const { steps, link = '', act } = scenes[view];
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme,
    serviceWorkers: 'block',
  });
  const page = await context.newPage();
  await page.goto(`${address}${link}`);
  await page.waitForFunction(() => !document.querySelector('#play').disabled);
  if (steps > 0) {
    await page.click('#play');
    await page.waitForFunction(
      (least) => Number(document.querySelector('[data-readout="step"]').textContent.replaceAll(',', '')) >= least,
      steps,
    );
    await page.click('#play');
  }
  await page.click(`#tab-${view}`);
  await page.waitForTimeout(2000);
  await act?.(page);
  await page.waitForTimeout(1200);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: join(pictures, `${view}-${width}-${colorScheme}.jpg`), type: 'jpeg', quality: 82 });
  await context.close();
}

const asked = process.argv.slice(2);
for (const view of asked.length > 0 ? asked : Object.keys(scenes)) {
  const [ofWide, ofPhone] = scenes[view].colors;
  await take(view, wide, ofWide);
  await take(view, phone, ofPhone);
}
if (asked.length === 0 || asked.includes('unrolled')) {
  // the picture of README, small enough to travel with the package
  const page = await browser.newPage({ viewport: { width: 960, height: 600 } });
  const wideOne = readFileSync(join(pictures, 'unrolled-1440-light.jpg')).toString('base64');
  await page.setContent(
    `<body style="margin:0"><img style="width:960px;height:600px" src="data:image/jpeg;base64,${wideOne}">`,
  );
  await page.waitForFunction(() => document.querySelector('img').complete);
  await page.screenshot({ path: join(pictures, 'readme.jpg'), type: 'jpeg', quality: 72 });
}
await close();
