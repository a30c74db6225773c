// The first screen: what this is, in a sentence; one press, and a trained network writes, letter by letter; and the ways to a network of one's own, of a text
// or of another task. It goes when somebody trains, and comes back from the settings.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatShare, formatShort, formatToken } from '../format.ts';
import { settingTable } from '../settings.ts';
import { type ShippedModel, shippedModels } from '../shipped.ts';
import * as actions from '../state/actions.ts';
import { isLocked } from '../state/lock.ts';
import * as paper from '../state/paper.ts';
import { openLink, trainOwn, trainTask } from '../state/sharing.ts';
import * as store from '../state/store.ts';
import { cellTitle, strings } from '../strings.ts';
import { labelOf, showsOf, viewNames } from '../views/index.ts';
import { Icon } from './icons.tsx';
import { uiStrings } from './strings.ts';

const words = uiStrings.start;
/** The first chapter of the tour says what it shows when it is opened by its number alone (state/links.ts). */
const tourLink = '#v=1&tour=1';
const galleryLink = '#v=1&gallery=all';
/** The tasks other than text. */
const otherTasks = Object.keys(strings.tasks.begin) as (keyof typeof strings.tasks.begin)[];
/** Letters after which the odds of the next one are shown again while the text is written: nobody reads them faster. */
const oddsEvery = 8;
/** Letters that are shown before the odds. */
const contextLetters = 12;

export function Start() {
  const { view } = store.cursor.value;
  if (!store.isStartOpen.value || view !== 'train') return null;
  return (
    <section
      class="start"
      id="start"
      aria-labelledby="start-title"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && paper.isWriting.value) paper.halt();
      }}
    >
      <h2 id="start-title">{words.tagline}</h2>
      <p class="start-about">{words.about}</p>
      <div class="start-choices">
        {shippedModels.map((model) => (
          <Choice key={model.name} model={model} />
        ))}
        <button type="button" id="train-own" disabled={store.info.value === null} onClick={() => own(trainOwn)}>
          <b>{words.own[0]}</b>
          <span>{words.own[1]}</span>
        </button>
        <button type="button" id="take-tour" onClick={() => openLink(tourLink)}>
          <b>{words.tour[0]}</b>
          <span>{words.tour[1]}</span>
        </button>
        {otherTasks.map((task) => (
          <button
            key={task}
            type="button"
            data-learn={task}
            disabled={store.info.value === null || isLocked('task') || isLocked('text')}
            onClick={() => own(() => trainTask(task))}
          >
            <b>{strings.tasks.begin[task][0]}</b>
            <span>{strings.tasks.begin[task][1]}</span>
          </button>
        ))}
      </div>
      <Paper />
      {store.shipped.value && <About {...store.shipped.value} />}
      <p class="start-gallery">
        <button type="button" class="quiet" id="open-gallery" onClick={() => openLink(galleryLink)}>
          {words.gallery}
        </button>
      </p>
      <p class="note">{words.others}</p>
    </section>
  );
}

/** The button goes with the screen, so the one that pauses gets the focus. */
function own(train: () => void): void {
  train();
  document.getElementById('play')?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function Choice({ model }: { readonly model: ShippedModel }) {
  const [label, about] = words.choices[model.name];
  const isLoading = paper.fetching.value === model.name;
  return (
    <button
      type="button"
      class="strong"
      data-shipped={model.name}
      disabled={store.info.value === null}
      onClick={() => paper.letWrite(model)}
    >
      <b>{label}</b>
      <span>{isLoading ? words.loading(model.name) : about}</span>
    </button>
  );
}

function Paper() {
  const { finished, rest } = paper.shownText();
  const isEmpty = paper.written.value === null && !paper.isWriting.value;
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (paper.isWriting.value && element.current) element.current.scrollTop = element.current.scrollHeight; // the newest line is the one that is read
  });
  return (
    <div class="paper">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so has to be reached with the keyboard */}
      <section class="paper-text" ref={element} tabIndex={0} aria-label={words.paper}>
        {isEmpty ? (
          <p class="note">{words.waiting}</p>
        ) : (
          <>
            <span class="paper-prompt">{paper.prompt}</span>
            <span role="log" aria-live="polite" aria-label={words.paper}>
              {sentencesOf(finished).map((sentence, i) => (
                <span key={i}>{sentence}</span>
              ))}
            </span>
            <span aria-hidden={paper.isWriting.value}>{rest}</span>
            {paper.isWriting.value && <i class="caret" aria-hidden="true" />}
          </>
        )}
      </section>
      {!isEmpty && <Tools />}
    </div>
  );
}

/** Sentences and lines, each with what ends it. */
const sentencesOf = (text: string): readonly string[] =>
  text.match(/[^.!?…\n]*(?:[.!?…]["'”’)]*\s|[.!?…]|\n|$)/gu)?.filter(Boolean) ?? [];

function Tools() {
  const isWriting = paper.isWriting.value;
  const { temperature } = store.settings.value;
  const { min, max } = settingTable.temperature;
  return (
    <div class="paper-tools">
      <button type="button" id="paper-stop" class="strong" onClick={isWriting ? paper.halt : paper.goOn}>
        <Icon name={isWriting ? 'pause' : 'play'} />
        {isWriting ? words.stop : words.more}
      </button>
      <button type="button" id="paper-another" onClick={paper.beginAnother}>
        {words.another}
      </button>
      <div class="paper-settings">
        <label class="beginning">
          <span>{words.prompt}</span>
          <input
            type="text"
            maxLength={settingTable.prime.max}
            value={paper.prompt.value}
            onChange={(event) => {
              paper.prompt.value = event.currentTarget.value;
              paper.begin();
            }}
          />
        </label>
        <label class="boldness" title={words.boldnessNote}>
          <span>{words.boldness}</span>
          <input
            type="range"
            min={min}
            max={max}
            step={0.1}
            value={temperature}
            aria-valuetext={formatShort(temperature)}
            onInput={(event) => {
              actions.change('temperature', Number(event.currentTarget.value));
              paper.reconsider();
            }}
          />
          <output>{formatShort(temperature)}</output>
        </label>
      </div>
      <Odds />
    </div>
  );
}

/** The letters that may come next, with their probabilities, at a place of the text. */
function Odds() {
  const written = paper.written.value;
  const vocabulary = store.info.value?.vocabulary ?? [];
  const count = paper.shown.value;
  const place = Math.min(paper.isWriting.value ? count - (count % oddsEvery) : count, (written?.ids.length ?? 0) - 1);
  if (!written || place < 0) return null;
  const K = written.alternatives.length / written.ids.length;
  const before = Array.from(written.ids.subarray(Math.max(0, place - contextLetters), place), (id) => vocabulary[id]);
  return (
    <figure class="odds" aria-hidden="true">
      <figcaption>
        {words.odds} <bdi class="odds-context">…{before.map(formatToken).join('')}</bdi>
      </figcaption>
      <ol>
        {Array.from({ length: K }, (_, k) => {
          const id = written.alternatives[place * K + k];
          const p = written.probabilities[place * K + k];
          return (
            id >= 0 && (
              <li key={k}>
                <bdi>{formatToken(vocabulary[id])}</bdi>
                <span class="bar">
                  <i style={{ width: `${100 * p}%` }} />
                </span>
                <span>{formatShare(p)}</span>
              </li>
            )
          );
        })}
      </ol>
    </figure>
  );
}

/** What the model is, as its card says, and where to go from here. */
function About({ name, card }: ShippedModel) {
  const info = store.info.value;
  const step = store.step.value;
  if (!info) return null;
  const { cell, hidden } = info.settings;
  return (
    <div class="about">
      <p class="note">
        {words.learned(name, cellTitle(cell), hidden, info.parameters, card.data)}{' '}
        {words.figure(name, card.figure, card.license)} {step > 0 && words.further(step)}
      </p>
      <div class="about-next">
        <span>{words.look}</span>
        {viewNames.map(
          (view) =>
            showsOf(view) && (
              <button key={view} type="button" class="quiet" data-look={view} onClick={() => look(view)}>
                <b>{labelOf(view)}</b> {showsOf(view)}
              </button>
            ),
        )}
        {store.refusal.value === null && (
          <button type="button" id="go-on" onClick={actions.play}>
            {words.goOn}
          </button>
        )}
      </div>
      {store.refusal.value !== null && <p class="note">{store.refusal.value}</p>}
    </div>
  );
}

/** Shows a view; the next Tab leads into it. */
function look(view: string): void {
  paper.halt();
  actions.show(view);
  document.getElementById('view')?.focus({ preventScroll: true });
  scrollTo(0, 0);
}
