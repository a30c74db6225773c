// A person's preferences, which the browser keeps under one key: colors, the language and single-key shortcuts.

import { effect } from '@preact/signals';
import { isLanguage } from '../language.ts';
import * as store from './store.ts';

const key = 'unrolled-lab';

/** Reads what is kept, follows the system, and keeps what changes. */
export function watchPreferences(): void {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as {
      theme?: unknown;
      singleKeys?: unknown;
      language?: unknown;
    };
    if (kept.theme === 'light' || kept.theme === 'dark') store.themeChoice.value = kept.theme;
    if (isLanguage(kept.language)) store.languageChoice.value = kept.language;
    if (typeof kept.singleKeys === 'boolean') store.singleKeys.value = kept.singleKeys;
  } catch {
    // a browser that keeps nothing, or something else under this key
  }
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => void (store.systemIsDark.value = dark.matches);
  dark.addEventListener('change', follow);
  follow();
  effect(() => {
    document.documentElement.dataset.theme = store.theme.value;
    try {
      localStorage.setItem(
        key,
        JSON.stringify({
          theme: store.themeChoice.value,
          singleKeys: store.singleKeys.value,
          ...(store.languageChoice.value && { language: store.languageChoice.value }),
        }),
      );
    } catch {
      // as above
    }
  });
}
