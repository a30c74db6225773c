// Vocabularies and labels. A vocabulary numbers symbols by falling frequency, with one id for all that are rare or new; the labels of a task are
// sorted by code points, and none may be new. Plain lists of strings rebuild both. The tokenizers of language models are in text/.

import { expectInteger, firstTwice, listed, quoted, UnrolledError } from '../errors.ts';
import { maxClasses } from './metrics.ts';
import { compareCodePoints } from './text/tokenizer.ts';

/** The id of every symbol that a vocabulary does not know. The known symbols have the ids from 1. */
export const UNKNOWN_ID = 0;

/** Symbols numbered by falling frequency, with one id for all that are rare or new. */
export interface Vocabulary {
  /** The known symbols; `symbols[i]` has the id i + 1. */
  readonly symbols: readonly string[];
  /** The number of ids: those of the known symbols and the unknown one. */
  readonly size: number;
  /** The id of a symbol; 0 for one that is not known. */
  idOf(symbol: string): number;
}

/** The names of classes and their ids, sorted by code points. None may be new. */
export interface Labels {
  /** id → label. */
  readonly names: readonly string[];
  /** C, the number of labels. */
  readonly size: number;
  /** The id of a label. Throws, with the label and its place, such as `dev.conllu, line 17`, where there is no such label. */
  idOf(label: string, place: string): number;
}

/** Learns the symbols that occur `minCount` times or more. With 2 the unknown id has examples to learn from, the symbols that occur once. */
export function learnVocabulary(symbols: Iterable<string>, minCount = 2): Vocabulary {
  expectInteger('minCount', minCount, 1);
  const counts = new Map<string, number>();
  for (const symbol of symbols) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  const frequent = [...counts].filter(([, times]) => times >= minCount);
  frequent.sort(([a, m], [b, n]) => n - m || compareCodePoints(a, b));
  return createVocabulary(frequent.map(([symbol]) => symbol));
}

/** Makes the vocabulary with these symbols. Throws where a symbol occurs twice. */
export function createVocabulary(symbols: readonly string[]): Vocabulary {
  const idOf = idTable('vocabulary', symbols, UNKNOWN_ID + 1);
  return {
    symbols: [...symbols],
    size: symbols.length + 1,
    idOf: (symbol) => idOf.get(symbol) ?? UNKNOWN_ID,
  };
}

/** Learns all labels that occur. Throws unless there are 2 or more; `where` names the data in the error message. */
export function learnLabels(labels: Iterable<string>, where = 'labels'): Labels {
  const names = [...new Set(labels)].sort(compareCodePoints);
  if (names.length < 2)
    throw new UnrolledError(
      `${where}: expected at least 2 classes, got ${names.length === 0 ? 'none' : `only ${quoted(names[0])}`}; there is nothing to tell apart`,
    );
  if (names.length > maxClasses)
    throw new UnrolledError(
      `${where}: expected at most ${maxClasses} classes, got ${names.length}, such as ${quoted(names[0])}; are these the labels?`,
    );
  return createLabels(names);
}

/** Makes labels with these names, in this order. Throws where a name occurs twice. */
export function createLabels(names: readonly string[]): Labels {
  const idOf = idTable('labels', names, 0);
  return {
    names: [...names],
    size: names.length,
    idOf(label, place) {
      const id = idOf.get(label);
      if (id !== undefined) return id;
      throw new UnrolledError(
        `${place}: expected a label seen in training (${listed(names)}), got ${quoted(label)}; correct it, or train with it`,
      );
    },
  };
}

function idTable(where: string, symbols: readonly string[], first: number): Map<string, number> {
  const twice = firstTwice(symbols);
  if (twice !== undefined) throw new UnrolledError(`${where}: expected each symbol once, got ${quoted(twice)} twice`);
  return new Map(symbols.map((symbol, index) => [symbol, first + index]));
}
