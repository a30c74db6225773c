// The chapters that belong to the view that is shown, loaded when the page has time. Their HTML is written by us and built into the page: no
// visitor's text is ever in it. The numbers in it are the engine's, of this moment.

import { effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { liveNumbers } from '../state/live.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import type { Chapter, GlossaryEntry } from '../text/chapters.ts';

const chapters = signal<readonly Chapter[]>([]);
const glossary = signal<readonly GlossaryEntry[]>([]);
/** The word whose meaning is shown. */
const term = signal<GlossaryEntry | null>(null);
/** Milliseconds between two looks at the live numbers. */
const liveEvery = 1000;

const load = (): void => {
  import('../text/chapters.ts').then(
    (text) => {
      chapters.value = text.chapters;
      glossary.value = text.glossary;
    },
    () => {
      // without a network there is no text, but everything else
    },
  );
};

export function Explanation() {
  const { view } = store.cursor.value;
  const shown = chapters.value.filter((chapter) => chapter.view === view);
  useEffect(() => {
    const timer = window.setTimeout(load, 400);
    return () => clearTimeout(timer);
  }, []);
  if (shown.length === 0) return null;
  return (
    <section class="explanation" aria-label={strings.explanation.label}>
      <Meaning />
      {shown.map((chapter, i) => (
        <ChapterText key={chapter.id} chapter={chapter} isFirst={i === 0} />
      ))}
    </section>
  );
}

/** Takes the click on a word of the glossary, so that the address keeps the page's state. */
function showTerm(event: MouseEvent): void {
  const link = (event.target as Element).closest<HTMLElement>('a[data-term]');
  if (!link) return;
  event.preventDefault();
  term.value = glossary.value.find(({ id }) => id === link.dataset.term) ?? null;
}

function Meaning() {
  const element = useRef<HTMLElement>(null);
  const shown = term.value;
  useEffect(() => {
    if (shown) element.current?.focus();
  }, [shown]);
  if (!shown) return null;
  return (
    <section class="meaning" ref={element} tabIndex={-1} aria-label={shown.term}>
      <h3>{shown.term}</h3>
      <div class="prose" dangerouslySetInnerHTML={{ __html: shown.html }} />
      <button type="button" class="quiet" onClick={() => void (term.value = null)}>
        {strings.dismiss}
      </button>
    </section>
  );
}

/** A formula that is too wide scrolls, and so has to be reached with the keyboard. */
function watchWidths(element: HTMLElement): () => void {
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries)
      if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0');
      else target.removeAttribute('tabindex');
  });
  for (const wide of element.querySelectorAll('.equation, .scroll')) sizes.observe(wide);
  return () => sizes.disconnect();
}

function ChapterText({ chapter, isFirst }: { readonly chapter: Chapter; readonly isFirst: boolean }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => watchWidths(element.current!), []);
  useEffect(() => {
    let last = 0;
    return effect(() => {
      const numbers = liveNumbers(store.frame.value);
      const now = performance.now();
      if (now - last < liveEvery && store.status.value === 'running') return;
      last = now;
      for (const output of element.current?.querySelectorAll<HTMLElement>('output[data-live]') ?? []) {
        const text = numbers[output.dataset.live ?? ''];
        if (text !== undefined && output.textContent !== text) output.textContent = text;
      }
    });
  }, []);
  return (
    <details class="chapter" id={`chapter-${chapter.id}`} open={isFirst}>
      <summary>
        <h2>{chapter.title}</h2>
      </summary>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the clicks are those of the links in it */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a link's click is its key's too */}
      <div class="prose" ref={element} onClick={showTerm} dangerouslySetInnerHTML={{ __html: chapter.html }} />
    </details>
  );
}
