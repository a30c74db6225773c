// The text and the pictures go together: as the reader scrolls, the view that a chapter speaks of is shown beside it; and a view that is chosen brings
// its chapter. Only where the text scrolls by itself, beside the views; on a narrow screen nothing moves by itself.

import { computed, effect, signal } from '@preact/signals';
import * as actions from '../state/actions.ts';
import * as store from '../state/store.ts';

/** Whether the views follow the text. */
export const follows = signal(true);
/** Id of the chapter that is read. */
export const reading = signal('');

const isBeside = matchMedia('(min-width: 1241px)');
/** Share of the height of what scrolls at which a reader's eyes are. */
const eyes = 0.35;
/** Whether the text is where the reader scrolled it. Text also moves because a view was chosen, a chapter was added above, or a picture grew. */
let isReaders = false;

/** What a reader scrolls with: a wheel, a finger, keys, the scroll bar, a link. */
const means = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;

/** Follows the reader through the text that an element holds; returns how to stop. */
export function followReading(scroller: HTMLElement): () => void {
  let isDue = false;
  const look = (): void => {
    isDue = false;
    const { top, height } = isBeside.matches ? scroller.getBoundingClientRect() : { top: 0, height: innerHeight };
    const line = top + eyes * height;
    const chapter = Array.from(scroller.querySelectorAll<HTMLElement>('.chapter')).findLast(
      (each) => each.getBoundingClientRect().top <= line,
    );
    if (!chapter || !isReaders) return;
    reading.value = chapter.id.replace('chapter-', '');
    if (follows.value && isBeside.matches) actions.focus({ view: chapter.dataset.view as string });
    isReaders = true; // also where the view is the one that was last chosen
  };
  const scrolled = ({ target }: Event): void => {
    if (target !== (isBeside.matches ? scroller : document)) return; // the strip of a view, or a table
    if (!isDue) requestAnimationFrame(look);
    isDue = true;
  };
  const moved = ({ target }: Event): void => {
    if (!isBeside.matches || scroller.contains(target as Node)) isReaders = true;
  };
  // a view that was just chosen moves the text, which is not the reader's scrolling
  const view = computed(() => store.cursor.value.view);
  const stopChoices = effect(() => {
    if (view.value === store.chosenView.value) isReaders = false;
  });
  // the scrolling of the text, or on a narrow screen of the page
  document.addEventListener('scroll', scrolled, { passive: true, capture: true });
  for (const each of means) document.addEventListener(each, moved, { passive: true, capture: true });
  return () => {
    stopChoices();
    document.removeEventListener('scroll', scrolled, { capture: true });
    for (const each of means) document.removeEventListener(each, moved, { capture: true });
  };
}

/** Shows a chapter from its beginning. */
export function jumpTo(id: string): void {
  const chapter = document.getElementById(`chapter-${id}`);
  if (!chapter) return;
  isReaders = false;
  reading.value = id;
  const scroller = chapter.closest('.explanation')!;
  const head = scroller.querySelector('.contents')?.clientHeight ?? 0;
  // not scrollIntoView, which would move the page too
  if (isBeside.matches)
    scroller.scrollTop += chapter.getBoundingClientRect().top - scroller.getBoundingClientRect().top - head;
  else chapter.scrollIntoView({ behavior: 'instant' });
}

/** After a view was chosen: its first chapter, unless one of its chapters is read already. */
export function bringChapter(chapters: readonly { readonly id: string; readonly view: string }[]): void {
  if (!isBeside.matches) return;
  const { view } = store.cursor.peek();
  const current = chapters.find(({ id }) => id === reading.peek());
  const first = chapters.find((chapter) => chapter.view === view);
  if (first && current?.view !== view) jumpTo(first.id);
}
