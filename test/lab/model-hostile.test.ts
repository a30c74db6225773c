// Model files that are cut short, damaged, or made to do harm: each is one sentence, and nothing is allocated from a size that a file declares.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FileBytes, listed, openModel } from '../../lab/files/model.ts';
import { createTokenizer } from '../../src/core.ts';
import { createModel, packModelFile, UnrolledError } from '../../src/index.ts';
import { runs } from '../support/exhaustive.ts';
import { file, refusal } from './model-files.ts';

const model = createModel({ tokenizer: createTokenizer('char', [...'\n abcdeéö👍']), hiddenSize: 6 });

describe('hostile files', () => {
  const header = (json: string, data = 0, length?: number): FileBytes => {
    const text = new TextEncoder().encode(json);
    const bytes = new Uint8Array(8 + text.length + data);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
    bytes.set(text, 8);
    return file('x.safetensors', bytes);
  };
  test.each<[string, FileBytes]>([
    ['nothing', file('x.safetensors', new Uint8Array())],
    ['a text', file('x.safetensors', 'once upon a time there was')],
    ['a header longer than the file', header('{}', 0, 2 ** 40)],
    ['a tensor beyond the end', header('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 8)],
    ['a shape that lies', header('{"a":{"dtype":"F32","shape":[9999999],"data_offsets":[0,8]}}', 8)],
    ['a product beyond 2^53', header('{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}', 8)],
    [
      'overlap',
      header(
        '{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}',
        8,
      ),
    ],
    ['a prototype', header('{"__proto__":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}', 8)],
    [
      'sizes without data',
      header(
        '{"r.weight_ih_l0":{"dtype":"F32","shape":[4000000000000,0],"data_offsets":[0,0]},"r.weight_hh_l0":{"dtype":"F32","shape":[0,1000000000000],"data_offsets":[0,0]}}',
      ),
    ],
    ['metadata that is no text', header('{"__metadata__":{"config.json":{}}}')],
    [
      'a config of a billion units',
      header(
        `{"__metadata__":{"config.json":${JSON.stringify('{"cell":"rnn","nonlinearity":"tanh","vocab_size":1000000000,"embedding_size":null,"hidden_size":1000000000,"num_layers":1000,"bidirectional":false,"dropout":0,"tie_weights":false}')}}}`,
      ),
    ],
  ])('%s: one sentence', (_, given) => {
    expect(refusal([given])).toMatch(/^x\.safetensors(, \w+)?: /);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  test('cut anywhere, or with bytes changed: the same model, another, or one sentence', () => {
    const bytes = packModelFile(model, { step: 1500, seed: 42 });
    for (let length = 0; length < bytes.length; length += 41) refusal([file('x.safetensors', bytes.slice(0, length))]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const damaged = bytes.slice();
          for (const [at, value] of changes) damaged[at] = value;
          try {
            openModel([file('x.safetensors', damaged)]);
          } catch (error) {
            expect(error).toBeInstanceOf(UnrolledError);
          }
        },
      ),
      { numRuns: runs(1500) },
    );
  });

  test('names in sentences are quoted, short and few', () => {
    expect(listed(['a\nb', 'x'.repeat(99), 'c', 'd', 'e', 'f'])).toBe(
      `"a\\nb", "${'x'.repeat(59)}…", "c", "d" and 2 more`,
    );
  });
});
