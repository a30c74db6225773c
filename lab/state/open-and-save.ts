// Files that come to the page and leave it: a text, a model, a session. The engine reads and packs them (engine/exchange.ts), so that the page never
// waits. What cannot be opened becomes one sentence, and the run goes on.

import { UnrolledError } from '../../src/index.ts';
import { download } from '../export/download.ts';
import { formatToken } from '../format.ts';
import type { OpenedFile, OpenedRun, ReplyOf } from '../protocol.ts';
import { defaultSettings, type Settings } from '../settings.ts';
import { type ShippedModel, settingsWith } from '../shipped.ts';
import { strings } from '../strings.ts';
import * as actions from './actions.ts';
import { ask, listen, listenForLoss } from './connection.ts';
import type { History } from './history.ts';
import { isLocked } from './lock.ts';
import { tell } from './news.ts';
import type { ServedRun } from './served-run.ts';
import * as store from './store.ts';
import { loadText } from './texts.ts';
import { fetchWithToken } from './token.ts';

const words = strings.files;
/** A sentence names at most so many characters. */
const maxNamedCharacters = 8;

/** What a visitor has answered about files. */
interface Answer {
  /** The run that the model came out of. */
  readonly run?: ServedRun;
  /** The model of the page that it is, and the text that it reads, with the settings. */
  readonly shipped?: { readonly model: ShippedModel; readonly settings: Settings; readonly text: string };
  readonly characters?: string;
  readonly leavesOut?: boolean;
}
let asked: {
  readonly id: number;
  readonly files: readonly File[];
  readonly text: string;
  readonly answer: Answer;
} | null = null;
const packing = new Map<number, { resolve(packed: ReplyOf<'packed'>): void; reject(error: Error): void }>();

/** Gives a text to whoever waits for one; returns whether it was taken. */
let takesText = async (_text: string): Promise<boolean> => false;
export const offerTexts = (take: typeof takesText): void => void (takesText = take);

export function listenForFiles(): void {
  listen((reply) => {
    if (reply.type === 'opened' && reply.id === asked?.id) void take(reply.opened);
    else if (reply.type === 'ready' && reply.opened) void enter(reply, reply.opened);
    else if (reply.type === 'packed') packing.get(reply.id)?.resolve(reply);
    else if (reply.type === 'refused') packing.get(reply.id)?.reject(new Error(reply.sentence));
    if ('id' in reply && reply.id !== null) packing.delete(reply.id);
  });
  listenForLoss(() => {
    for (const { reject } of packing.values()) reject(new UnrolledError(words.lost, 'failure'));
    packing.clear();
  });
}

/** Opens what was picked or dropped, with the visitor's answers about it. */
export function openFiles(files: readonly File[], answer: Answer = {}): void {
  if (files.length === 0) return;
  if (isLocked('text') && store.waitsFor.value === null) {
    store.problem.value = words.locked;
    return;
  }
  store.problem.value = null;
  store.remarks.value = [];
  withdraw('unknown');
  if (!answer.shipped) store.isStartOpen.value = false;
  const { run, shipped, ...answers } = answer;
  const before: Settings = { ...store.settings.value, ownText: '' };
  const settings = shipped ? { ...shipped.settings, ownText: '' } : (run?.settings(before) ?? before);
  const send = (text: string): void => {
    const id = ask({ type: 'open', files, text, settings, ...answers, shipped: shipped?.model.name }, 'run');
    asked = { id, files, text, answer };
  };
  if (shipped || before.task === 'text') send(shipped?.text ?? store.text.value);
  // a model of text reads no table of names
  else loadText(defaultSettings).then(send, () => void (store.problem.value = strings.views.notLoaded));
}

/** Opens a model that ships with the page, on its own text unless a link says otherwise; what keeps it from that is one sentence. */
export async function openShipped(
  model: ShippedModel,
  settings: Settings = { ...defaultSettings, ...settingsWith(model) },
): Promise<void> {
  try {
    const [response, text] = await Promise.all([fetch(model.address), loadText(settings)]);
    if (!response.ok) throw new Error(String(response.status));
    const stored = await response.blob();
    const [first, second] = new Uint8Array(await stored.slice(0, 2).arrayBuffer());
    const isPacked = first === 0x1f && second === 0x8b; // not where it is served as it is in the package
    const bytes = isPacked ? stored.stream().pipeThrough(new DecompressionStream('gzip')) : stored.stream();
    const file = new File([await new Response(bytes).blob()], `@${model.name}.safetensors`);
    openFiles([file], { shipped: { model, settings, text } });
  } catch {
    store.problem.value = words.notFetched(model.name);
  }
}

/** The same files again, with the characters of their model. */
export const openWith = (characters: string): void => openFiles(asked?.files ?? [], { characters });

/** The model beside the page, as `unrolled lab DIR` serves it, with its run where there is one. */
export async function openServed(hasRun: boolean): Promise<void> {
  try {
    const response = await fetchWithToken('./model.safetensors');
    if (response.status === 403) {
      store.problem.value = words.noToken;
      return;
    }
    if (!response.ok) throw new Error(String(response.status));
    const file = new File([await response.blob()], 'model.safetensors');
    openFiles([file], hasRun ? { run: await (await import('./served-run.ts')).servedRun() } : {});
  } catch {
    store.problem.value = words.noModel;
  }
}

/** A new network on the text, with the sizes of the one that was opened. */
export function leaveModel(): void {
  store.initialModel.value = null;
  void actions.start();
}

/** Saves the model of the step that is shown. */
export async function saveModel(): Promise<void> {
  await save('', () => pack({ type: 'save-model', step: store.cursor.value.n }));
}

export async function saveSession(): Promise<void> {
  await save('-session', packSession);
}

/** The run as the bytes of a session. */
export async function packSession(): Promise<ReplyOf<'packed'>> {
  const { keep } = await import('./session-data.ts');
  return pack({ type: 'save-session', sessionData: keep(store.history.value, store.preset.value) });
}

/** A run of the comparison as the bytes of a session. */
export async function packLane(lane: number, history: History): Promise<ReplyOf<'packed'>> {
  const { keep } = await import('./session-data.ts');
  return pack({ type: 'save-session', lane, sessionData: keep(history, null) });
}

export function offer(offered: store.Offer): void {
  store.offers.value = [...store.offers.value.filter(({ kind }) => kind !== offered.kind), offered];
  tell(offered.sentence);
}

export function withdraw(kind: store.Offer['kind']): void {
  store.offers.value = store.offers.value.filter((each) => each.kind !== kind);
}

function pack(request: Parameters<typeof ask>[0]): Promise<ReplyOf<'packed'>> {
  return new Promise((resolve, reject) => void packing.set(ask(request), { resolve, reject }));
}

async function save(ending: string, packed: () => Promise<ReplyOf<'packed'>>): Promise<void> {
  try {
    const { bytes, step } = await packed();
    const { text, cell, hidden } = store.settings.value;
    const name = `unrolled-${text}-${cell}-${hidden}-step-${step}${ending}.safetensors`;
    download(name, new Blob([bytes], { type: 'application/octet-stream' }));
    tell(words.saved(name));
  } catch (error) {
    store.problem.value = error instanceof Error ? error.message : String(error);
  }
}

async function take(opened: OpenedFile): Promise<void> {
  const { files, answer } = asked!;
  if (opened.kind === 'nameless') {
    store.nameless.value = opened;
    tell(opened.sentence ?? words.nameless(opened.name, opened.count));
  } else if (opened.kind === 'unknown') {
    const named = opened.characters
      .slice(0, maxNamedCharacters)
      .map((character) => strings.quoted(formatToken(character)));
    const more = opened.characters.length - named.length;
    offer({
      kind: 'unknown',
      sentence: words.unknown(opened.name, [...named, ...(more > 0 ? [words.others(more)] : [])].join(', ')),
      answers: [
        { label: words.leaveOut, act: () => openFiles(files, { ...answer, leavesOut: true }) },
        { label: words.cancel, act: () => {} },
      ],
    });
  } else {
    store.remarks.value = opened.remarks;
    if (await takesText(opened.text)) return;
    actions.useOwnText(opened.text);
    tell(words.opened(opened.name));
  }
}

/** The page follows a run that came out of a file. */
async function enter(reply: ReplyOf<'ready'>, { name, remarks, sessionData }: OpenedRun): Promise<void> {
  const before = store.settings.value;
  const ofText = before.task === 'text' ? before : defaultSettings;
  const isSame = reply.text === asked?.text;
  const shipped = asked?.answer.shipped?.settings;
  const text = sessionData ? reply.info.settings.text : (shipped?.text ?? (isSame ? ofText.text : 'own'));
  store.settings.value = { ...reply.info.settings, text, ownText: text === 'own' ? reply.text : '' };
  store.nameless.value = null;
  const run = asked?.answer.run;
  store.remarks.value = run ? [...remarks, run.remark] : remarks;
  tell(words.opened(name));
  if (run) {
    store.history.value = run.history();
    store.samples.value = [...run.samples(reply.info.vocabulary, reply.info.settings.level), ...store.samples.value];
    store.historyVersion.value++;
  }
  if (!sessionData) return;
  const { historyOf, presetOf } = await import('./session-data.ts');
  store.preset.value = presetOf(sessionData);
  store.history.value = historyOf(sessionData);
  store.historyVersion.value++;
}
