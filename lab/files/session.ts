// A session as one file: everything that a run of the lab is, so that it goes on where it was, bit for bit: the frozen run (settings, parameters,
// moments, carried states, counters), its text, the history of its curves, and the page's own data. The file is a checkpoint
// (formats/checkpoint.ts): safetensors with a checksum. It may come from anyone, so all that is read is checked.

import {
  decodeCheckpoint,
  encodeCheckpoint,
  formatConfig,
  isLanguageModel,
  parameterCount,
  parseConfig,
  readTokenizerJson,
  type Snapshot,
  type Tensor,
  writeTokenizerJson,
} from '../../src/core.ts';
import { type ModelConfig, type Tokenizer, UnrolledError } from '../../src/index.ts';

import type { FrozenRun } from '../protocol.ts';
import { defaultSettings, isValid, type Settings, settingNames } from '../settings.ts';

/** A run of the lab and what belongs to it. */
export interface Session {
  /** The run; its settings are without `ownText`. */
  readonly frozen: FrozenRun;
  /** The text that is learned, built-in or the visitor's. */
  readonly text: string;
  /** Where the run began with a model that was opened; null where settings and text say what it is. */
  readonly model: { readonly config: ModelConfig; readonly tokenizer: Tokenizer } | null;
  /** The curves by name; not finite numbers included. */
  readonly history: Readonly<Record<string, ArrayLike<number>>>;
  /** What else the page keeps, such as its cursor: values that JSON holds. Who reads it checks it. */
  readonly page: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

type TypedArray = Tensor['data'];

const KIND = 'session of the lab';
const VERSION = 1;

/** The bytes of the file. */
export function encodeSession({ frozen, text, model, history, page, savedAt }: Session): Uint8Array {
  const { step, offset, settings, smoothing, adjusted = false, snapshot } = frozen;
  const tensors = new Map<string, TypedArray>([['text', new TextEncoder().encode(text)]]);
  for (const [name, data] of snapshot.tensors) tensors.set(`run.${name}`, data);
  for (const [name, data] of Object.entries(history)) tensors.set(`history.${name}`, Float64Array.from(data));
  return encodeCheckpoint({
    tensors,
    state: {
      kind: KIND,
      version: VERSION,
      savedAt,
      run: { step, offset, settings: { ...settings, ownText: '' }, smoothing, adjusted, snapshot: snapshot.state },
      model: model && { config: formatConfig(model.config), tokenizer: writeTokenizerJson(model.tokenizer) },
      page,
    },
  });
}

/**
 * What `encodeSession` was given; its arrays are copies. That the run is one of its settings and text, the engine checks when it thaws it.
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
  const run = objectOf(state.run, 'run', fail);
  const text = textOf(tensors.get('text')) ?? fail('text: expected UTF-8, got other bytes');
  if (!isValid('ownText', text)) fail('text: expected at most 5 MB, got more');
  const model = state.model === null ? null : modelOf(objectOf(state.model, 'model', fail), where, fail);
  const snapshot = snapshotOf(tensors, objectOf(run.snapshot, 'run.snapshot', fail), fail);
  const smoothing = objectOf(run.smoothing, 'run.smoothing', fail);
  const step = countOf(run.step, 'run.step', fail);
  const offset = countOf(run.offset, 'run.offset', fail);
  const { update } = (snapshot.state as unknown as { progress: { update: number } }).progress;
  if (step !== offset + update) fail(`run.step: expected ${offset + update}, as its counters say, got ${step}`);
  const count = model ? parameterCount(model.config) : snapshot.tensors.get('parameters')!.length;
  for (const name of ['parameters', ...(snapshot.tensors.has('best') ? ['best'] : [])])
    if (snapshot.tensors.get(name)!.length !== count)
      fail(`run.${name}: expected ${count} numbers for this model, got ${snapshot.tensors.get(name)!.length}`);
  return {
    frozen: {
      step,
      offset,
      settings: settingsOf(objectOf(run.settings, 'run.settings', fail), fail),
      smoothing: {
        sum: numberOf(smoothing.sum, 'run.smoothing.sum', fail),
        weight: numberOf(smoothing.weight, 'run.smoothing.weight', fail),
      },
      adjusted: run.adjusted === true,
      snapshot,
    },
    text,
    model,
    history: historyOf(tensors, fail),
    page: objectOf(state.page, 'page', fail),
    savedAt: numberOf(state.savedAt, 'savedAt', fail),
  };
}

type Fail = (sentence: string) => never;
type Tensors = ReadonlyMap<string, TypedArray>;
type Json = Readonly<Record<string, unknown>>;

function modelOf(given: Json, where: string, fail: Fail): Session['model'] {
  const config = parseConfig(stringOf(given.config, 'model.config', fail), `${where}: model.config`);
  if (!isLanguageModel(config)) fail('model.config: expected a model of text, got one for another task');
  const json = stringOf(given.tokenizer, 'model.tokenizer', fail);
  const tokenizer = readTokenizerJson(json, `${where}: model.tokenizer`);
  if (tokenizer.vocabSize !== config.vocabSize)
    fail(`model.tokenizer: expected ${config.vocabSize} tokens, as the config says, got ${tokenizer.vocabSize}`);
  return { config, tokenizer };
}

function settingsOf(given: Json, fail: Fail): Settings {
  const settings: Record<string, unknown> = { ...defaultSettings };
  for (const name of settingNames) {
    if (!Object.hasOwn(given, name)) continue; // a later setting, which had its default before there was a choice
    if (!isValid(name, given[name]))
      fail(`settings: expected another value of ${name}, got ${JSON.stringify(given[name])?.slice(0, 40)}`);
    settings[name] = given[name];
  }
  return { ...(settings as Settings), ownText: '' };
}

function historyOf(tensors: Tensors, fail: Fail): Record<string, Float64Array> {
  const history: Record<string, Float64Array> = Object.create(null);
  for (const [name, data] of withPrefix(tensors, 'history.'))
    history[name] = data instanceof Float64Array ? data.slice() : fail(`history.${name}: expected F64, got others`);
  return history;
}

function snapshotOf(tensors: Tensors, run: Json, fail: Fail): Snapshot {
  const copies = new Map<string, Float32Array | Float64Array>();
  for (const [name, data] of withPrefix(tensors, 'run.')) {
    if (!(data instanceof Float32Array || data instanceof Float64Array))
      fail(`run.${name}: expected floats, got others`);
    copies.set(name, (data as Float32Array).slice());
  }
  if (!copies.has('parameters')) fail('run.parameters: expected numbers, got none');
  const settings = objectOf(run.settings, 'run.snapshot.settings', fail);
  const progress = objectOf(run.progress, 'run.progress', fail);
  const schedule = objectOf(progress.schedule, 'run.progress.schedule', fail);
  for (const name of ['update', 'epoch', 'window', 'tokenSum']) countOf(progress[name], `run.progress.${name}`, fail);
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

function countOf(value: unknown, name: string, fail: Fail): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  return fail(`${name}: expected a whole number of 0 or more, got ${JSON.stringify(value) ?? 'none'}`);
}
