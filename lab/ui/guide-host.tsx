// The place of what leads through the page: the tour. It is loaded when a link asks for it.

import { effect, type Signal, signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';

const panel: Signal<ComponentType | null> = signal(null);

export function GuideHost() {
  useEffect(() => {
    let isAsked = false;
    return effect(() => {
      if (isAsked || (store.extras.value?.tour ?? null) === null) return;
      isAsked = true;
      import('./guide/panel.tsx').then(
        ({ Panel }) => void (panel.value = Panel),
        () => {
          isAsked = false;
          store.problem.value = strings.views.notLoaded;
        },
      );
    });
  }, []);
  const Panel = panel.value;
  return Panel && <Panel />;
}
