// The page and its link (url.ts). A link that is opened sets the settings, the cursor and the rest; one with `n` repeats the sender's run to that step, and
// one with `wh` compares the weights. While the page is used, its address is the link of what it shows. The step is only in a link that is copied,
// because nobody who reloads the page wants to wait for a run to be repeated.

import { offered } from '../language.ts';
import { rivalOf } from '../presets.ts';
import { type Settings, settingNames } from '../settings.ts';
import { type ShippedModel, shippedModel } from '../shipped.ts';
import { strings } from '../strings.ts';
import * as actions from './actions.ts';
import { hashOf } from './carried-text.ts';
import { ask, listen } from './connection.ts';
import { startOfCursor } from './cursor.ts';
import { changeTo } from './language.ts';
import { type LinkExtras, noExtras } from './link-extras.ts';
import { tell } from './news.ts';
import { offer, offerTexts, openServed, openShipped } from './open-and-save.ts';
import * as store from './store.ts';
import { fromLink, type LinkedViews, type LinkState, readLink, toLink, tourLength } from './url.ts';

const words = strings.link;
const maxSteps = 1_000_000;

/** A run of a link, to be repeated as soon as its text is there. */
let promised: { readonly n: number; readonly weights: string | null; readonly settings: Settings } | null = null;
let replay: { readonly id: number; readonly n: number; readonly weights: string | null; hasBegun: boolean } | null =
  null;
let hashing: {
  readonly id: number;
  resolve(found: { step: number; weights: string; isRepeatable: boolean } | null): void;
} | null = null;
/** The link that was last written here, or followed. */
let known = location.hash;
/** What beside the page is to be opened. */
let opens: LinkExtras['open'] = null;
/** The model of the page that is to be opened, with the settings of the link. */
let begins: { readonly model: ShippedModel; readonly settings: Settings } | null = null;
/** The view of the current entry in the browser's history. */
let viewOfEntry: string | null = null;
let written = 0;
let views: LinkedViews = {};

/** @param linkedViews the names of views that links may use */
export function listenForLinks(linkedViews: LinkedViews): void {
  views = linkedViews;
  offerTexts(takeAwaited);
  listen((reply) => {
    if (reply.type === 'ready') afterReady();
    else if (reply.type === 'progress') watchReplay();
    else if (reply.type === 'hashed' && reply.id === replay?.id) finishReplay(reply);
    else if (reply.type === 'hashed' && reply.id === hashing?.id) hashing.resolve(reply);
    else if (reply.type === 'refused' && reply.id === hashing?.id) hashing.resolve(null);
  });
}

/** Shows what a link says. @param begin starts the engine, the first time */
export async function follow(given: string, begin?: (settings: Settings) => void): Promise<void> {
  known = given;
  const link = await wholeLink(given);
  if (known !== given) return; // another was opened meanwhile
  if (link !== given) history.replaceState({ lab: true }, '', link);
  known = link;
  const { state, waitsFor, remarks } = await fromLink(link, views);
  const { settings, cursor, extras, preset } = state;
  const { n } = cursor;
  const isSame = !begin && settingNames.every((name) => settings[name] === store.settings.value[name]);
  const isGuided = isGuide(extras);
  if (!begin && isGuided) leaveRun();
  store.remarks.value = remarks;
  store.waitsFor.value = waitsFor;
  store.preset.value = preset;
  if (preset) actions.compareWith(rivalOf(preset));
  if (!begin && extras.lang && offered.includes(extras.lang)) await changeTo(extras.lang).catch(() => {});
  store.extras.value = extras;
  store.operation.value = extras.operation;
  store.cursor.value = { ...startOfCursor, ...cursor, n: null, view: extras.embed ?? cursor.view };
  opens = extras.open;
  const model = shippedModel(extras.shipped ?? undefined);
  begins = model ? { model, settings } : null;
  if (!begin || isGuided) store.isStartOpen.value = false;
  if (model && !extras.embed) store.isStartOpen.value = true;
  promised = n === null ? null : { n, weights: extras.weights, settings };
  if (begin) begin(settings);
  else if (!isSame || isGuided || promised || opens || begins) {
    store.settings.value = settings;
    await actions.start();
  }
}

/** Whether a link leads through the page, and so says all of what it shows. */
const isGuide = ({ tour, gallery, tasks }: LinkExtras): boolean =>
  tour !== null || tasks !== '' || (gallery !== null && gallery !== 'all');

/** A chapter of the tour, or an entry of the gallery, may be named alone: `#tour=3`, `#gallery=copy` stand for the links of their pages. */
async function wholeLink(link: string): Promise<string> {
  const [, kind, name, language = ''] = /^#(?:v=1&)?(tour|gallery)=(\w{1,12})(&lang=\w\w)?$/.exec(link) ?? [];
  if (kind === 'tour' && Number(name) >= 1 && Number(name) <= tourLength)
    return (await import('../text/tour.ts')).linkOfChapter(Math.floor(Number(name))) + language;
  if (kind !== 'gallery') return link;
  const { gallery, linkOfEntry } = await import('../text/gallery.ts');
  const entry = gallery.find((each) => each.name === name);
  return entry ? linkOfEntry(entry) + language : link;
}

/** What was there goes, so that a link that leads through the page always shows the same. */
function leaveRun(): void {
  if (store.status.value === 'running') actions.pause();
  store.status.value = 'paused';
  store.problem.value = null;
  store.initialModel.value = null;
  actions.edit([]);
  actions.explainPrevious(store.explained.value.length);
}

/** Takes a text that was dropped while a link waits for its own; returns whether it was that text, which is then used. */
async function takeAwaited(text: string): Promise<boolean> {
  if (store.waitsFor.value === null) return false;
  const isRight = (await hashOf(text)) === store.waitsFor.value;
  store.remarks.value = [...store.remarks.value, isRight ? words.sameText : words.otherText];
  tell(isRight ? words.sameText : words.otherText);
  if (!isRight) return false;
  store.waitsFor.value = null;
  const settings = { ...(promised?.settings ?? store.settings.value), text: 'own' as const, ownText: text };
  store.settings.value = settings;
  await actions.start();
  return true;
}

function afterReady(): void {
  if (opens) void openServed(opens === 'run'); // which begins on the text that there is now
  opens = null;
  if (begins) void openShipped(begins.model, begins.settings);
  begins = null;
  startReplay();
}

function startReplay(): void {
  store.replayTo.value = null;
  replay = null;
  if (!promised || store.waitsFor.value !== null) return;
  const { n, weights } = promised;
  promised = null;
  replay = { id: ask({ type: 'forward', step: n }), n, weights, hasBegun: false };
  store.replayTo.value = n;
}

/** Pause stops the repetition. */
function watchReplay(): void {
  if (!replay) return;
  const isRunning = store.status.value === 'running';
  if (replay.hasBegun && !isRunning && store.step.value < replay.n) {
    if (store.status.value === 'paused') tell(words.stopped(store.step.value));
    replay = null;
    store.replayTo.value = null;
  } else replay.hasBegun ||= isRunning;
}

function finishReplay({ step, weights }: { readonly step: number; readonly weights: string }): void {
  const sent = replay?.weights;
  replay = null;
  store.replayTo.value = null;
  if (!sent) return;
  const sentence = words.repeated(step, sent, weights);
  store.remarks.value = [...store.remarks.value, sentence];
  tell(sentence);
}

/** The link of what the page shows, without the run. */
function pageState(): Omit<LinkState, 'carried'> {
  const { preset, settings, cursor, extras, operation, shipped } = store;
  const { view, op, direction } = cursor.value;
  const isAtStart = view !== 'debugger' || (op === 0 && direction === 'forward');
  return {
    preset: preset.value,
    settings: settings.value,
    cursor: { ...cursor.value, n: null, op: 0 },
    extras: {
      ...noExtras,
      ...extras.value,
      weights: null,
      operation: isAtStart ? null : operation.value,
      open: null,
      shipped: shipped.value?.name ?? null,
    },
  };
}

/**
 * Makes the address of the page the link of what it shows; another view is another step of Back.
 * @param first the view with which the page opened
 */
export async function writeAddress(first: string): Promise<void> {
  viewOfEntry ??= first;
  const turn = ++written;
  // who loads the page again begins the chapter again; and a frame keeps what the page around it gave it
  if (store.extras.value && (isGuide(store.extras.value) || store.extras.value.embed)) return writeLanguage();
  const state = pageState();
  const open = store.initialModel.value?.model ? (store.extras.value?.open ?? null) : null;
  const { link } = await toLink({ ...state, extras: { ...state.extras, open } });
  // another link is in the address, and the page is about to be notified
  if (turn !== written || (location.hash !== known && location.hash.includes('='))) return;
  const { view } = state.cursor;
  const isNext = viewOfEntry !== view && store.chosenView.value === view;
  viewOfEntry = view;
  if (isNext) history.pushState({ lab: true }, '', link);
  else if (link !== location.hash || !history.state?.lab) history.replaceState({ lab: true }, '', link);
  known = location.hash;
}

/** Only the language changes in an address that is not the page's to write. */
function writeLanguage(): void {
  if (location.hash !== known) return;
  known = known.replace(/([#&]lang=)\w*/, `$1${store.extras.value?.lang}`);
  if (known !== location.hash) history.replaceState(history.state, '', known);
}

/** Opens a link as an entry of its own in the browser's history. It keeps the language that the link before it asked for. */
export async function open(given: string): Promise<void> {
  const { lang = null } = store.extras.value ?? {};
  const link = lang && !/[#&]lang=/.test(given) ? `${given}&lang=${lang}` : given;
  if (link === location.hash) history.replaceState({ lab: true }, '', link);
  else history.pushState({ lab: true }, '', link);
  written++; // what was about to be written is of the page before
  await follow(link);
  viewOfEntry = store.cursor.value.view;
}

/** Goes to the view and the place of a history entry, after Back or Forward. The run stays as it is, but where the entry leads elsewhere in the tour. */
export function goBack(): void {
  known = location.hash;
  const { cursor, extras } = readLink(location.hash, views).state;
  const here = store.extras.value;
  if (extras.tour !== here?.tour || extras.gallery !== here?.gallery || extras.tasks !== here?.tasks)
    return void follow(location.hash);
  viewOfEntry = cursor.view;
  actions.focus({ ...cursor, n: null });
}

/** The whole address of a link. */
const addressOf = (link: string): string => location.href.replace(/#.*$/s, '') + link;

/** The address of the page as it is, at its step where that can be repeated. @param changes of what the link says beside it */
export async function addressOfPage(changes: Partial<LinkExtras>): Promise<{ address: string; remarks: string[] }> {
  const { link, remarks } = await linkOfPage(await runToShare(), changes);
  return { address: addressOf(link), remarks };
}

async function linkOfPage(run: Awaited<ReturnType<typeof runToShare>>, changes: Partial<LinkExtras> = {}) {
  const state = pageState();
  const isOf = run?.isRepeatable === true && run.step <= maxSteps;
  const made = await toLink({
    ...state,
    cursor: { ...state.cursor, n: isOf ? run.step : null },
    extras: { ...state.extras, weights: isOf ? run.weights : null, ...changes },
  });
  return { ...made, isOf };
}

export async function copyLink(): Promise<void> {
  const run = await runToShare();
  const { link, remarks, isOf } = await linkOfPage(run);
  const isAsShipped = store.shipped.value !== undefined && store.step.value === 0;
  if (store.initialModel.value?.model && !store.shipped.value) remarks.push(words.noModel);
  else if (run && !isOf && !isAsShipped) remarks.push(words.noRun);
  let sentence: string = run && isOf ? words.copiedStep(run.step) : words.copied;
  try {
    await navigator.clipboard.writeText(addressOf(link));
  } catch {
    history.replaceState({ lab: true }, '', link);
    known = location.hash;
    sentence = words.notCopied;
  }
  offer({
    kind: 'link',
    sentence: [sentence, ...remarks].join(' '),
    answers: [{ label: strings.dismiss, act: () => {} }],
  });
}

/** The weights of the step that is shown; null while they still change, or are the first. */
function runToShare(): Promise<{ step: number; weights: string; isRepeatable: boolean } | null> {
  const { n } = store.cursor.value;
  if (!store.info.value || (n === null && store.status.value === 'running') || (n ?? store.step.value) === 0)
    return Promise.resolve(null);
  return new Promise((resolve) => {
    hashing = { id: ask({ type: 'hash', step: n }), resolve };
  });
}
