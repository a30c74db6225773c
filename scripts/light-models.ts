// The models that ship with the page, lighter than those of the package: their matrices are in half precision already, and here each number keeps the five
// leading bits of its fraction, so that gzip finds what repeats: @shakespeare takes 352 kB instead of 535. Its loss stays the same in the three decimals of its card
// (1.56600 nats before, 1.56592 after), and test/lab/shipped.test.ts holds it to that where the repository has the text.

import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/** Bits that are kept of the ten of the fraction of a number in half precision. */
const fractionBits = 5;

interface Entry {
  readonly dtype: string;
  readonly data_offsets: readonly [number, number];
}

/** A .safetensors file with shorter numbers in its matrices. It is without the checksum of the longer ones. */
export function lightened(bytes: Uint8Array): Buffer {
  const given = Buffer.from(bytes);
  const begin = 8 + Number(given.readBigUInt64LE(0));
  const { __metadata__: metadata, ...tensors } = JSON.parse(given.toString('utf8', 8, begin));
  const { unrolled_crc32: _, unrolled_form: __, ...kept } = metadata;
  const data = Buffer.from(given.subarray(begin));
  const dropped = 10 - fractionBits;
  for (const { dtype, data_offsets } of Object.values(tensors) as Entry[])
    if (dtype === 'F16')
      for (let i = data_offsets[0]; i < data_offsets[1]; i += 2) {
        const rounded = (data.readUInt16LE(i) + (1 << (dropped - 1))) & ~((1 << dropped) - 1);
        data.writeUInt16LE(rounded & 0xffff, i);
      }
  const json = Buffer.from(JSON.stringify({ __metadata__: kept, ...tensors }));
  const header = Buffer.concat([json, Buffer.alloc(-json.length & 7, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}

/** Makes the models among the files of the page lighter, and packs them. */
export function lightModels(): Plugin {
  return {
    name: 'light-models',
    apply: 'build',
    generateBundle(_, bundle) {
      const isModel = (file: Rolldown.OutputAsset | Rolldown.OutputChunk): file is Rolldown.OutputAsset =>
        file.type === 'asset' && file.fileName.endsWith('.model');
      for (const file of Object.values(bundle).filter(isModel))
        file.source = gzipSync(lightened(file.source as Uint8Array), { level: 9 });
    },
  };
}
