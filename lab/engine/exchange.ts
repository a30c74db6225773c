// Files → a run, and a run → files, in the Worker. A text goes back to the page, a session goes on where it was, a model begins a run on the text that
// there is: its cell and sizes become the settings. When a model does not say what its tokens are, or does not know some of the text, the
// reply says so instead. Nothing is changed here: the caller takes the new run or leaves it.

import { LEVELS } from '../../src/core.ts';
import { type Backend, packModelFile, type Tokenizer, UnrolledError } from '../../src/index.ts';
import { openDropped } from '../files/dropped.ts';
import { type OpenedModel, withCharacters } from '../files/model.ts';
import { encodeSession, type Session } from '../files/session.ts';
import type {
  ImportedModel,
  InitialModel,
  OpenedFile,
  OpenedRun,
  OpenRequest,
  ReplyOf,
  RequestOf,
} from '../protocol.ts';
import { defaultSettings, type Settings, settingTable } from '../settings.ts';
import { Laboratory } from './laboratory.ts';
import { prepareFor } from './prepare.ts';

/** A run that was in the files. */
interface RunFromFile {
  readonly laboratory: Laboratory;
  readonly opened: OpenedRun;
}

/** @throws UnrolledError, one sentence, for a file that is damaged or none of these */
export async function open(backend: Backend, request: OpenRequest): Promise<OpenedFile | RunFromFile> {
  const dropped = await openDropped(request.files);
  if (dropped.kind === 'text') {
    const { name, text } = dropped;
    return { kind: 'text', name, text: text.text, remarks: text.remarks };
  }
  if (dropped.kind === 'session') {
    await prepareFor(dropped.session.frozen.settings);
    return goOn(backend, dropped.session, dropped.name);
  }
  return openModel(backend, dropped.opened, request);
}

/** The bytes of a file to be saved. */
export function pack(laboratory: Laboratory, request: RequestOf<'save-model' | 'save-session'>): ReplyOf<'packed'> {
  const { id } = request;
  if (request.type === 'save-model') {
    const { step, model } = laboratory.modelOf(request.step);
    const bytes = packModelFile(model, { step, seed: laboratory.run.settings.seed });
    return { type: 'packed', id, step, bytes: ofItsOwn(bytes) };
  }
  const { run, text, initialModel } = laboratory;
  const { config, tokenizer } = run.model;
  const frozen = run.freeze();
  const model = initialModel?.model ? { config, tokenizer: tokenizer! } : null;
  const bytes = encodeSession({ frozen, text, model, ...request.sessionData, savedAt: Date.now() });
  return { type: 'packed', id, step: frozen.step, bytes: ofItsOwn(bytes) };
}

/** Bytes that can be transferred. */
function ofItsOwn(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
}

function goOn(backend: Backend, session: Session, name: string): RunFromFile {
  const { text, model, history, page } = session;
  const { snapshot } = session.frozen;
  const remarks: string[] = [];
  let { frozen } = session;
  if (snapshot.state.backend !== backend.name) {
    remarks.push(
      `${name}: was saved where ${snapshot.state.backend} computed; it goes on here with ${backend.name}, which rounds differently`,
    );
    const state = { ...snapshot.state, backend: backend.name };
    frozen = { ...frozen, adjusted: true, snapshot: { ...snapshot, state } };
  }
  const initialModel: InitialModel | undefined = model
    ? {
        parameters: snapshot.tensors.get('parameters')!,
        model: {
          name,
          config: model.config,
          tokenizer: plain(model.tokenizer),
          step: frozen.step,
        },
      }
    : undefined;
  const laboratory = new Laboratory(backend, text, frozen.settings, frozen, initialModel);
  return { laboratory, opened: { name, remarks, sessionData: { history, page } } };
}

function openModel(backend: Backend, opened: OpenedModel, request: OpenRequest): OpenedFile | RunFromFile {
  const { name } = opened;
  let { model } = opened;
  const settings = settingsFor(opened, request.settings);
  if (!model.tokenizer) {
    const nameless = { kind: 'nameless', name, count: model.config.vocabSize } as const;
    if (request.characters === undefined) return { ...nameless, sentence: null };
    try {
      model = withCharacters(model, request.characters);
    } catch (error) {
      if (error instanceof UnrolledError) return { ...nameless, sentence: error.message };
      throw error;
    }
  }
  const tokenizer = model.tokenizer!;
  const unknown = strangers(request.text, tokenizer);
  if (unknown.size > 0 && !request.leavesOut) return { kind: 'unknown', name, characters: [...unknown] };
  const text = unknown.size > 0 ? [...request.text].filter((it) => !unknown.has(it)).join('') : request.text;
  const { config, parameters } = model;
  const given = { name, config, tokenizer: plain(tokenizer), step: opened.step, shipped: request.shipped };
  const laboratory = new Laboratory(backend, text, { ...settings, level: tokenizer.level }, undefined, {
    parameters,
    model: given,
  });
  return { laboratory, opened: { name, remarks: opened.remarks, sessionData: null } };
}

/** What a tokenizer is made of, which can cross to the page. */
const plain = ({ level, vocabulary, options }: Tokenizer): ImportedModel['tokenizer'] => ({
  level,
  vocabulary,
  options,
});

/** The settings that say what the model is; its sizes may be more than the page trains. @throws UnrolledError for a model of another kind */
function settingsFor({ name, model }: OpenedModel, settings: Settings): Settings {
  const { cell, nonlinearity, hiddenSize, numLayers, softmax } = model.config;
  const refuse = (expected: string, got: unknown): never => {
    throw new UnrolledError(`${name}: expected ${expected}, got ${got}; the lab does not show such a model`);
  };
  if (hiddenSize < settingTable.hidden.min) refuse('at least 2 hidden units', hiddenSize);
  const { level } = model.tokenizer ?? {};
  if (level && !LEVELS.includes(level)) refuse('characters, bytes or words', `${level}s`);
  if (softmax !== 'full') refuse('a full softmax', `softmax ${softmax}`);
  const { text } = settings.task === 'text' ? settings : defaultSettings;
  return {
    ...settings,
    task: 'text',
    text,
    cell: cell === 'rnn' && nonlinearity === 'relu' ? 'relu' : cell,
    hidden: hiddenSize,
    layers: numLayers,
    init: settings.init === 'identity' ? 'orthogonal' : settings.init,
  };
}

/** The characters of a text that a tokenizer has no token for. */
function strangers(text: string, { level, vocabulary, options }: Tokenizer): Set<string> {
  if (level !== 'char' || options.unknownToken !== undefined) return new Set();
  const known = new Set(vocabulary);
  return new Set([...text].filter((character) => !known.has(character)));
}
