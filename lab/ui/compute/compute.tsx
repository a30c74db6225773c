// The switch between CPU and GPU: what steps at full speed are computed on, with the name of the GPU and how fast it was measured to be beside the CPU.

import { signal } from '@preact/signals';
import { render } from 'preact';
import { wordsAreThere } from '../../language.ts';
import type { ReplyOf } from '../../protocol.ts';
import * as actions from '../../state/actions.ts';
import { ask, listen, listenForLoss } from '../../state/connection.ts';
import * as store from '../../state/store.ts';
import { computeStrings as words } from './strings.ts';

/** What was chosen; and what the engine says of it, null while it has not. */
const chosen = signal<'cpu' | 'gpu'>('cpu');
const found = signal<Pick<ReplyOf<'computes'>, 'device' | 'speeds'> | null>(null);

function choose(on: 'cpu' | 'gpu'): void {
  chosen.value = on;
  found.value = null;
  if (on === 'gpu') actions.change('speed', 'max'); // slower steps are the CPU's
  ask({ type: 'compute', on });
}

listen((reply) => {
  if (reply.type === 'refused' && reply.to === 'compute') chosen.value = 'cpu';
  if (reply.type !== 'computes') return;
  chosen.value = reply.on;
  found.value = reply.on === 'gpu' ? reply : null;
  if (reply.lost) store.remarks.value = [...store.remarks.value, words.lost(reply.lost.why, reply.lost.step)];
});
listenForLoss(() => {
  chosen.value = 'cpu'; // where another engine begins
  found.value = null;
});

/** Shows the switch in its place, if the browser has a GPU that it lets pages use. */
export async function offer(place: Element): Promise<void> {
  const { gpu } = navigator as unknown as { readonly gpu: { requestAdapter(): Promise<object | null> } };
  const [adapter] = await Promise.all([gpu.requestAdapter().catch(() => null), wordsAreThere()]);
  if (adapter) render(<Compute />, place);
}

function Compute() {
  const on = chosen.value;
  return (
    <section class="more-group" id="compute">
      <div class="control control-choice">
        <label class="control-label" for="compute-on">
          {words.title}
        </label>
        <select
          id="compute-on"
          value={on}
          disabled={store.info.value === null}
          onChange={(event) => choose(event.currentTarget.value === 'gpu' ? 'gpu' : 'cpu')}
        >
          <option value="cpu">{words.cpu}</option>
          <option value="gpu">{words.gpu}</option>
        </select>
      </div>
      {on === 'gpu' && (
        <p class="group-note" id="compute-speeds" role="status">
          {found.value === null ? words.measuring : words.speeds(found.value.device, found.value.speeds)}
        </p>
      )}
    </section>
  );
}
