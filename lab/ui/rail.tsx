// The settings, in groups, as the table of settings has them. On a narrow screen each group folds.

import { useSignal } from '@preact/signals';
import { formatCount } from '../draw/format.ts';
import { settingNames, settingTable } from '../state/settings.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { Control } from './controls.tsx';

const groups = ['data', 'model', 'train'] as const;

export function Rail() {
  return (
    <nav class="rail" aria-label={strings.rail.label}>
      {groups.map((group) => (
        <Group key={group} group={group} />
      ))}
    </nav>
  );
}

function Group({ group }: { readonly group: (typeof groups)[number] }) {
  const open = useSignal(!matchMedia('(max-width: 860px)').matches);
  const names = settingNames.filter((name) => settingTable[name].group === group && name !== 'ownText');
  const info = store.info.value;
  const note =
    info &&
    {
      data: strings.data.figures(info.tokens, info.vocabulary.length),
      model: strings.rail.parameters(formatCount(info.parameters)),
      train: '',
    }[group];
  return (
    <details class="group" open={open.value} onToggle={(event) => void (open.value = event.currentTarget.open)}>
      <summary>
        <h2>{strings.rail[group]}</h2>
        {note && <span class="group-note">{note}</span>}
      </summary>
      <div class="group-body">
        {names.map((name) => (
          <Control key={name} name={name} />
        ))}
      </div>
    </details>
  );
}
