// The place of what leads through the page: the tour, the gallery, an exercise, and what makes one. It is loaded when
// a link asks for it.

import { effect, type Signal, signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { withWords } from '../language.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';

const panel: Signal<ComponentType | null> = signal(null);

export function GuideHost() {
  useEffect(() => {
    let isAsked = false;
    return effect(() => {
      const { tour = null, gallery = null, tasks = '', embed = null } = store.extras.value ?? {};
      const isWanted = tour !== null || gallery !== null || tasks !== '' || store.maker.value !== null;
      if (isAsked || !isWanted || embed) return;
      isAsked = true;
      withWords(import('./guide/panel.tsx')).then(
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
