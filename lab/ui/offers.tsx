// What a person may decide, and what the page waits for: an offer with its answers, a run that is repeated, a model whose tokens nobody has named.

import { useSignal } from '@preact/signals';
import * as actions from '../state/actions.ts';
import { openWith, withdraw } from '../state/open-and-save.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';

export function Offers() {
  return (
    <div class="notices">
      {store.offers.value.map(({ kind, sentence, answers }) => (
        <div class="notice notice-mild" key={kind} data-offer={kind}>
          <p>{sentence}</p>
          {answers.map(({ label, act }) => (
            <button
              type="button"
              key={label}
              class={answers.at(-1)?.label === label ? 'quiet' : ''}
              onClick={() => {
                withdraw(kind);
                act();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      ))}
      {store.replayTo.value !== null && <Replay to={store.replayTo.value} />}
      {store.nameless.value && <Characters {...store.nameless.value} />}
    </div>
  );
}

function Replay({ to }: { readonly to: number }) {
  const step = Math.min(store.step.value, to);
  const sentence =
    (store.extras.value?.tour ?? null) === null ? strings.link.replay(step, to) : strings.link.prepare(step, to);
  return (
    <div class="notice notice-mild" id="replay">
      <p>
        {sentence}
        <progress max={to} value={step} aria-label={sentence} />
      </p>
      <button type="button" onClick={actions.pause}>
        {strings.link.stop}
      </button>
    </div>
  );
}

function Characters({ name, count, sentence }: store.Nameless) {
  const given = useSignal('');
  const words = strings.files;
  return (
    <form
      class="notice notice-mild nameless"
      onSubmit={(event) => {
        event.preventDefault();
        openWith(given.value);
      }}
    >
      <p id="nameless-about">{words.nameless(name, count)}</p>
      <label class="nameless-given">
        <span>
          {words.characters} <span class="note">{words.given([...given.value].length, count)}</span>
        </span>
        <textarea
          rows={3}
          spellcheck={false}
          aria-describedby="nameless-about"
          value={given.value}
          onInput={(event) => void (given.value = event.currentTarget.value)}
        />
      </label>
      {sentence && <p class="nameless-problem">{sentence}</p>}
      <button type="submit" class="strong">
        {words.use}
      </button>
      <button type="button" class="quiet" onClick={() => void (store.nameless.value = null)}>
        {words.cancel}
      </button>
    </form>
  );
}
