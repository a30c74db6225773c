// The page: the bar with the transport, the settings at the left, the views, and at the right the inspector and the explanation.

import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { Explanation } from './explanation.tsx';
import { GuideHost } from './guide-host.tsx';
import { Inspector } from './inspector.tsx';
import { KeysDialog } from './keys.tsx';
import { Notices } from './notices.tsx';
import { Rail } from './rail.tsx';
import { Start } from './start.tsx';
import { Tabs } from './tabs.tsx';
import { TopBar } from './top-bar.tsx';

/** Another language puts the page up anew; the run and the place in it are in the store, and stay. */
export function App() {
  return <Page key={store.language.value} />;
}

function Page() {
  return (
    <>
      <a class="skip" href="#view">
        {strings.skip}
      </a>
      <TopBar />
      <div class="page">
        <Rail />
        <main class="main">
          <Notices />
          <GuideHost />
          <Start />
          <Tabs />
        </main>
        <aside class="aside" aria-label={strings.inspector.label}>
          <Inspector />
          <Explanation />
        </aside>
      </div>
      <KeysDialog />
    </>
  );
}
