// The inspector at the right: what the cursor is at, its value with every digit, and how it came about. For now it says what a view tells it.

import * as store from '../state/store.ts';
import { strings } from '../strings.ts';

export function Inspector() {
  const inspected = store.inspected.value;
  return (
    <section class="inspector">
      <h2>{strings.inspector.label}</h2>
      {inspected ? (
        <dl class="inspected">
          {inspected.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <p class="note">{strings.inspector.empty}</p>
      )}
    </section>
  );
}
