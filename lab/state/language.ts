// The language of the page: which one a visit begins in, and how another is chosen. The page is then put up anew around the run, which goes on.

import { bestOf, type Language, languages, speak } from '../language.ts';
import { strings } from '../strings.ts';
import { tell } from './news.ts';
import * as store from './store.ts';

/** The link's language, else the one that was chosen here before, else the browser's. */
function wanted(): Language {
  const [, linked = null] = /[#&]lang=([a-z]{2})\b/.exec(location.hash) ?? [];
  return bestOf([linked, store.languageChoice.value, ...(navigator.languages ?? [])]);
}

/** Tells the browser what language the page is in. */
function show(language: Language): void {
  const root = document.documentElement;
  root.lang = language;
  root.dir = languages[language].direction;
  document.title = strings.title;
  store.language.value = language;
}

/** Puts the page into a language. Rejects where that could not be loaded; the page then stays as it is. */
export async function changeTo(language: Language): Promise<void> {
  if (language === store.language.value) return;
  await speak(language);
  show(language);
}

/** The language in which a visit begins; English where another cannot be loaded. Waits for nothing where that is English. */
export function beginInLanguage(): void | Promise<void> {
  const language = wanted();
  if (language !== 'en') return changeTo(language).catch(() => {});
}

/** The visitor's choice, which the browser keeps; the link of the page has it too if it named another. */
export async function choose(language: Language): Promise<void> {
  try {
    await changeTo(language);
  } catch {
    store.problem.value = strings.language.notLoaded;
    return;
  }
  store.languageChoice.value = language;
  if (store.extras.value?.lang) store.extras.value = { ...store.extras.value, lang: language };
  tell(strings.language.changed);
}
