// The teacher's desk: an exercise is put together of tasks and becomes a link; below it are the answer sheets that pupils hand in (sheets.tsx).

import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { addressOfPage } from '../../state/sharing.ts';
import * as store from '../../state/store.ts';
import { strings } from '../../strings.ts';
import { type Chapter, loadExplanation } from '../../text/chapters.ts';
import { tour } from '../../text/tour.ts';
import { labelOf, viewNames } from '../../views/index.ts';
import { uiStrings } from '../strings.ts';
import { copyText } from './copy.ts';
import { type Draft, kinds, lineOf } from './drafts.ts';
import { GuideHead } from './head.tsx';
import { showAtTop } from './leave.ts';
import { Sheets } from './sheets.tsx';
import { guideStrings } from './strings.ts';
import { maxTasks, readTasks } from './tasks.ts';

const words = guideStrings.maker;
const drafts = signal<readonly Draft[]>([{ kind: 'pairs', value: '', text: '' }]);
const title = signal('');
const locks = signal(true);
const hides = signal<readonly string[]>([]);
const chosen = signal<readonly string[]>([]);

export function Maker() {
  useEffect(showAtTop, []);
  const address = useSignal('');
  const remark = useSignal('');
  const chapters = useSignal<readonly Chapter[]>([]);
  useEffect(() => {
    loadExplanation[store.language.value]().then(
      (text) => void (chapters.value = text.chapters),
      () => {
        // without a network none can be chosen, and pupils get them all
      },
    );
  }, []);
  const lines = drafts.value.map(lineOf);
  const wrong = lines.findIndex((line) => line === null || readTasks(line, viewNames).problem !== null);
  const make = async (): Promise<void> => {
    remark.value = wrong >= 0 ? words.wrong(wrong + 1) : '';
    if (wrong >= 0) return;
    const made = await addressOfPage({
      title: title.value.trim(),
      tasks: lines.join('\n'),
      lock: locks.value ? '1' : '',
      hide: hides.value.join(','),
      lang: store.language.value,
      chapters: chosen.value.join(','),
      tour: null,
      gallery: null,
    });
    address.value = made.address;
    remark.value = made.remarks.join(' ');
  };
  return (
    <section class="guide maker card" id="guide" aria-labelledby="guide-title">
      <GuideHead label={words.label} title={words.title} />
      <p class="guide-text">{words.about}</p>
      <label class="maker-title">
        <span>{words.name}</span>
        <input
          type="text"
          id="maker-title"
          maxLength={80}
          value={title.value}
          onInput={(event) => void (title.value = event.currentTarget.value)}
        />
      </label>
      <ol class="maker-tasks">
        {drafts.value.map((draft, i) => (
          <Row key={i} draft={draft} i={i} />
        ))}
      </ol>
      <div class="guide-ways">
        <button
          type="button"
          id="maker-add"
          disabled={drafts.value.length >= maxTasks}
          onClick={() => void (drafts.value = [...drafts.value, { kind: 'words', value: '', text: '' }])}
        >
          {words.add}
        </button>
      </div>
      <fieldset class="maker-hides">
        <legend>{words.limits}</legend>
        <label>
          <input
            type="checkbox"
            id="maker-lock"
            checked={locks.value}
            onChange={(event) => void (locks.value = event.currentTarget.checked)}
          />{' '}
          {words.lock}
        </label>
        {['rail', 'explanation', ...viewNames].map((name) => (
          <label key={name}>
            <input
              type="checkbox"
              data-hide-part={name}
              checked={hides.value.includes(name)}
              onChange={(event) => {
                const others = hides.value.filter((each) => each !== name);
                hides.value = event.currentTarget.checked ? [...others, name] : others;
              }}
            />{' '}
            {words.hide(name === 'rail' ? strings.rail.label : (labelOf(name) ?? uiStrings.explanation.label))}
          </label>
        ))}
      </fieldset>
      {chapters.value.length > 0 && (
        <fieldset class="maker-hides">
          <legend>{words.chapters}</legend>
          {chapters.value.map(({ id, title }, i) => (
            <label key={id}>
              <input
                type="checkbox"
                data-chapter={id}
                checked={chosen.value.includes(id)}
                onChange={({ currentTarget }) => {
                  const wanted = (each: string) => (each === id ? currentTarget.checked : chosen.value.includes(each));
                  chosen.value = chapters.value.flatMap((each) => (wanted(each.id) ? each.id : []));
                }}
              />{' '}
              {`${i + 1}. ${title}`}
            </label>
          ))}
        </fieldset>
      )}
      <div class="guide-ways">
        <button type="button" class="strong" id="maker-make" onClick={() => void make()}>
          {words.make}
        </button>
        <span role="status">{remark.value}</span>
      </div>
      {address.value && (
        <div class="maker-link">
          <label>
            <span>{words.link}</span>
            <textarea readOnly rows={3} id="maker-link" value={address.value} />
          </label>
          <div class="guide-ways">
            <button type="button" onClick={() => copyText(address.value)}>
              {strings.link.copy}
            </button>
            <a class="button" href={address.value} target="_blank" rel="noreferrer">
              {words.open}
            </a>
          </div>
        </div>
      )}
      <Sheets />
    </section>
  );
}

function Row({ draft, i }: { readonly draft: Draft; readonly i: number }) {
  const change = (changes: Partial<Draft>): void =>
    void (drafts.value = drafts.value.map((each, k) => (k === i ? { ...each, ...changes } : each)));
  const { kind, value, text } = draft;
  const hint = words.hints[kind];
  return (
    <li>
      <label>
        <span class="visually-hidden">{words.kind(i + 1)}</span>
        <select
          value={kind}
          onChange={(event) => change({ kind: event.currentTarget.value as Draft['kind'], value: '' })}
        >
          {kinds.map((each) => (
            <option key={each} value={each}>
              {words.kinds[each]}
            </option>
          ))}
        </select>
      </label>
      {kind === 'view' || kind === 'tour' ? (
        <label>
          <span class="visually-hidden">{words.value(i + 1)}</span>
          <select value={value} onChange={(event) => change({ value: event.currentTarget.value })}>
            <option value="">–</option>
            {(kind === 'view'
              ? viewNames.map((name) => [name, labelOf(name)] as const)
              : tour.map((chapter) => [chapter.id, chapter.title] as const)
            ).map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
      ) : (
        hint && (
          <label>
            <span class="visually-hidden">{words.value(i + 1)}</span>
            <input
              type="text"
              maxLength={200}
              placeholder={hint}
              value={value}
              onInput={(event) => change({ value: event.currentTarget.value })}
            />
          </label>
        )
      )}
      <label class="maker-text">
        <span class="visually-hidden">{words.text(i + 1)}</span>
        <input
          type="text"
          maxLength={300}
          placeholder={words.textHint}
          value={text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
      </label>
      <button
        type="button"
        class="quiet"
        aria-label={words.remove(i + 1)}
        onClick={() => void (drafts.value = drafts.value.filter((_, k) => k !== i))}
      >
        ✕
      </button>
    </li>
  );
}
