// The text and the pictures go together: as the reader scrolls, the view that a chapter speaks of is shown beside it; and a view that is chosen brings
// its chapter. Only where the text scrolls by itself, beside the views; on a narrow screen it has a tab of its own, and nothing moves by itself.

import { computed, effect, signal } from '@preact/signals';
import * as actions from '../state/actions.ts';
import * as store from '../state/store.ts';
import { readTab } from '../views/index.ts';

/** Whether the views follow the text. */
export const follows = signal(true);
/** Id of the chapter that is read. */
export const reading = signal('');

const wide = matchMedia('(min-width: 1241px)');
/** Whether the text stands beside the views. */
export const isBeside = signal(wide.matches);
wide.addEventListener('change', () => void (isBeside.value = wide.matches));
/** Whether the text is on the page, beside the views or under its tab. */
export const isShown = computed(() => isBeside.value || store.cursor.value.view === readTab);
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
    if (!isShown.peek()) return;
    const { top, height } = isBeside.peek() ? scroller.getBoundingClientRect() : { top: 0, height: innerHeight };
    const line = top + eyes * height;
    const chapter = Array.from(scroller.querySelectorAll<HTMLElement>('.chapter')).findLast(
      (each) => each.getBoundingClientRect().top <= line,
    );
    if (!chapter || !isReaders) return;
    reading.value = chapter.id.replace('chapter-', '');
    if (follows.value && isBeside.peek()) actions.focus({ view: chapter.dataset.view as string });
    isReaders = true; // also where the view is the one that was last chosen
  };
  const scrolled = ({ target }: Event): void => {
    if (target !== (isBeside.peek() ? scroller : document)) return; // the strip of a view, or a table
    if (!isDue) requestAnimationFrame(look);
    isDue = true;
  };
  const moved = ({ target }: Event): void => {
    if (!isBeside.peek() || scroller.contains(target as Node)) isReaders = true;
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

/** Chapters out of sight are not laid out, and their heights are guesses: so many frames after a jump its end is corrected. */
const framesToCorrect = 4;

/** Shows a chapter from its beginning. */
export function jumpTo(id: string): void {
  const chapter = document.getElementById(`chapter-${id}`);
  const scroller = chapter?.closest('.explanation');
  if (!chapter || !scroller) return;
  isReaders = false;
  reading.value = id;
  const correct = (frames: number): void => {
    if (isReaders || reading.peek() !== id) return;
    const contents = scroller.querySelector('.contents')!;
    const head = contents.clientHeight + Number.parseFloat(getComputedStyle(contents).top);
    const { top } = chapter.getBoundingClientRect();
    // not scrollIntoView, which would move the page too
    if (isBeside.peek()) scroller.scrollTop += top - scroller.getBoundingClientRect().top - head;
    else scrollBy({ top: top - head, behavior: 'instant' });
    if (frames > 0) requestAnimationFrame(() => correct(frames - 1));
  };
  correct(framesToCorrect);
}

/** After a view was chosen: its first chapter, unless one of its chapters is read already. */
export function bringChapter(chapters: readonly { readonly id: string; readonly view: string }[]): void {
  if (!isBeside.peek()) return;
  const { view } = store.cursor.peek();
  const current = chapters.find(({ id }) => id === reading.peek());
  const first = chapters.find((chapter) => chapter.view === view);
  if (first && current?.view !== view) jumpTo(first.id);
}
