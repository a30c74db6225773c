// A session as one file: everything that a run of the lab is, so that it goes on where it was, bit for bit: the frozen run (settings, parameters,
// moments, carried states, counters), its text, the history of its curves, and the page's own data. The file is a checkpoint
// (formats/checkpoint.ts): safetensors with a checksum. It may come from anyone, so all that is read is checked.

import {
  atPlace,
  decodeCheckpoint,
  described,
  encodeCheckpoint,
  expectInteger,
  expectNumber,
  expectObject,
  expectText,
  formatConfig,
  isLanguageModel,
  parameterCount,
  parseConfig,
  parseSnapshot,
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
  return atPlace(where, () => sessionOf(tensors, state), 'failure');
}

function fail(sentence: string): never {
  throw new UnrolledError(sentence);
}

function sessionOf(tensors: Tensors, state: Json): Session {
  if (state.kind !== KIND)
    fail(
      'state: expected a session of the lab, got another checkpoint; of a folder of unrolled train drop model.safetensors',
    );
  if (state.version !== VERSION)
    fail(
      `state: expected a session of version ${VERSION}, got ${described(state.version)}; open it in the lab that saved it`,
    );
  const run = expectObject('run', state.run);
  const text = textOf(tensors.get('text')) ?? fail('text: expected UTF-8, got other bytes');
  if (!isValid('ownText', text)) fail('text: expected at most 5 MB, got more');
  const model = state.model === null ? null : modelOf(expectObject('model', state.model));
  const snapshot = snapshotOf(tensors, expectObject('run.snapshot', run.snapshot));
  const smoothing = expectObject('run.smoothing', run.smoothing);
  const step = expectInteger('run.step', run.step, 0);
  const offset = expectInteger('run.offset', run.offset, 0);
  const { update } = snapshot.state.progress;
  if (step !== offset + update) fail(`run.step: expected ${offset + update}, as its counters say, got ${step}`);
  const count = model ? parameterCount(model.config) : snapshot.tensors.get('parameters')!.length;
  for (const name of ['parameters', ...(snapshot.tensors.has('best') ? ['best'] : [])])
    if (snapshot.tensors.get(name)!.length !== count)
      fail(`run.${name}: expected ${count} numbers for this model, got ${snapshot.tensors.get(name)!.length}`);
  return {
    frozen: {
      step,
      offset,
      settings: settingsOf(expectObject('run.settings', run.settings)),
      smoothing: {
        sum: expectNumber('run.smoothing.sum', smoothing.sum, -Infinity),
        weight: expectNumber('run.smoothing.weight', smoothing.weight, -Infinity),
      },
      adjusted: run.adjusted === true,
      snapshot,
    },
    text,
    model,
    history: historyOf(tensors),
    page: expectObject('page', state.page),
    savedAt: expectNumber('savedAt', state.savedAt, -Infinity),
  };
}

type Tensors = ReadonlyMap<string, TypedArray>;
type Json = Readonly<Record<string, unknown>>;

function modelOf(given: Json): Session['model'] {
  const config = parseConfig(expectText('model.config', given.config), 'model.config');
  if (!isLanguageModel(config)) fail('model.config: expected a model of text, got one for another task');
  const json = expectText('model.tokenizer', given.tokenizer);
  const tokenizer = readTokenizerJson(json, 'model.tokenizer');
  if (tokenizer.vocabSize !== config.vocabSize)
    fail(`model.tokenizer: expected ${config.vocabSize} tokens, as the config says, got ${tokenizer.vocabSize}`);
  return { config, tokenizer };
}

function settingsOf(given: Json): Settings {
  const settings: Record<string, unknown> = { ...defaultSettings };
  for (const name of settingNames) {
    if (!Object.hasOwn(given, name)) continue; // a later setting, which had its default before there was a choice
    if (!isValid(name, given[name])) fail(`settings: expected another value of ${name}, got ${described(given[name])}`);
    settings[name] = given[name];
  }
  return { ...(settings as Settings), ownText: '' };
}

function historyOf(tensors: Tensors): Record<string, Float64Array> {
  const history: Record<string, Float64Array> = Object.create(null);
  for (const [name, data] of withPrefix(tensors, 'history.'))
    history[name] = data instanceof Float64Array ? data.slice() : fail(`history.${name}: expected F64, got others`);
  return history;
}

function snapshotOf(tensors: Tensors, run: Json): Snapshot {
  const own = Array.from(withPrefix(tensors, 'run.'), ([name, data]) => [name, data.slice()] as const);
  return atPlace('run', () => parseSnapshot(own, run), 'failure');
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
