// Keys for everything, and the list of them. Keys without Ctrl can be turned off, and never act while somebody types.

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as actions from '../state/actions.ts';
import { copyLink } from '../state/sharing.ts';
import * as store from '../state/store.ts';
import { viewNames } from '../views/index.ts';
import { uiStrings } from './strings.ts';
import { keyOfView } from './view-host.tsx';

export const keysOpen = signal(false);
const words = uiStrings.keys;

/** Whether the key belongs to what has the focus. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches('textarea, select, input:not([type=range], [type=checkbox])') || target.isContentEditable)
    return true;
  if (target.matches('input[type=range]') && /^(Arrow|Page|Home|End)/.test(key)) return true;
  return key === ' ' && target.matches('button, summary, input, a, [role=grid]');
}

/** The next Tab then leads into the view, wherever the focus was. */
function showAndEnter(view: string): void {
  actions.show(view);
  document.getElementById('view')?.focus({ preventScroll: true });
}

export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    const { key } = event;
    const isTyping = isTaken(event);
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'z' && !event.shiftKey && !isTyping) {
      event.preventDefault();
      if (store.canUndo.value) actions.undo();
      return;
    }
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || keysOpen.value) return;
    if (key === '?') return void (keysOpen.value = true);
    if (!store.singleKeys.value) return;
    const view = /^\d$/.test(key) ? viewNames[(Number(key) + 9) % 10] : undefined;
    if (view && !(store.extras.value?.hide ?? '').split(',').includes(view)) showAndEnter(view);
    else if (key === ' ') actions.toggle();
    else if (key === '.') actions.stepOnce();
    else if (key === '[' || key === ']') actions.moveWindow(key === ']' ? 1 : -1);
    else if (key === 'l' || key === 'L') copyLink();
    else if (key === 'Backspace' && store.explained.value.length > 0) actions.explainPrevious();
    else if (keyOfView(event)) return void event.preventDefault();
    else if (key === 'Escape' && store.explained.value.length > 0)
      actions.explainPrevious(store.explained.value.length);
    else return;
    event.preventDefault();
  });
}

export function KeysDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = keysOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} class="keys" aria-labelledby="keys-title" onClose={() => void (keysOpen.value = false)}>
      <h2 id="keys-title">{words.title}</h2>
      <dl>
        {words.list.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="control control-flag">
        {words.single}
        <input
          type="checkbox"
          class="switch"
          checked={store.singleKeys.value}
          onChange={(event) => void (store.singleKeys.value = event.currentTarget.checked)}
        />
      </label>
      <button type="button" onClick={() => void (keysOpen.value = false)}>
        {words.close}
      </button>
    </dialog>
  );
}
