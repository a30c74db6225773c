// The views as tabs: one is shown at a time, and only that one is drawn.

import { useRef } from 'preact/hooks';
import * as actions from '../state/actions.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { viewNames, views } from '../views/index.ts';
import { ViewHost } from './view-host.tsx';

export function Tabs() {
  const list = useRef<HTMLDivElement>(null);
  const { view } = store.cursor.value;
  const current = viewNames.includes(view) ? view : viewNames[0];
  const go = (name: string): void => {
    actions.show(name);
    list.current?.querySelector<HTMLElement>(`#tab-${name}`)?.focus();
  };
  const key = (event: KeyboardEvent): void => {
    const place = viewNames.indexOf(current);
    const moves: Record<string, number> = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: -1 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    go(viewNames.at(moves[event.key] % viewNames.length)!);
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={strings.views.label} ref={list} onKeyDown={key}>
        {viewNames.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === current}
            aria-controls="view"
            tabIndex={name === current ? 0 : -1}
            onClick={() => actions.show(name)}
          >
            {views[name].label}
          </button>
        ))}
      </div>
      <section
        class={`view view-${current}`}
        id="view"
        role="tabpanel"
        tabIndex={-1}
        aria-labelledby={`tab-${current}`}
      >
        <ViewHost key={current} name={current} />
      </section>
    </>
  );
}
