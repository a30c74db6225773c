// What the model writes on the first screen: the engine writes faster than anybody reads, so the page shows its letters one by one, at the pace of reading. The
// text grows while it is read: more of it is asked for with the same seed and what there is as given, so it is one text. Nothing is trained.

import { effect, signal } from '@preact/signals';
import { plainText } from '../draw/token-text.ts';
import type { GeneratedText, ReplyOf } from '../protocol.ts';
import { type ShippedModel, shippedModel } from '../shipped.ts';
import { ask, forget, isLatest, listen } from './connection.ts';
import { openShipped } from './open-and-save.ts';
import { finishedLength } from './sentences.ts';
import * as store from './store.ts';

/** Letters that are shown in a second: some 240 words a minute. */
const lettersPerSecond = 24;
/** Tokens that are asked for at once, at first and later. */
const portions = { first: 200, later: 400 };
/** The text ends here; whoever wants more presses again. */
const longest = 2000;
/** Tokens that are considered at each place. */
const candidates = 5;

/** The text as the engine wrote it so far; null before the first. */
export const written = signal<GeneratedText | null>(null);
/** How many of its tokens are shown. */
export const shown = signal(0);
/** Whether letters appear, or are waited for. */
export const isWriting = signal(false);
/** The model of the page that is being fetched, by its name. */
export const fetching = signal<string | null>(null);
/** What stands before the first letter. */
export const prompt = signal('');

let seed = 0;
let target = 0;
let timer = 0;
/** Whoever wants little motion gets the letters at once. */
const isStill = matchMedia('(prefers-reduced-motion: reduce)');

/** The text that is shown, in finished sentences and the one that is being written. */
export function shownText(): { readonly finished: string; readonly rest: string } {
  const { ids } = written.value ?? { ids: new Int32Array(0) };
  const { vocabulary } = store.info.value ?? { vocabulary: [] };
  const text = plainText(ids.subarray(0, shown.value), vocabulary, store.settings.value.level === 'word');
  const length = isWriting.value ? finishedLength(text) : text.length;
  return { finished: text.slice(0, length), rest: text.slice(length) };
}

/** Has a model of the page write; it is opened first, where it is not there yet. */
export function letWrite(model: ShippedModel): void {
  halt();
  if (store.shipped.value === model && store.step.value === 0) {
    seed = model.seed;
    prompt.value = model.prompt;
    begin();
    return;
  }
  if (fetching.value === model.name) return;
  fetching.value = model.name;
  seed = model.seed;
  prompt.value = model.prompt;
  void openShipped(model).then(() => {
    if (store.problem.value !== null) fetching.value = null;
  });
}

/** Another text, from the beginning. */
export function begin(): void {
  halt();
  written.value = null;
  shown.value = 0;
  target = 0;
  isWriting.value = true;
  request(portions.first);
  pace();
}

/** Another text, with other random numbers. */
export function beginAnother(): void {
  seed++;
  begin();
}

/** Goes on where the text stops. */
export function goOn(): void {
  if (shown.value >= longest) {
    beginAnother();
    return;
  }
  isWriting.value = true;
  request(portions.later);
  pace();
}

/** Stops at the letter that is shown. */
export function halt(): void {
  isWriting.value = false;
  clearInterval(timer);
  forget('paper');
}

/** After a change of how boldly it is written: the letters to come are other ones. */
export function reconsider(): void {
  if (written.value === null || !isWriting.value) return;
  target = 0;
  request(portions.first);
}

function request(more: number): void {
  target = Math.min(longest, shown.value + more);
  const { temperature, topK } = store.settings.value;
  const fixed = Array.from(written.value?.ids.subarray(0, shown.value) ?? []);
  const wanted = {
    prime: prompt.value,
    fixed,
    length: target,
    seed,
    temperature,
    topK,
    alternatives: candidates,
  };
  ask({ type: 'write', step: null, request: wanted }, 'paper');
}

function pace(): void {
  clearInterval(timer);
  timer = window.setInterval(advance, 1000 / lettersPerSecond);
}

function advance(): void {
  const there = written.value?.ids.length ?? 0;
  if (isStill.matches) shown.value = there;
  else if (shown.value < there) shown.value++;
  if (there === target && shown.value === there && (there >= longest || isStill.matches)) halt();
  else if (there === target && there < longest && there - shown.value < portions.first / 2) request(portions.later);
}

function take(reply: ReplyOf<'generated' | 'refused'>): void {
  if (!isLatest('paper', reply.id)) return;
  if (reply.type === 'generated') written.value = reply.text;
  else {
    halt();
    store.problem.value = reply.sentence;
  }
}

/** Another run wipes the paper; the one that was waited for writes at once. */
function ready({ initialModel }: ReplyOf<'ready'>): void {
  halt();
  written.value = null;
  shown.value = 0;
  const model = shippedModel(initialModel?.model?.shipped);
  const isWanted = model !== undefined && model.name === fetching.value;
  fetching.value = null;
  if (isWanted) begin();
}

listen((reply) => {
  if (reply.type === 'refused' && reply.to === 'open') fetching.value = null;
  if (reply.type === 'generated' || reply.type === 'refused') take(reply);
  else if (reply.type === 'ready') ready(reply);
});

// who trains looks at something else
effect(() => {
  const isTraining = store.status.value === 'running';
  if (isTraining) store.isStartOpen.value = false;
  if ((isTraining || !store.isStartOpen.value || store.cursor.value.view !== 'train') && isWriting.peek()) halt();
});
