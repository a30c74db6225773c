// The parts of a tokenizer.json, read strictly: the tokens and their ids, and the sentence about a part that is not as expected. tokenizer-json.ts says
// which tokenizer they make.

import { described, quoted, shortened, UnrolledError } from '../errors.ts';

export type Json = { readonly [key: string]: unknown };

/** Whether JSON is a list of texts, or a map of tokens to ids or of ids to tokens. */
export function isVocabulary(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  const values = Object.values(json);
  const isOf = (type: string): boolean => values.length > 0 && values.every((value) => typeof value === type);
  return isOf('number') || (isOf('string') && Object.keys(json).every((key, id) => key === String(id)));
}

/** The ids of model.vocab: a map, or a list of the tokens in their order. */
export function idsOf(vocab: unknown, where: string): Map<string, unknown> {
  if (!Array.isArray(vocab)) return new Map(Object.entries(record(vocab, where, 'model.vocab')));
  const ids = new Map<string, unknown>();
  for (const [id, token] of vocab.entries()) {
    if (typeof token !== 'string' || ids.has(token))
      throw unexpected(where, 'model.vocab', 'a map, or a list of texts of which each stands there once', token);
    ids.set(token, id);
  }
  return ids;
}

/** A value that is an object. */
export function record(value: unknown, where: string, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw unexpected(where, what, 'an object', value);
}

/** The type that a part says it is of. */
export function typeOf(part: unknown): unknown {
  return (part as { type?: unknown } | null | undefined)?.type;
}

/** The sentence about a part that is not as expected. */
export function unexpected(where: string, what: string, expected: string, got: unknown): UnrolledError {
  const shown = typeof got === 'string' ? shortened(got, 120) : described(got);
  return new UnrolledError(`${where}: expected ${what} to be ${expected}, got ${shown}`);
}

/** The ids of the added tokens by content. */
export function addedTokens(value: unknown, where: string): Map<string, number> {
  const added = new Map<string, number>();
  if (value === undefined || value === null) return added;
  if (!Array.isArray(value)) throw unexpected(where, 'added_tokens', 'a list', value);
  for (const entry of value) {
    const { id, content } = record(entry, where, 'each of added_tokens');
    if (typeof id !== 'number' || typeof content !== 'string' || added.has(content))
      throw unexpected(where, 'each of added_tokens', 'an id and a content of its own', entry);
    added.set(content, id);
  }
  return added;
}

/** The added tokens, with those of their flags that differ from the usual. */
export function addedFlags(value: unknown, where: string) {
  return ((value ?? []) as readonly Json[]).map((token) => {
    const what = (key: string): string => `${key} of the added token ${quoted(String(token.content))}`;
    const own = (key: string): boolean | undefined => {
      const flag = token[key];
      if (flag === undefined || typeof flag === 'boolean') return flag;
      throw unexpected(where, what(key), 'true or false', flag);
    };
    if (own('single_word')) throw unexpected(where, what('single_word'), 'false', true);
    const special = own('special') ?? false;
    return {
      content: token.content as string,
      ...(own('lstrip') && { lstrip: true }),
      ...(own('rstrip') && { rstrip: true }),
      ...((own('normalized') ?? !special) && { normalized: true }),
      ...(!special && { special }),
    };
  });
}

/** The merges: pairs of tokens, or texts with a space between the two. */
export function pairsOf(merges: readonly unknown[], where: string): [string, string][] {
  return merges.map((merge) => {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((part) => typeof part === 'string' && part !== ''))
      throw unexpected(where, 'each of model.merges', 'two tokens', merge);
    return pair as [string, string];
  });
}

/** The tokens by id. The ids of vocabulary and added tokens together must be 0 … n − 1. */
export function vocabularyOf(ids: Map<string, unknown>, added: Map<string, number>, where: string): string[] {
  for (const [token, id] of added) {
    if (ids.has(token) && ids.get(token) !== id)
      throw new UnrolledError(
        `${where}: expected one id for the token ${quoted(token)}, got ${described(ids.get(token))} and ${id}`,
      );
    ids.set(token, id);
  }
  if (ids.size === 0) throw new UnrolledError(`${where}: expected model.vocab to have at least 1 token, got none`);
  const tokens = new Array<string>(ids.size);
  for (const [token, id] of ids) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= ids.size || tokens[id] !== undefined)
      throw new UnrolledError(
        `${where}: expected the ids 0 to ${ids.size - 1}, each for one token, got ${described(id)} for ${quoted(token)}`,
      );
    tokens[id] = token;
  }
  return tokens;
}
