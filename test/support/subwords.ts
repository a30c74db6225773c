// Small tokenizers of subwords, as tools of others write them to tokenizer.json: each is trained here, on some sentences, in one of the forms that are
// in use. The pairs that occur most are merged first, as in every byte-pair encoding.

import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import { byteCharacters } from '../../src/data/text/subwords/parts.ts';

/** The text that the tokenizers are trained on. */
export const trainingText =
  `The tide comes in, the tide goes out; the boats don't care. They're tied to the pier with ropes.
In 1999 the café's naïve owner paid 12,345 for the pier — “too much”, said everyone!
Straße, Σίσυφος, 日本語のテキスト, 한국어, привет мир 👍👩‍👩‍👧‍👦.
	if (x == 10) {\n        return x + 1;   // the tide\n    }\n\n\nTHE END. The tides of the sea, the season of the seas.
`.repeat(2);

/** Texts of every kind: words, accents, emoji, CJK, white space, control characters, added tokens. */
export const sampleTexts: readonly string[] = [
  ...['', ' ', 'a', 'the', ' the', 'The tide goes out.', '  two  spaces ', "They're DON'T I'LL we'd", '1999 12,345 ²½'],
  ...[
    'café naïve cafe\u0301',
    'Σίσυφος ΣΑΣ Straße',
    '日本語のテキスト。\n日本',
    '한국어 привет',
    '👍👩‍👩‍👧‍👦👍🏽',
    'a\0b\u0007\u200b',
  ],
  ...[
    'tab\there\r\n\r\n  x',
    'line\n\n\n  line\n',
    '\u00a0\u2028\u3000x',
    '<|end|>the<mask> tide <mask>',
    '<unk> </s><s>',
  ],
  ...[
    'Tide the Tide',
    'if (x == 10) {\n        return x_1 + 1; //x\n}',
    'THE ENDing HTMLParser',
    '▁▁a Ġb <0x41>',
    'ﬁne ǅ ª',
  ],
  ...['a'.repeat(300), 'tide'.repeat(80), 'no-such_thing/at:all'],
];

/** A tokenizer.json, with the parts that are asked for. */
export interface TokenizerFile {
  readonly added_tokens: readonly { readonly content: string; readonly [flag: string]: unknown }[];
  readonly model: { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly unknown[] };
  readonly [part: string]: unknown;
}

/** The form of a tokenizer: what stands in its file beside the vocabulary and the merges. */
export interface Form {
  readonly name: string;
  readonly normalizer?: object;
  readonly pre_tokenizer?: object;
  readonly decoder?: object;
  readonly model?: { readonly [key: string]: unknown };
  /** Tokens before the vocabulary that are added tokens with these flags. */
  readonly added?: readonly { readonly content: string; readonly [flag: string]: unknown }[];
  /** Whether all bytes are tokens: as GPT-2's characters, or by their names. */
  readonly bytes?: 'characters' | 'names';
  /** Whether merges are pairs and not texts. */
  readonly pairs?: boolean;
}

const end = { content: '<|end|>', special: true, normalized: false };
const unk = { content: '<unk>', special: true, normalized: false };
const byteLevel = (change: object = {}) => ({
  ...{ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  ...change,
});
const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const marksAndSpace = (more = '') => ` ?[^\\s\\p{L}\\p{N}]+[\\r\\n${more}]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const first = '[^\\r\\n\\p{L}\\p{N}]?';
const replace = (from: string, content: string) => ({ type: 'Replace', pattern: { String: from }, content });
const metaspace = (change: object = {}) => ({
  type: 'Metaspace',
  replacement: '▁',
  prepend_scheme: 'always',
  ...change,
});

export const forms: readonly Form[] = [
  {
    ...{ name: 'GPT-2', bytes: 'characters', pre_tokenizer: byteLevel(), decoder: byteLevel(), added: [end] },
  },
  {
    name: 'RoBERTa, with a space before and a mask that takes the space before it',
    ...{ bytes: 'characters', pre_tokenizer: byteLevel({ add_prefix_space: true }), decoder: byteLevel(), pairs: true },
    added: [end, { content: '<mask>', lstrip: true, special: true, normalized: false }],
  },
  {
    name: 'GPT-4 and Llama 3',
    bytes: 'characters',
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        split(`${contractions}|${first}\\p{L}+|\\p{N}{1,3}|${marksAndSpace()}`),
        byteLevel({ use_regex: false }),
      ],
    },
    ...{ decoder: byteLevel(), added: [end, { content: '\n\n', special: false }], model: { ignore_merges: true } },
  },
  {
    name: 'Qwen, with NFC',
    ...{ bytes: 'characters', normalizer: { type: 'NFC' }, decoder: byteLevel(), added: [end] },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        split(`${contractions}|${first}\\p{L}+|\\p{N}|${marksAndSpace()}`),
        byteLevel({ use_regex: false }),
      ],
    },
  },
  {
    name: 'GPT-4o',
    ...{ bytes: 'characters', decoder: byteLevel(), added: [end], pairs: true },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        split(
          `${first}${upper}*${lower}+${contractions}?|${first}${upper}+${lower}*${contractions}?|\\p{N}{1,3}|${marksAndSpace('/')}`,
        ),
        byteLevel({ use_regex: false }),
      ],
    },
  },
  {
    name: 'digits one by one',
    ...{ bytes: 'characters', decoder: byteLevel(), added: [end] },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel()],
    },
  },
  {
    name: 'Llama 2, whose words are not cut',
    normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, replace(' ', '▁')] },
    decoder: {
      type: 'Sequence',
      decoders: [
        replace('▁', ' '),
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    ...{ bytes: 'names', added: [unk, { content: '</s>', special: true, normalized: false }] },
    model: { unk_token: '<unk>', fuse_unk: true, byte_fallback: true },
  },
  {
    name: 'Metaspace, always',
    ...{ pre_tokenizer: metaspace(), decoder: metaspace(), added: [unk], model: { unk_token: '<unk>' } },
  },
  {
    name: 'Metaspace, at the start of the text',
    ...{ pre_tokenizer: metaspace({ prepend_scheme: 'first', split: false }), added: [unk, end] },
    ...{ decoder: metaspace({ prepend_scheme: 'first', split: false }), model: { unk_token: '<unk>' } },
  },
  {
    name: 'words with an end, in small letters',
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFD' }, { type: 'Lowercase' }] },
    ...{ pre_tokenizer: { type: 'WhitespaceSplit' }, decoder: { type: 'BPEDecoder', suffix: '</w>' }, added: [unk] },
    model: { unk_token: '<unk>', end_of_word_suffix: '</w>' },
  },
  {
    name: 'Whitespace, no decoder, no unknown token',
    ...{ pre_tokenizer: { type: 'Whitespace' }, added: [{ content: 'Tide', special: false }] },
    normalizer: { type: 'NFKC' },
  },
  {
    name: 'a text as one word',
    ...{ decoder: { type: 'Fuse' }, added: [unk], model: { unk_token: '<unk>' } },
  },
];

/** The tokenizer.json of a form, with so many merges that were trained on a text. */
export function trained(form: Form, merges = 150, text = trainingText): TokenizerFile {
  const empty = fileOf(form, {}, []);
  const { normalizer, pre_tokenizer } = new HuggingFace(empty as never, {}) as unknown as {
    normalizer: ((text: string) => string) | null;
    pre_tokenizer: ((text: string, options: object) => string[]) | null;
  };
  const normal = normalizer ? normalizer(text) : text;
  const words = pre_tokenizer ? pre_tokenizer(normal, { section_index: 0 }) : [normal];
  const suffix = (form.model?.end_of_word_suffix as string | undefined) ?? '';
  const pieces = words.flatMap((word) => wordsIn(word, form)).map((word) => Array.from(word));
  for (const word of pieces) word[word.length - 1] += suffix;
  const tokens = new Set((form.added ?? []).map(({ content }) => content));
  if (form.bytes)
    for (let byte = 0; byte < 256; byte++)
      tokens.add(
        form.bytes === 'names' ? `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>` : byteCharacters[byte],
      );
  // CJK is left out where bytes stand for it, so that there is something to fall back from
  for (const word of pieces)
    for (const symbol of word) if (form.bytes !== 'names' || symbol < '\u3000') tokens.add(symbol);
  const found: [string, string][] = [];
  for (let n = 0; n < merges; n++) {
    const best = mostFrequent(pieces, tokens);
    if (!best) break;
    found.push(best);
    tokens.add(best.join(''));
    for (const [i, word] of pieces.entries()) pieces[i] = joined(word, best);
  }
  const vocab = Object.fromEntries([...tokens].map((token, id) => [token, id]));
  return fileOf(form, vocab, form.pairs ? found : found.map((pair) => pair.join(' ')));
}

/** The words that the Rust library makes of one of the JavaScript library, which does not know that Metaspace splits. */
function wordsIn(word: string, { pre_tokenizer: part }: Form): string[] {
  const { type, split: splits = true } = (part ?? {}) as { type?: string; split?: boolean };
  return type === 'Metaspace' && splits ? word.split(/(?=▁)/) : [word];
}

function fileOf(form: Form, vocab: Record<string, number>, merges: readonly unknown[]): TokenizerFile {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: true, special: false };
  return {
    ...{ version: '1.0', truncation: null, padding: null },
    added_tokens: (form.added ?? []).map((token, id) => ({ id, ...flags, ...token })),
    ...{ normalizer: form.normalizer ?? null, pre_tokenizer: form.pre_tokenizer ?? null, post_processor: null },
    decoder: form.decoder ?? null,
    model: {
      ...{ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
      ...{ fuse_unk: false, byte_fallback: false, ignore_merges: false },
      ...form.model,
      ...{ vocab, merges },
    },
  };
}

/** The pair that occurs most, and of equals the one that comes first in the order of its characters. */
function mostFrequent(words: readonly string[][], tokens: ReadonlySet<string>): [string, string] | undefined {
  const counts = new Map<string, { pair: [string, string]; times: number }>();
  for (const word of words)
    for (let i = 1; i < word.length; i++) {
      // a space within a token would be two parts of a text
      if (!tokens.has(word[i - 1]) || !tokens.has(word[i]) || (word[i - 1] + word[i]).includes(' ')) continue;
      const key = JSON.stringify([word[i - 1], word[i]]);
      const known = counts.get(key);
      if (known) known.times++;
      else counts.set(key, { pair: [word[i - 1], word[i]], times: 1 });
    }
  let [first, most, pair]: [string, number, [string, string] | undefined] = ['', 1, undefined];
  for (const [key, one] of counts)
    if (one.times > most || (one.times === most && pair && key < first))
      [first, most, pair] = [key, one.times, one.pair];
  return pair;
}

function joined(word: readonly string[], [left, right]: readonly [string, string]): string[] {
  const result: string[] = [];
  for (const symbol of word)
    if (result.at(-1) === left && symbol === right) result[result.length - 1] += symbol;
    else result.push(symbol);
  return result;
}
