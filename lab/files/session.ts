// A session as one file: everything that a run of the lab is, so that it goes on where it was, bit for bit: settings, text, tokenizer, architecture, the
// trainer's snapshot (parameters, moments, carried states, counters), the history of its curves, and what the page likes to remember. The file is a
// checkpoint (formats/checkpoint.ts): safetensors with a checksum. It may come from anyone, so all that is read is checked.

import { UnrolledError } from '../../src/errors.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/formats/checkpoint.ts';
import { formatConfig, parseConfig } from '../../src/formats/config.ts';
import type { TypedArray } from '../../src/formats/safetensors.ts';
import { readTokenizerJson, writeTokenizerJson } from '../../src/formats/tokenizer-json.ts';
import { isLanguageModel, type ModelConfig } from '../../src/model/config.ts';
import { parameterCount } from '../../src/model/parameters.ts';
import type { Tokenizer } from '../../src/text/tokenizer.ts';
import type { Snapshot } from '../../src/training/trainer.ts';
import { defaultSettings, isValid, type SettingName, type Settings, settingNames } from '../state/settings.ts';

/** A run of the lab, frozen. */
export interface Session {
  readonly settings: Settings;
  /** The text that is learned, built-in or the visitor's. */
  readonly text: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** For `Trainer.restore`. */
  readonly snapshot: Snapshot;
  /** The curves by name; not finite numbers included. */
  readonly history: Readonly<Record<string, ArrayLike<number>>>;
  /** What else the page keeps, such as its cursor: values that JSON holds. Who reads it checks it. */
  readonly page: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

const KIND = 'session of the lab';
const VERSION = 1;

/** The bytes of the file. */
export function encodeSession({
  settings,
  text,
  config,
  tokenizer,
  snapshot,
  history,
  page,
  savedAt,
}: Session): Uint8Array {
  const tensors = new Map<string, TypedArray>([['text', new TextEncoder().encode(text)]]);
  for (const [name, data] of snapshot.tensors) tensors.set(`run.${name}`, data);
  for (const [name, data] of Object.entries(history)) tensors.set(`history.${name}`, Float64Array.from(data));
  const { ownText, ...short } = settings; // where it counts it is the text
  return encodeCheckpoint({
    tensors,
    state: {
      kind: KIND,
      version: VERSION,
      savedAt,
      settings: short,
      config: formatConfig(config),
      tokenizer: writeTokenizerJson(tokenizer),
      run: snapshot.state,
      page,
    },
  });
}

/**
 * What `encodeSession` was given; its arrays are copies.
 * @throws UnrolledError, one sentence that begins with `where`, for what is no session, is damaged, or does not hold together
 */
export function decodeSession(bytes: Uint8Array, where: string): Session {
  const { tensors, state } = decodeCheckpoint(bytes, where);
  const fail = (sentence: string): never => {
    throw new UnrolledError(`${where}: ${sentence}`, 'failure');
  };
  if (state.kind !== KIND)
    fail('expected a session of the lab, got another checkpoint; of a folder of unrolled train drop model.safetensors');
  if (state.version !== VERSION)
    fail(
      `expected a session of version ${VERSION}, got ${JSON.stringify(state.version)}; open it in the lab that saved it`,
    );
  const text = textOf(tensors.get('text')) ?? fail('text: expected UTF-8, got other bytes');
  const config = parseConfig(stringOf(state.config, 'config', fail), `${where}: config`);
  if (!isLanguageModel(config)) fail('config: expected a model of text, got one for another task');
  const tokenizer = readTokenizerJson(stringOf(state.tokenizer, 'tokenizer', fail), `${where}: tokenizer`);
  if (tokenizer.vocabSize !== config.vocabSize)
    fail(`tokenizer: expected ${config.vocabSize} tokens, as the config says, got ${tokenizer.vocabSize}`);
  return {
    settings: settingsOf(objectOf(state.settings, 'settings', fail), text, fail),
    text,
    config,
    tokenizer,
    snapshot: snapshotOf(tensors, objectOf(state.run, 'run', fail), config, fail),
    history: historyOf(tensors, fail),
    page: objectOf(state.page, 'page', fail),
    savedAt: numberOf(state.savedAt, 'savedAt', fail),
  };
}

type Fail = (sentence: string) => never;
type Tensors = ReadonlyMap<string, TypedArray>;
type Json = Readonly<Record<string, unknown>>;

function settingsOf(given: Json, text: string, fail: Fail): Settings {
  const settings: Record<string, unknown> = { ...defaultSettings };
  for (const name of settingNames) {
    if (!Object.hasOwn(given, name)) continue; // a later setting, which had its default before there was a choice
    if (!isValid(name as SettingName, given[name]))
      fail(`settings: expected another value of ${name}, got ${JSON.stringify(given[name])?.slice(0, 40)}`);
    settings[name] = given[name];
  }
  settings.ownText = settings.text === 'own' ? text : '';
  if (!isValid('ownText', settings.ownText)) fail('text: expected at most 5 MB, got more');
  return settings as Settings;
}

function historyOf(tensors: Tensors, fail: Fail): Record<string, Float64Array> {
  const history: Record<string, Float64Array> = Object.create(null);
  for (const [name, data] of withPrefix(tensors, 'history.'))
    history[name] = data instanceof Float64Array ? data.slice() : fail(`history.${name}: expected F64, got others`);
  return history;
}

function snapshotOf(tensors: Tensors, run: Json, config: ModelConfig, fail: Fail): Snapshot {
  const copies = new Map<string, Float32Array | Float64Array>();
  for (const [name, data] of withPrefix(tensors, 'run.')) {
    if (!(data instanceof Float32Array || data instanceof Float64Array))
      fail(`run.${name}: expected floats, got others`);
    copies.set(name, (data as Float32Array).slice());
  }
  const count = parameterCount(config);
  for (const name of ['parameters', ...(copies.has('best') ? ['best'] : [])])
    if (copies.get(name)?.length !== count)
      fail(`run.${name}: expected ${count} numbers for this model, got ${copies.get(name)?.length ?? 'none'}`);

  const settings = objectOf(run.settings, 'run.settings', fail);
  const progress = objectOf(run.progress, 'run.progress', fail);
  const schedule = objectOf(progress.schedule, 'run.progress.schedule', fail);
  for (const name of ['update', 'epoch', 'window', 'tokenSum'])
    if (!Number.isSafeInteger(progress[name]) || (progress[name] as number) < 0)
      fail(`run.progress.${name}: expected a whole number of 0 or more, got ${JSON.stringify(progress[name])}`);
  numberOf(progress.lossSum, 'run.progress.lossSum', fail);
  for (const name of ['failures', 'factor']) numberOf(schedule[name], `run.progress.schedule.${name}`, fail);
  for (const name of ['best', 'previous'])
    if (schedule[name] !== null) numberOf(schedule[name], `run.progress.schedule.${name}`, fail);
  if (typeof progress.stopped !== 'boolean' || typeof schedule.halving !== 'boolean')
    fail('run.progress: expected stopped and halving to be true or false, got others');
  const backend = stringOf(run.backend, 'run.backend', fail);
  return { tensors: copies, state: { settings, progress, backend } as unknown as Snapshot['state'] };
}

/** The tensors whose names begin so, without that beginning. */
function* withPrefix(tensors: Tensors, prefix: string): Generator<[string, TypedArray]> {
  for (const [name, data] of tensors) if (name.startsWith(prefix)) yield [name.slice(prefix.length), data];
}

function textOf(bytes: TypedArray | undefined): string | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown, name: string, fail: Fail): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  return fail(`${name}: expected an object, got ${value === undefined ? 'none' : 'another value'}`);
}

function stringOf(value: unknown, name: string, fail: Fail): string {
  return typeof value === 'string'
    ? value
    : fail(`${name}: expected a text, got ${value === undefined ? 'none' : 'another value'}`);
}

function numberOf(value: unknown, name: string, fail: Fail): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : fail(`${name}: expected a number, got another value`);
}
