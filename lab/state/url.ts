// The page in a link: everything that decides what is seen, in the part of the address behind #, which is never sent to a server. Version 1:
//   #v=1&text=tale&cell=lstm&h=64&T=32&lr=0.003&seed=42&n=1500&wh=…&view=gradients&t=17&u=9&o=da&scale=abs
// Defaults are left out; t counts from 1, as in the text. `n` with `wh` promises that whoever opens the link gets the same weights after n
// steps (engine/weight-hash.ts). The hash of the visitor's own text goes along (`sha`), and when it is short the text itself, packed (`txt`); otherwise
// the same file has to be given.

import { quoted } from '../../src/core.ts';
import { languageNames } from '../language.ts';
import { type PresetName, presetNames, presetSettings } from '../presets.ts';
import {
  type LabTask,
  labTasks,
  type Setting,
  type SettingName,
  type Settings,
  settingNames,
  settingTable,
  toyNames,
} from '../settings.ts';
import { settingsWith, shippedModel, shippedModels } from '../shipped.ts';
import { dataOfTask, taskSettings } from '../task-settings.ts';
import { type CarriedText, carriedKeys, carryText, readCarried, unpackText } from './carried-text.ts';
import { type Cursor, startOfCursor } from './cursor.ts';
import { type LinkExtras, noExtras } from './link-extras.ts';
import {
  choiceKey,
  flagKey,
  type Key,
  type KeyTable,
  listKey,
  namesKey,
  numberKey,
  optional,
  patternKey,
  readKeys,
  readPairs,
  textKey,
  writeKeys,
} from './url-keys.ts';

const version = '1';
/** Characters of a link; mail programs and chats cut longer ones. */
export const maxLinkLength = 8000;
/** Steps that a link may ask to be repeated. */
const maxSteps = 1_000_000;
const maxRemarks = 8;
/** Chapters of the tour (text/tour.ts). */
export const tourLength = 8;

export interface LinkState {
  readonly preset: PresetName | null;
  /** With `text` own, `ownText` is the preset's; a text of the visitor is in `carried`. */
  readonly settings: Settings;
  readonly carried: CarriedText | null;
  /** `op` is always 0: see `operation`. */
  readonly cursor: Cursor;
  readonly extras: LinkExtras;
}

/** The names of views that links may use, each with the view that it stands for. */
export type LinkedViews = Readonly<Record<string, string>>;

/** The parts of the page beside the views that a link may hide. */
const hiddenParts: readonly string[] = ['rail', 'aside', 'tabs', 'transport', 'explanation'];

const whole = (name: string, max: number): Key<number> => numberKey(name, { min: 0, max, whole: true });
/** A number that counts from 0 in the page and from 1 in links. */
const fromOne = (key: Key<number>): Key<number> => ({
  ...key,
  write: (value) => key.write(value + 1),
  read(text, fallback) {
    const { value, problem } = key.read(text, fallback + 1);
    return { value: value - 1, problem };
  },
});
/** A view is written by its full name, and read by another name too. */
const viewKey = (name: string, views: LinkedViews): Key<string> => ({
  ...choiceKey(name, [...new Set(Object.values(views))], views),
  write: (view) => view,
});

const cursorKeys = (views: LinkedViews): KeyTable<Omit<Cursor, 'op'>> => ({
  n: optional(whole('n', maxSteps)),
  view: viewKey('view', views),
  w: whole('w', 1_000_000),
  t: fromOne(numberKey('t', { min: 1, max: settingTable.T.max, whole: true })),
  l: whole('l', settingTable.layers.max - 1),
  u: whole('u', settingTable.hidden.max - 1),
  direction: choiceKey('dir', ['forward', 'backward'], { fwd: 'forward', bwd: 'backward' }),
});

const extraKeys = (views: LinkedViews): KeyTable<LinkExtras> => ({
  weights: optional(patternKey('wh', /^[\da-f]{12}$/, 'twelve hexadecimal digits')),
  operation: optional(patternKey('o', /^[\w∇-]{1,16}$/, 'the name of an operation')),
  scale: choiceKey('scale', ['abs', 'row', 'signed']),
  hide: listKey('hide', 'parts and views', (name) =>
    hiddenParts.includes(name) || Object.hasOwn(views, name) ? (views[name] ?? name) : undefined,
  ),
  // which ids there are, the text knows, which is loaded later
  chapters: listKey('chapters', 'chapters', (id) => (/^[a-z-]{1,24}$/.test(id) ? id : undefined)),
  lock: namesKey('lock', 'settings', (name) =>
    settingNames.find((part) => part !== 'ownText' && (name === part || name === shortNames[part])),
  ),
  title: textKey('title', 80),
  tasks: textKey('tasks', 3000),
  tour: optional(numberKey('tour', { min: 1, max: tourLength, whole: true })),
  gallery: optional(choiceKey('gallery', ['all', ...toyNames])),
  embed: optional(viewKey('embed', views)),
  open: optional(choiceKey('open', ['model', 'run'])),
  versus: optional(
    patternKey('vs', /^[a-zA-Z]{1,12}:[\w.-]{1,16}(,[\w.-]{1,16}){1,3}:\d{1,6}[us]$/, 'cell:rnn,gru:1000u'),
  ),
  lang: optional(choiceKey('lang', languageNames)),
  shipped: optional(
    choiceKey(
      'model',
      shippedModels.map(({ name }) => name),
    ),
  ),
});

/** A setting's name in links where it is another one. */
const shortNames: Partial<Record<SettingName, string>> = { hidden: 'h' };

function settingKey(part: SettingName): Key<never> {
  const setting: Setting = settingTable[part];
  const name = shortNames[part] ?? part;
  const key = ((): Key<string> | Key<number> | Key<boolean> => {
    if (setting.kind === 'choice') return choiceKey(name, setting.choices);
    if (setting.kind === 'flag') return flagKey(name);
    if (setting.kind === 'text') return textKey(name, setting.max);
    return numberKey(name, { ...setting, whole: setting.kind === 'integer' });
  })();
  return { ...key, also: name === part ? [] : [part] } as unknown as Key<never>;
}

type LinkSettings = Omit<Settings, 'ownText'>;
const settingKeys = Object.fromEntries(
  settingNames.filter((part) => part !== 'ownText').map((part) => [part, settingKey(part)]),
) as unknown as KeyTable<LinkSettings>;

/** What a link does not have to say: the settings of its task, or of its preset and of its model. */
function baseSettings(preset: PresetName | null, name: string | null, task: LabTask): Settings {
  if (task !== 'text') return taskSettings(task);
  const model = shippedModel(name ?? undefined);
  return { ...presetSettings(preset), ...(model && settingsWith(model)) };
}

/** The link of a state, from its #. */
export function writeLink({ preset, settings, carried, cursor, extras }: LinkState): string {
  const base = baseSettings(preset, extras.shipped, settings.task);
  const parts = writeKeys<LinkSettings>(settingKeys, settings, { ...base, task: 'text' });
  // that the text is the visitor's, `txt` or `sha` say already
  const own =
    carried && settings.text === 'own'
      ? [...parts.filter((part) => !part.startsWith('text=')), ...carriedKeys(carried)]
      : parts;
  const shownExtras = cursor.n === null ? { ...extras, weights: null } : extras;
  const rest = [
    ...writeKeys<Omit<Cursor, 'op'>>(cursorKeys({}), cursor, startOfCursor),
    ...writeKeys(extraKeys({}), shownExtras, noExtras),
  ];
  return `#${[`v=${version}`, ...(preset ? [`preset=${preset}`] : []), ...own, ...rest].join('&')}`;
}

/** The state of a link, and a sentence for each thing in it that was not as expected. Never throws. */
export function readLink(link: string, views: LinkedViews): { state: LinkState; remarks: string[] } {
  const remarks: string[] = [];
  if (link.length > 2 * maxLinkLength)
    remarks.push(`link: expected at most ${2 * maxLinkLength} characters, got ${link.length}; took the first`);
  const pairs = readPairs(link.slice(0, 2 * maxLinkLength), remarks);
  const given = pairs.get('v');
  pairs.delete('v');
  if (given !== undefined && given !== version)
    remarks.push(`link: expected version ${version}, got ${quoted(given)}; took what is known of it`);

  const presetTable: KeyTable<{ preset: PresetName | null }> = { preset: optional(choiceKey('preset', presetNames)) };
  const { preset } = readKeys(presetTable, pairs, { preset: null } as { preset: PresetName | null }, remarks);
  const task = labTasks.find((each) => each === pairs.get('task')) ?? 'text';
  const base = baseSettings(preset, pairs.get('model') ?? null, task);
  const namesText = pairs.has('text');
  const read = readKeys<LinkSettings>(settingKeys, pairs, { ...base, task: 'text' }, remarks);
  const wanted = readCarried(pairs, remarks);
  const cursor = {
    ...startOfCursor,
    ...readKeys<Omit<Cursor, 'op'>>(cursorKeys(views), pairs, startOfCursor, remarks),
  };
  const extras = readKeys(extraKeys(views), pairs, noExtras, remarks);
  for (const name of pairs.keys()) remarks.push(`link: expected a known key, got ${quoted(name)}; left it out`);

  let carried = wanted;
  let { text } = read;
  if (wanted && namesText && text !== 'own') {
    remarks.push(`link: expected one text, got ${text} and another; took ${text}`);
    carried = null;
  } else if (wanted) text = 'own';
  const [first] = dataOfTask[task];
  if (!dataOfTask[task].includes(text)) {
    remarks.push(`link, text: expected data of the task ${task}, got ${text}; took ${first}`);
    text = first;
  }
  if (text === 'own' && !carried && base.ownText === '') {
    remarks.push(`link, text: expected txt or sha with a text of one’s own, got neither; took ${first}`);
    text = first;
  }
  let { init } = read;
  if (init === 'identity' && read.cell !== 'rnn' && read.cell !== 'relu') {
    remarks.push(`link, init: expected orthogonal or uniform for the cell ${read.cell}, got identity; took orthogonal`);
    init = 'orthogonal';
  }
  const weights = cursor.n === null ? null : extras.weights;
  if (weights !== extras.weights) remarks.push('link, wh: expected n beside it, got none; left it out');
  const ownText = text === 'own' && !carried ? base.ownText : '';
  const more = remarks.length - maxRemarks;
  if (more > 0) remarks.splice(maxRemarks, more, `link: and ${more} more such remarks`);
  const settings = { ...read, text, init, ownText };
  return { state: { preset, settings, carried, cursor, extras: { ...extras, weights } }, remarks };
}

/**
 * The link of the page as it is, with the visitor's text if it is short.
 * @param page `carried` is not looked at: the text is `settings.ownText`
 */
export async function toLink(page: Omit<LinkState, 'carried'>): Promise<{ link: string; remarks: string[] }> {
  const { settings, preset } = page;
  if (settings.text !== 'own' || settings.ownText === presetSettings(preset).ownText)
    return { link: writeLink({ ...page, carried: null }), remarks: [] };
  const carried = await carryText(settings.ownText);
  const link = writeLink({ ...page, carried });
  if (carried?.data && link.length <= maxLinkLength) return { link, remarks: [] };
  const remark = 'link: the text is too long for it, so who opens it has to give the same file; the link checks it';
  const named = carried?.sha ? { sha: carried.sha, data: null } : null;
  return { link: writeLink({ ...page, carried: named }), remarks: [remark] };
}

/**
 * The page that a link describes. `waitsFor` is the hash of a text that the link does not contain: until a text with that hash is given
 * (`hashOf`), the settings have the default text. Never throws.
 */
export async function fromLink(
  link: string,
  views: LinkedViews,
): Promise<{ state: LinkState; waitsFor: string | null; remarks: string[] }> {
  const { state, remarks } = readLink(link, views);
  const { carried } = state;
  if (!carried) return { state, waitsFor: null, remarks };
  const text = await unpackText(carried);
  if (text !== null)
    return { state: { ...state, settings: { ...state.settings, ownText: text } }, waitsFor: null, remarks };
  const { sha, data } = carried;
  const [instead] = dataOfTask[state.settings.task];
  if (data !== null) remarks.push(`link, txt: expected the packed text, got other data; took ${instead}`);
  if (sha !== null) remarks.push('link: it does not contain the text; drop the same file');
  const settings = { ...state.settings, text: instead, ownText: '' };
  return { state: { ...state, carried: null, settings }, waitsFor: sha, remarks };
}
