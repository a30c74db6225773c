// Keeps the rival, another cell that is compared with the one that trains, up to date: asks the engine to train it to the step of the flow that is shown
// and to look at it there. While both train, the newest step is asked for when the last one is reached.

import { effect } from '@preact/signals';
import type { Reply, RequestOf } from '../protocol.ts';
import * as store from './store.ts';

type Ask = (request: Omit<RequestOf<'rival'>, 'id'>) => number;

/** Live settings: with another of these the rival is another. */
const live = ['T', 'batch', 'carry', 'opt', 'lr', 'clip', 'decay'] as const;

export class RivalKeeper {
  private readonly ask: Ask;
  private asked: readonly unknown[] = [];
  private askedStep = -1;
  private id = 0;
  private isOn = false;

  constructor(ask: Ask) {
    this.ask = ask;
    effect(() => this.update());
  }

  take({ id, cell, step, target, flow }: Extract<Reply, { type: 'rival' }>): void {
    if (id !== this.id) return;
    const before = store.rival.peek();
    store.rival.value = { cell, step, target, flow: flow ?? (before?.cell === cell ? before.flow : null) };
    if (!flow) return;
    this.id = 0;
    this.update();
  }

  refused(id: number): void {
    if (id === this.id) store.rivalCell.value = null;
  }

  /** Another run. */
  forget(): void {
    this.id = 0;
    this.asked = [];
    store.rival.value = null;
  }

  private update(): void {
    const [cell, flow, info, settings] = [
      store.rivalCell.value,
      store.flow.value,
      store.info.value,
      store.settings.value,
    ];
    if (cell === null) {
      if (this.isOn) this.ask({ type: 'rival', cell: null, place: { step: 0, window: 0, edits: [] } });
      this.isOn = false;
      this.forget();
      return;
    }
    if (!store.needs.value.includes('flow') || !flow || !info || store.status.value === 'failed') return;
    const { window, edits, step } = flow;
    const key = [info, cell, window, edits, ...live.map((name) => settings[name])];
    const isSame = key.every((part, i) => part === this.asked[i]);
    if (isSame && (this.id !== 0 || step === this.askedStep)) return;
    if (!isSame) store.rival.value = null;
    this.asked = key;
    this.askedStep = step;
    this.isOn = true;
    this.id = this.ask({ type: 'rival', cell, place: { step, window, edits } });
  }
}
