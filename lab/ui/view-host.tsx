// The host of a view mounts it, passes it changes at most once per painted frame, and gives it its one sentence and its table.

import { effect, type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { LabTask } from '../settings.ts';
import type { Frame } from '../state/frame.ts';
import { tell } from '../state/news.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { views } from '../views/index.ts';
import type { View } from '../views/view.ts';
import { ReadAsTable } from './read-as-table.tsx';
import { SaveView } from './save-view.tsx';

/** A hidden page paints no frames; then this many milliseconds stand for one. */
const withoutFramesMs = 200;
/** What training alone changes is drawn only so often: nobody reads faster, and the engine needs the time. */
const betweenDrawsMs = 60;
/** Where frames come late, or drawing takes long, drawing takes at most one part in so many of the time. */
const restFactor = 12;
const longestRestMs = 1000;
/** A frame that comes within so many milliseconds is not late. */
const frameMs = 20;

/** Whether a person did something, or waits for something, that must be seen at once. */
function isAsked(now: Frame, drawn: Frame | null): boolean {
  if (!drawn || now.status !== 'running') return true;
  return (['cursor', 'settings', 'theme', 'status', 'info', 'edits', 'generated', 'past', 'scale'] as const).some(
    (name) => now[name] !== drawn[name],
  );
}

/** What a step shows is read out once nothing has moved for so many milliseconds. */
const sayAfterMs = 250;
/** What speaks for itself when it is moved. */
const speaking = '[role=grid], [role=slider], input[type=range]';

/** Whether the visitor's place is another one, in the same view. */
const hasMoved = ({ cursor: now }: Frame, { cursor: before }: Frame): boolean =>
  (['n', 'w', 't', 'l', 'u', 'op', 'direction'] as const).some((name) => now[name] !== before[name]);

let current: View | null = null;

/** Hands a key to the view that is shown; whether it meant something there. */
export const keyOfView = (event: KeyboardEvent): boolean => current?.key?.(event) ?? false;

export function ViewHost({ name, task }: { readonly name: string; readonly task: LabTask }) {
  const element = useRef<HTMLDivElement>(null);
  const sentence = useSignal('');
  const shown = useSignal<View | null>(null);
  useEffect(() => {
    let close = (): void => {};
    let isGone = false;
    const open = (view: View): void => {
      if (isGone) return;
      shown.value = view;
      close = host(view, element.current!, sentence);
    };
    const made = views[name].open(task);
    if (made instanceof Promise)
      made.then(open, () => {
        if (!isGone) store.problem.value = strings.views.notLoaded;
      });
    else open(made);
    return () => {
      isGone = true;
      close();
    };
  }, [name, task]);
  return (
    <>
      <p class="summary" id="summary">
        {sentence}
      </p>
      <div ref={element} class="view-body" />
      {shown.value && <ReadAsTable view={shown.value} />}
      {shown.value && <SaveView view={shown.value} />}
    </>
  );
}

/** Shows a view until the function that is returned is called. */
function host(view: View, element: HTMLElement, sentence: Signal<string>): () => void {
  view.mount(element);
  current = view;
  store.needs.value = view.needs ?? [];
  let due: 'no' | 'later' | 'now' = 'no';
  let timer = 0;
  let request = 0;
  let drawn: Frame | null = null;
  let time = 0;
  let saying = 0;
  /** When drawing was asked for, and how long the page then rests before it draws what training alone changed. */
  let asked = 0;
  let rest = betweenDrawsMs;
  const draw = (): void => {
    cancelAnimationFrame(request);
    clearTimeout(timer);
    if (due !== 'now') return;
    due = 'no';
    time = performance.now();
    const before = drawn;
    drawn = store.frame.peek();
    performance.mark('draw');
    view.update(drawn);
    sentence.value = view.describe();
    performance.measure('draw', 'draw'); // for whoever observes; not kept
    performance.clearMarks('draw');
    performance.clearMeasures('draw');
    const late = Math.max(0, time - asked - frameMs);
    rest = Math.min(longestRestMs, Math.max(betweenDrawsMs, restFactor * (performance.now() - time + late)));
    if (!before || !hasMoved(drawn, before) || document.activeElement?.matches(speaking)) return;
    clearTimeout(saying);
    saying = window.setTimeout(() => tell(sentence.value), sayAfterMs);
  };
  const drawSoon = (): void => {
    due = 'now';
    asked = performance.now();
    clearTimeout(timer);
    request = requestAnimationFrame(draw);
    timer = window.setTimeout(draw, withoutFramesMs);
  };
  /** A key moves on from where the visitor is, although the key before it may not be drawn yet. */
  const catchUp = (): void => void (due === 'now' && draw());
  document.addEventListener('keydown', catchUp, { capture: true });
  const stop = effect(() => {
    const frame = store.frame.value;
    if (due === 'now') return;
    const wait = isAsked(frame, drawn) ? 0 : time + rest - performance.now();
    if (wait <= 0) drawSoon();
    else if (due === 'no') {
      due = 'later';
      timer = window.setTimeout(drawSoon, wait);
    }
  });
  return () => {
    stop();
    document.removeEventListener('keydown', catchUp, { capture: true });
    due = 'no';
    clearTimeout(timer);
    clearTimeout(saying);
    current = null;
    store.needs.value = [];
    view.dispose();
    element.replaceChildren();
  };
}
