// The page begins here: preferences, the link's state, the engine, and the first paint.

import { render } from 'preact';
import { listenToDrops } from './state/drop.ts';
import { beginInLanguage } from './state/language.ts';
import { watchPreferences } from './state/preferences.ts';
import { openPage } from './state/sharing.ts';
import { takeToken } from './state/token.ts';
import { App } from './ui/app.tsx';
import { listenToKeys } from './ui/keys.tsx';
import { linkedViews } from './views/index.ts';

takeToken(); // before anything else sees the address
watchPreferences();
const language = beginInLanguage();
if (language) void language.then(open);
else open();

function open(): void {
  render(<App />, document.getElementById('lab')!);
  listenToKeys();
  listenToDrops();
  void openPage(linkedViews);
  if (import.meta.env.OFFLINE)
    void navigator.serviceWorker?.ready.then(({ active }) => active!.postMessage(document.documentElement.lang));
}

if (import.meta.env.OFFLINE && 'serviceWorker' in navigator)
  navigator.serviceWorker.register('./offline.js').catch(() => {
    // without it the page only needs the network again
  });
