// What a person has to know: an error as one sentence, an engine that does not answer, and, unseen, the news for screen readers.

import * as actions from '../state/actions.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { Offers } from './offers.tsx';

export function Notices() {
  return (
    <>
      <p class="visually-hidden" role="status" aria-live="polite">
        {store.news}
      </p>
      <Offers />
      <div role="alert" class="notices">
        {store.problem.value && (
          <div class="notice">
            <p>{store.problem.value}</p>
            {store.status.value === 'failed' && (
              <button type="button" id="undo-failure" onClick={actions.undo}>
                {store.failure.value ? strings.undoTo(store.failure.value.undoTo) : strings.transport.undo}
              </button>
            )}
            <button type="button" class="quiet" onClick={() => void (store.problem.value = null)}>
              {strings.dismiss}
            </button>
          </div>
        )}
        {store.remarks.value.map((remark) => (
          <div class="notice notice-mild" key={remark}>
            <p>{remark}</p>
            <button type="button" class="quiet" onClick={() => void (store.remarks.value = [])}>
              {strings.dismiss}
            </button>
          </div>
        ))}
        {store.silent.value && (
          <div class="notice">
            <p>{strings.lost.busy}</p>
            <button type="button" id="restart" onClick={actions.restart}>
              {strings.lost.restart(store.backupStep.value)}
            </button>
            <button type="button" class="quiet" onClick={() => void (store.silent.value = false)}>
              {strings.lost.wait}
            </button>
          </div>
        )}
      </div>
    </>
  );
}
