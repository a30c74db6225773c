// The views as tabs: one is shown at a time, and only that one is drawn. Where the explanation does not stand beside them it has a tab too.

import { useEffect, useRef } from 'preact/hooks';
import * as actions from '../state/actions.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { labelOf, readTab, viewNames, views } from '../views/index.ts';
import { isBeside } from './reading.ts';
import { uiStrings } from './strings.ts';
import { ViewHost } from './view-host.tsx';

export function Tabs() {
  const list = useRef<HTMLDivElement>(null);
  const { view } = store.cursor.value;
  const { task } = store.settings.value;
  const { embed = null, hide = '' } = store.extras.value ?? {};
  const hidden = hide.split(',');
  const shown = viewNames.filter((name) => !hidden.includes(name));
  const hasText = !isBeside.value && !embed && !hidden.includes('explanation');
  const names = [...(hasText ? [readTab] : []), ...(shown.length > 0 ? shown : viewNames)];
  const current = names.includes(view) ? view : (shown[0] ?? viewNames[0]);
  const isReading = current === readTab;
  useEffect(() => void document.documentElement.toggleAttribute('data-reading', isReading), [isReading]);
  const go = (name: string): void => {
    actions.show(name);
    list.current?.querySelector<HTMLElement>(`#tab-${name}`)?.focus();
  };
  const key = (event: KeyboardEvent): void => {
    const place = names.indexOf(current);
    const moves: Record<string, number> = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: -1 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    go(names.at(moves[event.key] % names.length)!);
  };
  /** Who points goes into the view, so that the arrow keys are the view's; who uses the keyboard stays at the tabs. */
  const choose = (name: string, event: MouseEvent): void => {
    actions.show(name);
    if (event.detail > 0) document.getElementById('view')?.focus({ preventScroll: true });
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={strings.views.label} ref={list} onKeyDown={key}>
        {names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-disabled={task !== 'text' && views[name]?.isOfTexts ? 'true' : undefined}
            id={`tab-${name}`}
            aria-selected={name === current}
            aria-controls={name === readTab ? 'explanation' : 'view'}
            tabIndex={name === current ? 0 : -1}
            onClick={(event) => choose(name, event)}
          >
            {name === readTab ? uiStrings.explanation.tab : labelOf(name)}
          </button>
        ))}
      </div>
      <section
        class={`view view-${current}`}
        id="view"
        role="tabpanel"
        tabIndex={-1}
        aria-labelledby={`tab-${current}`}
        hidden={isReading}
      >
        {!isReading && <ViewHost key={`${current} ${task}`} name={current} task={task} />}
      </section>
    </>
  );
}
