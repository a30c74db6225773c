// The presets and the files, as groups of the rail.

import { useRef } from 'preact/hooks';
import { type PresetName, presetNames } from '../presets.ts';
import { leaveModel, openFiles, saveModel, saveSession } from '../state/open-and-save.ts';
import { choosePreset } from '../state/sharing.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { uiStrings } from './strings.ts';

/** Moves the focus to Train, which comes next; on a narrow screen also to the view, which is above. */
function choose(name: PresetName): void {
  choosePreset(name);
  document.getElementById('play')?.focus({ preventScroll: true });
  if (matchMedia('(max-width: 860px)').matches) scrollTo(0, 0);
}

export function Presets() {
  return (
    <ul class="presets">
      {presetNames.map((name) => {
        const [label, about] = uiStrings.presets[name];
        return (
          <li key={name}>
            <button
              type="button"
              data-preset={name}
              aria-pressed={store.preset.value === name}
              onClick={() => choose(name)}
            >
              <b>{label}</b>
              <span>{about}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

export function Files() {
  const picker = useRef<HTMLInputElement>(null);
  const words = strings.files;
  const isReady = store.info.value !== null;
  const model = store.shipped.value;
  const name = model ? `@${model.name}` : store.initialModel.value?.model?.name;
  return (
    <>
      {name !== undefined && (
        <p class="note opened-model">
          <bdi>{words.model(name)}</bdi> {store.refusal.value}{' '}
          <button type="button" class="quiet" onClick={leaveModel}>
            {words.fresh}
          </button>
        </p>
      )}
      <button type="button" id="open" onClick={() => picker.current?.click()}>
        {words.open}
      </button>
      <input
        ref={picker}
        type="file"
        id="open-files"
        multiple
        hidden
        onChange={(event) => {
          openFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <p class="note">{words.openNote}</p>
      <div class="files-save">
        <button type="button" id="save-model" disabled={!isReady} onClick={saveModel}>
          {words.saveModel}
        </button>
        <button type="button" id="save-session" disabled={!isReady} onClick={saveSession}>
          {words.saveSession}
        </button>
      </div>
      <p class="note">{words.saveNote}</p>
    </>
  );
}
