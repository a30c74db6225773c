// Damaged files of other programs: whatever their bytes, `importPyTorch` and the readers of names give a result or one error of ours, and take little
// memory. MUTATIONS=200000 sets how many inputs each gets; the number of a bad one is printed.

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { parseCharacters, parseNames } from '../../src/formats/pytorch/import-task.ts';
import { readZip } from '../../src/formats/pytorch/zip.ts';
import { readTensorFile } from '../../src/formats/tensor-file.ts';
import { importPyTorch } from '../../src/index.ts';
import { Random } from '../../src/random.ts';
import { joined, torchFile, uint32, zipOf } from '../support/torch-files.ts';

const count = Number(process.env.MUTATIONS ?? 1000);
const time = 60_000 + 20 * count;

interface Case {
  readonly title: string;
  readonly file: string;
}
const cases: Case[] = JSON.parse(readFileSync(new URL('../golden/imports.json', import.meta.url), 'utf8'));
const fileOf = (title: string): Uint8Array =>
  new Uint8Array(Buffer.from(cases.find((one) => one.title === title)!.file, 'base64'));

/** Opcodes and operands that are special in a pickle. */
const tokens: readonly Uint8Array[] = [
  ...['(', ')', ']', '}', '.', 'N', 't', 'l', 'd', 'a', 'e', 's', 'u', 'R', 'b', 'Q', '\x85', '\x86', '\x87', '\x88'],
  ...['q\x01', 'h\x01', 'h\x02', 'h\x03', '\x94', '\x93', 'K\xff', 'J\xff\xff\xff\xff', 'X\xff\xff\xff\xff', '0', '2'],
  ...['cos\nsystem\n', 'ccollections\nOrderedDict\n', 'ctorch._utils\n_rebuild_tensor_v2\n', 'ctorch\nHalfStorage\n'],
  ...['\x8a\x06\0\0\0\0\0\x01', '\x8d\0\0\0\0\0\x01\0\0', '(((((((((((', ')\x85\x85\x85\x85\x85', 'h\x01h\x01h\x01'],
].map((text) => joined(text));

const below = (limit: number, random: Random): number => (limit <= 0 ? 0 : random.next() % limit);

function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let changed = bytes;
  for (let changes = 1 + below(4, random); changes > 0; changes--) {
    const at = below(changed.length + 1, random);
    const to = Math.min(changed.length, at + below(16, random));
    const head = changed.subarray(0, at);
    switch (below(7, random)) {
      case 0:
        changed = joined(head, changed.subarray(to));
        break;
      case 1:
        changed = joined(head, tokens[below(tokens.length, random)], changed.subarray(at));
        break;
      case 2:
        changed = joined(head, tokens[below(tokens.length, random)], changed.subarray(to));
        break;
      case 3:
        changed = joined(changed.subarray(0, to), changed.subarray(at, to), changed.subarray(to));
        break;
      case 4:
        changed = below(4, random) === 0 ? head : changed;
        break;
      case 5:
        changed = joined(
          head,
          uint32([0, 1, 255, 65_535, 2 ** 31, 2 ** 32 - 1][below(6, random)]),
          changed.subarray(at + 4),
        );
        break;
      default:
        if (changed.length > 0) {
          changed = changed.slice();
          changed[below(changed.length, random)] = below(256, random);
        }
    }
  }
  return changed;
}

/** Tries a reader with damaged inputs, and counts those that it reads. */
function attack(input: Uint8Array, read: (bytes: Uint8Array) => void): number {
  let accepted = 0;
  for (let seed = 1; seed <= count; seed++) {
    const bytes = mutated(input, new Random(seed));
    try {
      read(bytes);
      accepted++;
    } catch (error) {
      const isOurs = error instanceof UnrolledError && /^(f|tokenizer|vocabulary|labels)\b[^\n]*$/.test(error.message);
      if (!isOurs) throw new Error(`input ${seed}: expected an error of ours, got ${error}`, { cause: error });
    }
  }
  return accepted;
}

const load = (bytes: Uint8Array): void => {
  importPyTorch(bytes, { where: 'f' });
};

describe(`${count} damaged inputs each`, () => {
  test.each(['an LSTM', 'the older form', 'the older form, protocol 4', 'a checkpoint of Lightning', 'safetensors'])(
    'a file: %s',
    (title) => void attack(fileOf(title), load),
    time,
  );

  test.each(['an LSTM', 'protocol 4', 'views', 'weight norm', 'projections', 'two RNNCells', 'tied, both names'])(
    'a pickle in an archive that is whole: %s',
    (title) => {
      const zip = readZip(fileOf(title), 'f');
      const keys = zip.names.flatMap((name) => /^archive\/data\/(.+)$/.exec(name)?.[1] ?? []);
      const storages = Object.fromEntries(keys.map((key) => [key, zip.read(`archive/data/${key}`)]));
      const accepted = attack(zip.read('archive/data.pkl'), (pickle) => load(torchFile(pickle, storages)));
      expect(accepted).toBeGreaterThan(0);
    },
    time,
  );

  test(
    'an archive',
    () => {
      const archive = zipOf({ 'a/b': 'text', 'a/c': new Uint8Array(20), d: '' });
      const accepted = attack(archive, (bytes) => {
        const zip = readZip(bytes, 'f');
        for (const name of zip.names) expect(zip.read(name).length).toBeLessThanOrEqual(bytes.length);
      });
      expect(accepted).toBeGreaterThan(0);
    },
    time,
  );

  test.each(['{"the": 0, "cat": 1, "[UNK]": 2}', '["the", "cat", "\\n"]', '[UNK]\nthe\ncat\n', '\n abcdef'])(
    'a list of names: %j',
    (text) => {
      const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
      attack(joined(text), (bytes) => void parseNames(latin(bytes), 'f'));
      attack(joined(text), (bytes) => void parseCharacters(latin(bytes), 'f'));
    },
    time,
  );
});

describe('memory stays below three times the file', () => {
  const size = 2 ** 26;
  const repeated = (text: string): Uint8Array => {
    const bytes = new Uint8Array(size);
    const part = joined(text);
    for (let at = 0; at < size; at++) bytes[at] = part[at % part.length];
    return bytes;
  };
  test.each([']', '}', ')', '(', 'N', 'K\x01a', '}q\x01', ')\x85', 'X\x01\0\0\0a', 'cos\nsystem\n'])(
    'in a pickle of %j',
    (text) => {
      const bytes = torchFile(joined('\x80\x02]', repeated(text)));
      const before = process.memoryUsage();
      expect(() => readTensorFile(bytes, 'f')).toThrow(UnrolledError);
      const after = process.memoryUsage();
      const grown = after.heapUsed + after.external - before.heapUsed - before.external;
      expect(grown).toBeLessThan(2 * size);
    },
    60_000,
  );
});
