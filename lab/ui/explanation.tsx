// The explanation: all chapters one after the other, beside the views, loaded when the page has time. Their HTML is written by us and built into the
// page: no visitor's text is ever in it. The numbers in it are the engine's, of this moment.

import { computed, effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as actions from '../state/actions.ts';
import { startOfCursor } from '../state/cursor.ts';
import { liveNumbers } from '../state/live.ts';
import { choosePreset } from '../state/sharing.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { type Chapter, type GlossaryEntry, loadExplanation } from '../text/chapters.ts';
import { labelOf } from '../views/index.ts';
import { bringChapter, followReading, follows, isBeside, isShown, jumpTo, reading } from './reading.ts';
import { uiStrings } from './strings.ts';

const words = uiStrings.explanation;
const whole = signal<readonly Chapter[]>([]);
/** The chapters that the link asks for; all of them where it asks for none that there is. */
const chapters = computed(() => {
  const wanted = wantedChapters();
  const chosen = whole.value.filter(({ id }) => wanted.includes(id));
  return chosen.length > 0 ? chosen : whole.value;
});
/** What the link asks for. */
const wantedChapters = (): readonly string[] => store.extras.value?.chapters.split(',').filter(Boolean) ?? [];
const glossary = signal<readonly GlossaryEntry[]>([]);
/** How many chapters are on the page: they come one by one, so that nothing waits for all of them. */
const there = signal(0);
/** The word whose meaning is shown. */
const term = signal<GlossaryEntry | null>(null);
/** Milliseconds between two looks at the live numbers. */
const liveEveryMs = 1000;
/** Beside the views the text is loaded so many milliseconds after them. */
const loadAfterMs = 400;

/** Calls a function when the page has time, but after half a second in any case. */
function whenIdle(act: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(act, { timeout: 500 });
  else setTimeout(act, 60);
}

const load = (): void => {
  const language = store.language.value;
  loadExplanation[language]().then(
    (text) => {
      if (language !== store.language.value) return; // another was chosen meanwhile
      whole.value = text.chapters;
      there.value = 0;
      glossary.value = text.glossary;
      const more = (): void => {
        there.value++;
        if (there.value < text.chapters.length) whenIdle(more);
        else if (store.cursor.value.view !== startOfCursor.view) bringChapter(chapters.value);
      };
      more();
    },
    () => {
      // without a network there is no text, but everything else
    },
  );
};

export function Explanation() {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    let timer = 0;
    const stopWaiting = effect(() => {
      if (isShown.value && timer === 0) timer = window.setTimeout(load, isBeside.value ? loadAfterMs : 0);
    });
    const stop = followReading(element.current!);
    return () => {
      clearTimeout(timer);
      stopWaiting();
      stop();
    };
  }, []);
  const { view } = store.cursor.value;
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) bringChapter(chapters.value);
    isFirst.current = false;
  }, [view]);
  useEffect(() => fillLiveNumbers(element.current!), []);
  useEffect(() => effect(remarkUnknown), []);
  useEffect(() => {
    const [first] = chapters.value;
    if (first && !chapters.value.some(({ id }) => id === reading.peek())) reading.value = first.id;
  }, [chapters.value]);
  return (
    <section class="explanation" id="explanation" aria-label={words.label} ref={element}>
      {chapters.value.length > 0 && <Contents />}
      {chapters.value.length > 0 && store.preset.value !== 'hand' && (
        <p class="note example-offer">
          {words.example}{' '}
          <button type="button" class="quiet" onClick={() => choosePreset('hand', store.cursor.value.view)}>
            {words.openExample}
          </button>
        </p>
      )}
      <Meaning />
      {chapters.value.slice(0, there.value).map((chapter) => (
        <ChapterText key={chapter.id} chapter={chapter} number={whole.value.indexOf(chapter) + 1} />
      ))}
    </section>
  );
}

/** Says which chapters of the link there are not. */
function remarkUnknown(): void {
  const names = whole.value.map(({ id }) => id);
  const unknown = wantedChapters().filter((each) => !names.includes(each));
  if (names.length === 0 || unknown.length === 0) return;
  const remark = words.unknown(unknown.join(', '), names.join(', '));
  const before = store.remarks.peek();
  if (!before.includes(remark)) store.remarks.value = [...before, remark];
}

/** The list of the chapters, and whether the views follow the text. */
function Contents() {
  return (
    <header class="contents">
      <label>
        <span class="visually-hidden">{words.contents}</span>
        <select
          value={reading.value}
          onChange={(event) => {
            const chosen = chapters.value.find(({ id }) => id === event.currentTarget.value)!;
            jumpTo(chosen.id);
            if (isBeside.value) actions.show(chosen.view);
          }}
        >
          {chapters.value.map((chapter) => (
            <option key={chapter.id} value={chapter.id}>
              {`${whole.value.indexOf(chapter) + 1}. ${chapter.title}`}
            </option>
          ))}
        </select>
      </label>
      <label class="follow">
        <input
          type="checkbox"
          class="switch"
          checked={follows.value}
          onChange={(event) => void (follows.value = event.currentTarget.checked)}
        />
        {words.follows}
      </label>
    </header>
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

function ChapterText({ chapter, number }: { readonly chapter: Chapter; readonly number: number }) {
  const { id, title, view, html } = chapter;
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => watchWidths(element.current!), []);
  return (
    <article class="chapter" id={`chapter-${id}`} data-view={view} aria-labelledby={`title-${id}`}>
      <header class="chapter-head">
        <h2 id={`title-${id}`}>
          <span class="chapter-number">{number}</span> {title}
        </h2>
        <button
          type="button"
          class="quiet chapter-view"
          onClick={() => {
            actions.show(view);
            document.getElementById('view')?.scrollIntoView({ block: 'nearest' });
          }}
        >
          {words.show(labelOf(view)!)}
        </button>
      </header>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the clicks are those of the links in it */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a link's click is its key's too */}
      <div class="prose" ref={element} onClick={showTerm} dangerouslySetInnerHTML={{ __html: html }} />
    </article>
  );
}

/** Keeps the numbers of the text those of the engine; returns how to stop. */
function fillLiveNumbers(element: HTMLElement): () => void {
  let last = 0;
  return effect(() => {
    there.value;
    const frame = store.frame.value;
    const now = performance.now();
    if (now - last < liveEveryMs && frame.status === 'running') return;
    last = now;
    const numbers = liveNumbers(frame);
    for (const output of element.querySelectorAll<HTMLElement>('output[data-live]')) {
      const text = numbers[output.dataset.live ?? ''];
      if (text !== undefined && output.textContent !== text) output.textContent = text;
    }
  });
}
