// What every page of the site does: the choice of colors, the search, buttons that copy, and the programs of the cookbook, which run when they are asked to.

import './style.css';

const key = 'unrolled-lab'; // the lab keeps its preferences there too

document.querySelector('.theme')!.addEventListener('click', () => {
  const root = document.documentElement;
  const theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
  root.dataset.theme = theme;
  try {
    localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key) ?? '{}'), theme }));
  } catch {
    // a browser that keeps nothing: the choice ends with the page
  }
});

for (const button of document.querySelectorAll<HTMLButtonElement>('.run'))
  button.addEventListener('click', async () => {
    button.disabled = true;
    button.textContent = 'It runs';
    (button.nextElementSibling as HTMLElement).hidden = false;
    try {
      await import(/* @vite-ignore */ new URL(button.dataset.program!, document.baseURI).href);
    } catch (error) {
      button.textContent = `It stopped: ${(error as Error).message}`;
    }
  });

/** Milliseconds for which a button says that it has copied. */
const thanks = 1500;

for (const box of navigator.clipboard ? document.querySelectorAll('.code') : []) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(box.querySelector('pre')!.textContent!);
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, thanks);
  });
  box.append(button);
}

type Entry = readonly [address: string, page: string, title: string, text: string];
/** The most results that are shown. */
const maxResults = 12;

const form = document.querySelector<HTMLFormElement>('.search')!;
const input = form.querySelector('input')!;
const output = form.querySelector('output')!;
let entries: Promise<readonly Entry[]> | undefined;

/** How well a section answers: every word must be in it; one in the title counts most, and one at the start of a word more than inside. */
function score([, page, title, text]: Entry, words: readonly string[]): number {
  let sum = 0;
  for (const word of words) {
    const points = (where: string, weight: number): number => {
      const at = where.toLowerCase().indexOf(word);
      return at < 0 ? 0 : at === 0 || /[^\p{L}\p{N}]/u.test(where[at - 1]) ? weight : weight / 3;
    };
    const best = points(title, 10) + points(page, 3) + points(text, 2);
    if (best === 0) return 0;
    sum += best;
  }
  return sum + 4 / (4 + title.length);
}

/** The part of a text around a word. */
function excerpt(text: string, word: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 40);
  return `${at > 0 ? '…' : ''}${text.slice(at, at + 120)}…`;
}

async function search(): Promise<void> {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  output.hidden = words.length === 0;
  if (words.length === 0) return;
  entries ??= fetch(`${form.dataset.root}search.json`).then((response) => response.json());
  const found = (await entries)
    .map((entry) => [score(entry, words), entry] as const)
    .filter(([points]) => points > 0)
    .sort(([a], [b]) => b - a)
    .slice(0, maxResults);
  output.replaceChildren(
    ...found.map(([, [address, page, title, text]]) => {
      const link = document.createElement('a');
      link.href = form.dataset.root + address;
      const [heading, where, what] = ['b', 'i', 'span'].map((tag) => document.createElement(tag));
      heading.textContent = title;
      where.textContent = page;
      what.textContent = excerpt(text, words[0]);
      link.append(heading, ' ', where, what);
      return link;
    }),
  );
  if (found.length === 0) output.textContent = 'Nothing is found.';
}

input.addEventListener('input', search);
input.addEventListener('focus', search);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  output.querySelector<HTMLAnchorElement>('a')?.click();
});
addEventListener('keydown', (event) => {
  if (event.key === '/' && !/INPUT|TEXTAREA|SELECT/.test(document.activeElement?.tagName ?? '')) {
    event.preventDefault();
    input.focus();
  } else if (event.key === 'Escape') output.hidden = true;
});
addEventListener('click', (event) => {
  if (!form.contains(event.target as Node)) output.hidden = true;
});
