// The bytes of a file of weights as named tensors, whatever form it has: safetensors, or torch.save. The first bytes tell the form; another
// well-known one is refused with what makes a file of it that can be read.

import { shortened, UnrolledError } from '../errors.ts';
import { expectIntact } from './digest.ts';
import { type NamedTensors, readTorchStream, readTorchZip } from './pytorch/pytorch-file.ts';
import { readZip } from './pytorch/zip.ts';
import { headerLength, readSafetensors } from './safetensors.ts';

/** The tensors of a file, and where names in it stand for others. */
export interface TensorFile extends NamedTensors {
  /** Names of the metadata that stand for a tensor of another name: of tensors that share their numbers one is written. */
  readonly aliases: ReadonlyMap<string, string>;
}

const save = "safetensors.torch.save_file(tensors, 'FILE.safetensors')";

/** Other forms, by how they begin: what they are, and what to do. */
const otherForms: readonly (readonly [begins: string, name: string, remedy: string])[] = [
  [
    '\x89HDF\r\n\x1a\n',
    'an HDF5 file, such as of Keras',
    'write its weights as safetensors with the names and layouts of PyTorch (docs/formats.md, From Keras)',
  ],
  ['GGUF', 'a GGUF file', `read it with gguf.GGUFReader in Python and write ${save}`],
  ['\x93NUMPY', 'a NumPy array', `put the arrays under PyTorch’s names and write ${save.replace('torch', 'numpy')}`],
  ['\x1f\x8b', 'a file that gzip packed', 'unpack it with gunzip'],
  ['BZh', 'a file that bzip2 packed', 'unpack it with bunzip2'],
  ['\xfd7zXZ\0', 'a file that xz packed', 'unpack it with unxz'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive', 'unpack it'],
  ['version https://git-lfs', 'a pointer of Git LFS, not the file itself', 'fetch it with git lfs pull'],
];

/**
 * Reads the tensors of a file.
 * @throws UnrolledError of kind failure, one sentence that begins with `where`
 */
export function readTensorFile(bytes: Uint8Array, where: string): TensorFile {
  if (begins(bytes, 'PK\x03\x04') || begins(bytes, 'PK\x05\x06'))
    return { ...readArchive(bytes, where), aliases: new Map() };
  if (isPickle(bytes)) return { ...readTorchStream(bytes, where), aliases: new Map() };
  for (const [start, name, remedy] of otherForms) if (begins(bytes, start)) throw unreadable(where, name, remedy);
  if (isOnnx(bytes))
    throw unreadable(where, 'an ONNX file', 'importOnnx of unrolled/onnx reads it, and the command import');
  if (isText(bytes)) throw unreadable(where, 'a text', 'name the file of the weights');
  const { tensors, metadata } = readSafetensors(bytes, where);
  expectIntact(tensors, metadata, where);
  const aliases = new Map<string, string>();
  for (const [name, kept] of metadata) {
    const tensor = tensors.get(kept);
    if (!tensor || tensors.has(name) || aliases.has(kept)) continue;
    aliases.set(name, kept);
  }
  for (const [name, kept] of aliases) tensors.set(name, tensors.get(kept)!);
  return { tensors, entry: '', others: [], aliases };
}

/** Reads a zip archive, which more than one program writes. */
function readArchive(bytes: Uint8Array, where: string): NamedTensors {
  const zip = readZip(bytes, where);
  const inside = (end: string): string | undefined =>
    zip.names.find((name) => name === end || name.endsWith(`/${end}`));
  if (inside('constants.pkl'))
    throw unreadable(
      where,
      'a program of TorchScript',
      "load it with torch.jit.load and write torch.save(model.state_dict(), 'FILE.pt')",
    );
  const pickle = inside('data.pkl');
  if (pickle !== undefined) return readTorchZip(bytes, zip, pickle.slice(0, -'data.pkl'.length), where);
  if (inside('model.weights.h5')) throw unreadable(where, 'a model of Keras', otherForms[0][2]);
  if (zip.names.length > 0 && zip.names.every((name) => name.endsWith('.npy')))
    throw unreadable(where, 'an archive of NumPy arrays', otherForms[2][2]);
  throw unreadable(
    where,
    `a zip archive of ${zip.names.length} files without data.pkl`,
    'unpack it, and name the file of the weights',
  );
}

function unreadable(where: string, got: string, remedy: string): UnrolledError {
  return new UnrolledError(
    `${where}: expected a file of safetensors or torch.save, got ${shortened(got, 100)}; ${remedy}`,
  );
}

/** Whether the bytes begin as an ONNX file does: the version of the form, then the name of the program that wrote it, a graph or the operators' version. */
export function isOnnx(bytes: Uint8Array): boolean {
  return bytes[0] === 0x08 && bytes[1] > 0 && bytes[1] < 0x20 && [0x12, 0x3a, 0x42].includes(bytes[2]);
}

/** Whether the bytes begin with a pickle. The length of a header of safetensors may begin alike, but then it fits into the file. */
function isPickle(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5 && headerLength(bytes) === undefined;
}

function begins(bytes: Uint8Array, start: string): boolean {
  return bytes.length >= start.length && [...start].every((character, i) => bytes[i] === character.charCodeAt(0));
}

/** Whether the file begins as no file of tensors does: with printed characters where safetensors has a small length, zeros behind it. */
function isText(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && bytes.subarray(0, 64).every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13));
}
