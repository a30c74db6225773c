// The settings, in groups, as the table of settings has them. On a narrow screen each group folds.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { formatCount } from '../format.ts';
import { settingNames, settingTable } from '../settings.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { Control } from './controls.tsx';
import { Files, Presets } from './file-controls.tsx';

const groups = ['data', 'model', 'train'] as const;

export function Rail() {
  return (
    <nav class="rail" aria-label={strings.rail.label}>
      <fieldset class="rail-groups" disabled={store.extras.value?.lock === true}>
        <Fold title={strings.presets.title}>
          <Presets />
        </Fold>
        {groups.map((group) => (
          <Group key={group} group={group} />
        ))}
      </fieldset>
      <Fold title={strings.files.title}>
        <Files />
      </Fold>
    </nav>
  );
}

function Group({ group }: { readonly group: (typeof groups)[number] }) {
  const names = settingNames.filter((name) => settingTable[name].group === group && name !== 'ownText');
  const info = store.info.value;
  const note =
    info &&
    {
      data: strings.rail.tokens(info.tokens, info.vocabulary.length),
      model: strings.rail.parameters(formatCount(info.parameters)),
      train: '',
    }[group];
  return (
    <Fold title={strings.rail[group]} note={note ?? ''}>
      {names.map((name) => (
        <Control key={name} name={name} />
      ))}
    </Fold>
  );
}

interface FoldProps {
  readonly title: string;
  readonly note?: string;
  readonly children: ComponentChildren;
}
function Fold({ title, note = '', children }: FoldProps) {
  const open = useSignal(!matchMedia('(max-width: 860px)').matches);
  return (
    <details class="group" open={open.value} onToggle={(event) => void (open.value = event.currentTarget.open)}>
      <summary>
        <h2>{title}</h2>
        {note && <span class="group-note">{note}</span>}
      </summary>
      <div class="group-body">{children}</div>
    </details>
  );
}
