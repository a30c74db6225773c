// The page: the bar with the transport, the settings at the left, the views, and at the right the inspector and the explanation.

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

export function App() {
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
