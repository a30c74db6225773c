// The bar at the top: name, transport, the figures that matter most, and the choice of colors. On a narrow screen the transport is at the bottom.

import { formatCount, formatNumber } from '../format.ts';
import { type Language, languages, offered } from '../language.ts';
import { settingTable } from '../settings.ts';
import * as actions from '../state/actions.ts';
import { choose } from '../state/language.ts';
import { copyLink } from '../state/sharing.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { Icon } from './icons.tsx';
import { keysOpen } from './keys.tsx';
import { uiStrings } from './strings.ts';

const words = strings.transport;

export function TopBar() {
  return (
    <header class="top">
      <h1 class="brand">
        <svg viewBox="0 0 60 24" aria-hidden="true" class="brand-mark">
          <path d="M2 12h8m8 0h9m8 0h9" />
          <circle cx="14" cy="12" r="4" />
          <circle cx="31" cy="12" r="4" />
          <circle cx="48" cy="12" r="4" class="brand-now" />
        </svg>
        <span>{strings.name}</span>
      </h1>
      <Transport />
      <Readout />
      <div class="top-end">
        {store.extras.value?.embed && (
          <a
            class="whole-lab"
            href="./"
            target="_blank"
            rel="noreferrer"
            onFocus={toWholePage}
            onPointerDown={toWholePage}
          >
            {strings.link.wholeLab}
          </a>
        )}
        <button type="button" class="quiet copy-link" id="copy-link" title={strings.link.copy} onClick={copyLink}>
          <Icon name="link" />
          <span>{strings.link.copy}</span>
        </button>
        <button type="button" class="quiet keys-button" onClick={() => void (keysOpen.value = true)}>
          {uiStrings.keys.open}
        </button>
        <LanguageChoice />
        <label class="theme">
          <span class="visually-hidden">{uiStrings.theme.label}</span>
          <select
            value={store.themeChoice.value}
            onChange={(event) => {
              store.themeChoice.value = event.currentTarget.value as 'auto' | 'light' | 'dark';
            }}
          >
            {(['auto', 'light', 'dark'] as const).map((choice) => (
              <option key={choice} value={choice}>
                {uiStrings.theme[choice]}
              </option>
            ))}
          </select>
        </label>
      </div>
    </header>
  );
}

/** The languages that the page has, each by its own name. */
function LanguageChoice() {
  if (offered.length < 2) return null;
  return (
    <label class="language">
      <span class="visually-hidden">{strings.language.label}</span>
      <select
        id="language"
        value={store.language.value}
        onChange={(event) => {
          void choose(event.currentTarget.value as Language).then(() => document.getElementById('language')?.focus());
        }}
      >
        {offered.map((name) => (
          <option key={name} value={name} lang={name}>
            {languages[name].name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The link of a frame leads to the same page with everything around the view. */
function toWholePage({ currentTarget }: { readonly currentTarget: HTMLAnchorElement }): void {
  const { hash } = location;
  const whole = /[#&]view=/.test(hash) ? hash.replace(/&embed=[^&]*/, '') : hash.replace('embed=', 'view=');
  currentTarget.href = `./${whole}`;
}

function Transport() {
  const isRunning = store.status.value === 'running';
  const isReady = store.info.value !== null;
  return (
    <div class="transport" role="toolbar" aria-label={words.label}>
      <button
        type="button"
        class={store.isStartOpen.value ? 'primary is-calm' : 'primary'}
        id="play"
        disabled={!isReady || store.status.value === 'failed' || store.refusal.value !== null}
        title={store.refusal.value ?? undefined}
        onClick={actions.toggle}
      >
        <Icon name={isRunning ? 'pause' : 'play'} />
        {isRunning ? words.pause : words.train}
      </button>
      <Tool name="step" label={words.step} disabled={!isReady || store.refusal.value !== null} act={actions.stepOnce} />
      <Tool name="undo" label={words.undo} disabled={!store.canUndo.value} act={actions.undo} />
      <Tool name="reset" label={words.reset} disabled={!isReady} act={actions.reset} />
      <label class="speed">
        <span class="visually-hidden">{words.speed}</span>
        <select
          value={store.settings.value.speed}
          onChange={(event) => actions.change('speed', event.currentTarget.value as 'max')}
        >
          {settingTable.speed.choices.map((choice) => (
            <option key={choice} value={choice}>
              {words.speeds[choice]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface ToolProps {
  readonly name: 'step' | 'undo' | 'reset';
  readonly label: string;
  readonly disabled: boolean;
  readonly act: () => void;
}
function Tool({ name, label, disabled, act }: ToolProps) {
  return (
    <button type="button" class="tool" title={label} aria-label={label} disabled={disabled} onClick={act}>
      <Icon name={name} />
    </button>
  );
}

function Readout() {
  store.historyVersion.value;
  const { last } = store.history.value;
  return (
    <p class="readout">
      <span>
        {strings.figures.step} <b data-readout="step">{formatCount(store.step.value)}</b>
      </span>
      <span>
        {strings.figures.loss} <b data-readout="loss">{last ? formatNumber(last.loss) : '–'}</b>
      </span>
    </p>
  );
}
