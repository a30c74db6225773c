// The built-in texts: files beside the page, fetched when they are chosen, and the texts of the gallery, which are made here.

import { type Settings, type ToyName, toyNames } from '../settings.ts';

const addresses: Record<Exclude<Settings['text'], 'own' | ToyName>, string> = {
  tale: new URL('../texts/tale.txt', import.meta.url).href,
  opening: new URL('../texts/opening.txt', import.meta.url).href,
  verse: new URL('../texts/verse.txt', import.meta.url).href,
  code: new URL('../texts/code.txt', import.meta.url).href,
  brackets: new URL('../texts/brackets.txt', import.meta.url).href,
  scene: new URL('../texts/scene.txt', import.meta.url).href,
  sums: new URL('../texts/sums.txt', import.meta.url).href,
  names: new URL('../texts/names.tsv', import.meta.url).href,
  weather: new URL('../../texts/weather.csv', import.meta.url).href,
};

const isToy = (text: Settings['text']): text is ToyName => toyNames.some((name) => name === text);

/** The text that the settings name. */
export async function loadText({ text, ownText }: Settings): Promise<string> {
  if (text === 'own') return ownText;
  if (isToy(text)) return (await import('../text/toys.ts')).toyText(text);
  const response = await fetch(addresses[text]);
  if (!response.ok)
    throw new Error(`text ${text}: expected a file, got the answer ${response.status}; load the page again`);
  return response.text();
}
