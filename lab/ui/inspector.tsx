// The inspector at the right: the number that was asked for, its formula with the numbers in it, and the numbers before it on the way. The panel
// that explains is loaded with the first question (../explain/panel.ts). Some views show a name and a value of their own instead.

import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { withWords } from '../language.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';

export function Inspector() {
  const inspected = store.inspected.value;
  const hasPath = store.explained.value.length > 0;
  const element = useRef<HTMLElement>(null);
  useEffect(() => returnFocus(element.current!), []);
  const kind = inspected ? '' : hasPath ? 'is-sheet' : 'is-empty';
  return (
    <section class={`inspector ${kind}`} aria-label={strings.inspector.label} ref={element}>
      <h2>{strings.inspector.label}</h2>
      {inspected ? (
        <dl class="inspected">
          {inspected.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      ) : hasPath ? (
        <Explained />
      ) : (
        <p class="note">{strings.inspector.empty}</p>
      )}
    </section>
  );
}

/**
 * Where the explanation of a number is closed, the focus goes back to what it was opened from. Returns how to stop.
 */
function returnFocus(inspector: HTMLElement): () => void {
  let opener: Element | null = null;
  let wasOpen = false;
  return effect(() => {
    const isOpen = store.explained.value.length > 0;
    const active = document.activeElement;
    if (isOpen && !wasOpen) {
      opener = active;
      requestAnimationFrame(() => requestAnimationFrame(() => showAbove(opener)));
    } else if (!isOpen && wasOpen && inspector.contains(active)) {
      const target = opener?.isConnected && opener !== document.body ? opener : document.getElementById('view');
      (target as HTMLElement | null)?.focus({ preventScroll: true });
    }
    wasOpen = isOpen;
  });
}

/** On a narrow screen the explanation is a sheet at the bottom: what was tapped stays in sight above it. */
function showAbove(opener: Element | null): void {
  const place = opener?.querySelector('.heatmap-marker') ?? opener;
  if (place && place !== document.body) place.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function Explained() {
  const element = useRef<HTMLDivElement>(null);
  const note = useSignal<string>(strings.inspector.loading);
  useEffect(() => {
    let stop = (): void => {};
    let isGone = false;
    withWords(import('../explain/panel.ts')).then(
      ({ ExplainPanel }) => {
        if (isGone) return;
        note.value = '';
        const panel = new ExplainPanel();
        element.current!.append(panel.element);
        // what was asked for comes into sight
        const place = element.current!.closest('.inspector');
        const stopScroll = effect(() => {
          if (store.explained.value.length > 0 && place) place.scrollTop = 0;
        });
        const stopUpdates = effect(() =>
          panel.update({
            path: store.explained.value,
            windowTrace: store.windowTrace.value,
            info: store.info.value,
            checked: store.checked.value,
          }),
        );
        stop = () => {
          stopScroll();
          stopUpdates();
        };
      },
      () => void (note.value = strings.inspector.notLoaded),
    );
    return () => {
      isGone = true;
      stop();
    };
  }, []);
  return (
    <>
      {note.value && <p class="note">{note}</p>}
      <div ref={element} />
    </>
  );
}
