// The settings: the few that matter most, with the button that trains, and behind More all others in groups, as the table of settings has them. On a narrow
// screen all of it folds into one line that says what is set.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatCount, formatShort } from '../format.ts';
import type { RunInfo } from '../protocol.ts';
import { type SettingName, settingNames, settingTable } from '../settings.ts';
import * as actions from '../state/actions.ts';
import { openLink } from '../state/sharing.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { isFor } from '../task-settings.ts';
import { Control } from './controls.tsx';
import { Files, Presets } from './file-controls.tsx';
import { Icon } from './icons.tsx';
import { uiStrings } from './strings.ts';

const essentials = ['text', 'cell', 'hidden', 'lr'] as const satisfies readonly SettingName[];
const groups = ['data', 'model', 'train'] as const;
const narrow = matchMedia('(max-width: 860px)');
const words = strings.rail;

/** The switch between CPU and GPU, which is loaded where there may be a GPU, when the settings around it are opened. */
const offerGpu = (place: Element | null): void => {
  if (!place || !('gpu' in navigator)) return;
  const load = (): void => void import('./compute/compute.tsx').then(({ offer }) => offer(place));
  place.closest('details')!.addEventListener('toggle', load, { once: true });
};

export function Rail() {
  const isNarrow = useSignal(narrow.matches);
  const isOpen = useSignal(false);
  useEffect(() => {
    const change = (): void => void (isNarrow.value = narrow.matches);
    narrow.addEventListener('change', change);
    return () => narrow.removeEventListener('change', change);
  }, []);
  return (
    <nav class="rail" aria-label={words.label}>
      <details
        class="rail-fold"
        open={!isNarrow.value || isOpen.value}
        onToggle={(event) => {
          if (isNarrow.value) isOpen.value = event.currentTarget.open;
        }}
      >
        <summary hidden={!isNarrow.value}>
          <h2 class="rail-title">{words.label}</h2> <Present />
        </summary>
        <fieldset class="rail-groups" disabled={store.extras.value?.lock === '1'}>
          <Essentials onStart={() => void (isOpen.value = false)} />
          <Fold title={words.more} id="more-settings">
            {groups.map((group) => (
              <Group key={group} group={group} />
            ))}
            <div ref={offerGpu} />
          </Fold>
          <Fold title={uiStrings.presets.title} isOpen={!isNarrow.value}>
            <Presets />
          </Fold>
        </fieldset>
        <Fold title={uiStrings.guides.title}>
          <Guides />
        </Fold>
        <Fold title={strings.files.title} isOpen={!isNarrow.value}>
          <Files />
        </Fold>
      </details>
    </nav>
  );
}

/** The ways into what leads through the page, and to what is made with it for others. */
function Guides() {
  const lead = (act: () => void) => () => {
    store.maker.value = null;
    act();
    store.isStartOpen.value = false;
    scrollTo(0, 0);
  };
  const ways: readonly (readonly [string, string, () => void])[] = [
    ['tour', uiStrings.guides.tour, () => openLink('#v=1&tour=1')],
    ['gallery', uiStrings.guides.gallery, () => openLink('#v=1&gallery=all')],
    ['exercise', uiStrings.guides.exercise, () => void (store.maker.value = 'exercise')],
    ['frame', uiStrings.guides.frame, () => void (store.maker.value = 'frame')],
  ];
  return (
    <ul class="guides">
      {ways.map(([name, label, act]) => (
        <li key={name}>
          <button type="button" class="quiet" data-guide={name} onClick={lead(act)}>
            {label}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What is set, in a line. */
function Present() {
  const { text, cell, hidden, lr } = store.settings.value;
  const model = store.shipped.value;
  return (
    <span class="group-note">
      {[model ? `@${model.name}` : strings.choices[text], strings.choices[cell], hidden, formatShort(lr)].join(' · ')}
    </span>
  );
}

function Essentials({ onStart }: { readonly onStart: () => void }) {
  const isRunning = store.status.value === 'running';
  return (
    <div class="essentials">
      {essentials.map((name) => (
        <Control key={name} name={name} />
      ))}
      <div class="essentials-end">
        <button
          type="button"
          id="rail-play"
          disabled={store.info.value === null || store.status.value === 'failed' || store.refusal.value !== null}
          onClick={actions.toggle}
        >
          <Icon name={isRunning ? 'pause' : 'play'} />
          {isRunning ? strings.transport.pause : strings.transport.train}
        </button>
        <button
          type="button"
          class="quiet"
          id="open-start"
          onClick={() => {
            onStart();
            openStart();
          }}
        >
          {words.start}
        </button>
      </div>
    </div>
  );
}

/** The first screen again. */
function openStart(): void {
  store.isStartOpen.value = true;
  actions.show('train');
  scrollTo(0, 0);
}

/** How much data there are. */
function noteOf({ taskData, tokens, vocabulary }: RunInfo): string {
  if (!taskData) return words.tokens(tokens, vocabulary.length);
  const { examples, rows } = strings.tasks;
  return taskData.task === 'classify' ? examples(tokens, taskData.labels.length) : rows(tokens);
}

function Group({ group }: { readonly group: (typeof groups)[number] }) {
  const { task } = store.settings.value;
  const names = settingNames.filter(
    (name) =>
      settingTable[name].group === group &&
      name !== 'ownText' &&
      isFor(task, name) &&
      !essentials.some((each) => each === name),
  );
  const info = store.info.value;
  const note =
    info &&
    {
      data: noteOf(info),
      model: words.parameters(formatCount(info.parameters)),
      train: '',
    }[group];
  return (
    <section class="more-group">
      <header>
        <h3>{words[group]}</h3>
        {note && <span class="group-note">{note}</span>}
      </header>
      {names.map((name) => (
        <Control key={name} name={name} />
      ))}
    </section>
  );
}

interface FoldProps {
  readonly title: string;
  readonly isOpen?: boolean;
  readonly id?: string;
  readonly children: ComponentChildren;
}
function Fold({ title, isOpen = false, id, children }: FoldProps) {
  const open = useSignal(isOpen);
  return (
    <details class="group" open={open.value} onToggle={(event) => void (open.value = event.currentTarget.open)}>
      <summary id={id}>
        <h2>{title}</h2>
      </summary>
      <div class="group-body">{children}</div>
    </details>
  );
}
