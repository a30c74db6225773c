// The files of torch.save (.pt, .pth, .ckpt) as named tensors: the zip archive with a pickle and a file for each storage, and the older stream of
// pickles with the storages behind them. Nothing in them is run (pickle.ts). A tensor is a view of the file's bytes where its numbers stand there one
// after the other, aligned; a transposed, sliced or half-precise one is copied, and all together take at most twice the file.

import { listed, quoted, shortened, UnrolledError } from '../../errors.ts';
import { type DType, elementsOf, type Tensor } from '../safetensors.ts';
import { PickleDict, PickleGlobal, PickleList, type PickleValue, readPickle, shown } from './pickle.ts';
import { bytesOf, checkExtent, contiguous, Storage, Strided } from './strided-tensors.ts';
import type { Zip } from './zip.ts';

/** The tensors of a file by name, and what in the file was not read. */
export interface NamedTensors {
  readonly tensors: Map<string, Tensor>;
  /** The entry of a checkpoint that holds the tensors, such as `state_dict`; empty where they are the whole. */
  readonly entry: string;
  /** The names of the other entries. */
  readonly others: readonly string[];
}

const storageTypes: Readonly<Record<string, DType>> = {
  ...{ 'torch.FloatStorage': 'F32', 'torch.DoubleStorage': 'F64', 'torch.HalfStorage': 'F16' },
  ...{ 'torch.BFloat16Storage': 'BF16', 'torch.LongStorage': 'I64', 'torch.IntStorage': 'I32' },
  ...{ 'torch.ShortStorage': 'I16', 'torch.CharStorage': 'I8', 'torch.ByteStorage': 'U8', 'torch.BoolStorage': 'BOOL' },
};

/** The functions that are known, beside the types of storages. */
const functions = new Set([
  'collections.OrderedDict',
  'torch.Size',
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
]);

/** Where checkpoints keep the state_dict of their model, in the order in which they are asked. */
const entryNames = ['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'network', 'weights'];

/** The first pickle of the older form. */
const magicNumber = 0x1950a86a20f9469cfc6cn;

/**
 * Reads a zip archive of torch.save.
 * @param prefix the folder in the archive that holds data.pkl, with its slash
 * @throws UnrolledError of kind failure, one sentence that begins with `where`
 */
export function readTorchZip(bytes: Uint8Array, zip: Zip, prefix: string, where: string): NamedTensors {
  const order = zip.has(`${prefix}byteorder`) ? new TextDecoder().decode(zip.read(`${prefix}byteorder`)) : 'little';
  if (order !== 'little') throw failure(where, `expected numbers in little-endian order, got ${shortened(order)}`);
  const pickle = zip.read(`${prefix}data.pkl`);
  const { value } = readPickle(pickle, `${where}, ${prefix}data.pkl`, torchWorld(where, new Map()));
  const read = new Map<string, Uint8Array>();
  return stateDict(value, bytes, where, ({ key }) => {
    const data = read.get(key) ?? zip.read(`${prefix}data/${key}`);
    read.set(key, data);
    return data;
  });
}

/** Reads the older form of torch.save: pickles, and the storages behind them in the order of the last one. */
export function readTorchStream(bytes: Uint8Array, where: string): NamedTensors {
  const storages = new Map<string, Storage>();
  const world = torchWorld(where, storages);
  const { value: magic, end: afterMagic } = readPickle(bytes, where, world);
  if (magic !== magicNumber)
    throw failure(
      where,
      `expected a file of torch.save, got another pickle, of ${shown(magic)}; save the tensors with torch.save or as safetensors`,
    );
  const { value: version, end: afterVersion } = readPickle(bytes, where, world, afterMagic);
  if (version !== 1001)
    throw failure(where, `expected version 1001 of the older form of torch.save, got ${shown(version)}`);
  const { value: system, end: afterSystem } = readPickle(bytes, where, world, afterVersion);
  if (!(system instanceof PickleDict) || system.entries.get('little_endian') !== true)
    throw failure(where, 'expected numbers in little-endian order, got others');
  const { value, end: afterValue } = readPickle(bytes, where, world, afterSystem);
  const { value: keys, end } = readPickle(bytes, where, world, afterValue);
  if (!(keys instanceof PickleList)) throw failure(where, `expected the list of storages, got ${shown(keys)}`);
  const places = new Map<string, Uint8Array>();
  let at = end;
  for (const key of keys.items) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage || places.has(storage.key))
      throw failure(where, `expected a storage of the tensors once, got ${shown(key)}`);
    const begin = at + 8;
    const size = storage.count * bytesOf(storage.dtype);
    if (begin + size > bytes.length)
      throw failure(
        where,
        `storage ${shortened(storage.key)}: expected ${size} bytes, got ${Math.max(0, bytes.length - begin)}`,
      );
    const count = Number(new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigInt64(0, true));
    if (count !== storage.count)
      throw failure(where, `storage ${shortened(storage.key)}: expected ${storage.count} numbers, got ${count}`);
    at = begin + size;
    places.set(storage.key, bytes.subarray(begin, at));
  }
  if (at !== bytes.length)
    throw failure(where, `expected the end of the file at byte ${at}, got ${bytes.length - at} bytes more`);
  return stateDict(value, bytes, where, ({ key }) => {
    const data = places.get(key);
    if (data) return data;
    throw failure(where, `expected the storage ${quoted(key)}, got none`);
  });
}

/** What the pickles of torch.save may call. Every storage is entered in the list. */
function torchWorld(where: string, storages: Map<string, Storage>) {
  const refuse = (name: string, expected: string, args: readonly PickleValue[]): never => {
    const got = args.slice(0, 6).map(shown).join(', ');
    throw failure(where, `${name}: expected ${expected}, got ${got || 'nothing'}: the file is damaged`);
  };
  const knows = (name: string): boolean => functions.has(name) || Object.hasOwn(storageTypes, name);
  const sizes = (value: PickleValue): number[] | undefined => {
    if (!(value instanceof PickleList) || value.items.length > 16) return undefined;
    return value.items.every(isSize) ? (value.items as number[]) : undefined;
  };
  return {
    knows,
    call(name: string, args: readonly PickleValue[]): PickleValue {
      const [first] = args;
      if (name === 'torch._utils._rebuild_parameter')
        return first instanceof Strided ? first : refuse(name, 'a tensor', args);
      if (name === 'torch.Size') return first instanceof PickleList ? first : refuse(name, 'sizes', args);
      if (name === 'collections.OrderedDict') {
        const dict = new PickleDict();
        if (args.length === 0) return dict;
        if (!(first instanceof PickleList)) return refuse(name, 'a list of pairs', args);
        dict.depth = first.depth;
        for (const pair of first.items) {
          if (!(pair instanceof PickleList) || pair.items.length !== 2 || typeof pair.items[0] !== 'string')
            return refuse(name, 'a list of pairs', args);
          dict.entries.set(pair.items[0], pair.items[1]);
        }
        return dict;
      }
      if (Object.hasOwn(storageTypes, name)) return refuse(name, 'no call of it', args);
      const [storage, offset, shape, strides] = [first, args[1], sizes(args[2]), sizes(args[3])];
      if (!(storage instanceof Storage) || !isSize(offset) || !shape || !strides || shape.length !== strides.length)
        return refuse(name, 'a storage, an offset, sizes and as many strides', args);
      const flags = args[6];
      if (flags instanceof PickleDict && flags.entries.size > 0) return refuse(name, 'a plain tensor', args);
      return new Strided(storage, offset, shape, strides);
    },
    load(id: PickleValue): PickleValue {
      const [kind, type, key, , count, view] = id instanceof PickleList ? id.items : [id];
      const dtype = type instanceof PickleGlobal ? storageTypes[type.name] : undefined;
      if (kind !== 'storage' || !dtype || typeof key !== 'string' || !isSize(count) || (view ?? null) !== null)
        return refuse(
          'persistent id',
          'a storage with its type, key, place and size',
          id instanceof PickleList ? id.items : [id],
        );
      const known = storages.get(key);
      if (known && (known.dtype !== dtype || known.count !== count))
        throw failure(where, `storage ${quoted(key)}: expected one type and one size, got two`);
      const storage = known ?? new Storage(dtype, key, count);
      storages.set(key, storage);
      return storage;
    },
  };
}

const isSize = (value: PickleValue | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** The state_dict that a value is or holds, with its tensors read. */
function stateDict(
  value: PickleValue,
  file: Uint8Array,
  where: string,
  bytesOfStorage: (storage: Storage) => Uint8Array,
): NamedTensors {
  const { dict, entry, others } = findStateDict(value, where);
  const ofView = new Map<string, Tensor>(); // tied tensors are one
  let room = 2 * file.length;
  const tensors = new Map<string, Tensor>();
  const plain: string[] = [];
  for (const [name, item] of dict.entries) {
    if (!(item instanceof Strided) || typeof name !== 'string') {
      plain.push(String(name));
      continue;
    }
    const { storage, offset, shape, strides } = item;
    const view = `${storage.key}\n${offset}\n${shape}\n${strides}`;
    let tensor = ofView.get(view);
    if (!tensor) {
      const place = `tensor ${quoted(name)}`;
      const data = bytesOfStorage(storage);
      if (data.length !== storage.count * bytesOf(storage.dtype))
        throw failure(
          where,
          `${place}: expected ${storage.count} numbers of ${storage.dtype} in its storage, got ${data.length} bytes`,
        );
      checkExtent(item, `${where}: ${place}`);
      tensor = elementsOf(storage.dtype, shape, contiguous(item, data));
      room -= tensor.data.byteLength;
      if (room < 0)
        throw failure(
          where,
          `${place}: expected tensors that take at most twice the file together, got more of the same storages`,
        );
      ofView.set(view, tensor);
    }
    tensors.set(name, tensor);
  }
  const inside = entry === '' ? '' : `${entry}.`;
  return { tensors, entry, others: [...others, ...plain.map((name) => inside + name)] };
}

/** The dict of tensors: the value itself, or the entry of a checkpoint. */
function findStateDict(value: PickleValue, where: string): { dict: PickleDict; entry: string; others: string[] } {
  if (!(value instanceof PickleDict))
    throw failure(
      where,
      `expected a state_dict or a checkpoint that holds one, got ${shown(value)}; save model.state_dict()`,
    );
  if (hasTensors(value)) return { dict: value, entry: '', others: [] };
  const seen = new Map<PickleValue, boolean>(); // many names may stand for one large dict
  const found: string[] = [];
  for (const [name, item] of value.entries) {
    if (!seen.has(item)) seen.set(item, hasTensors(item));
    if (typeof name === 'string' && seen.get(item)) found.push(name);
  }
  const known = entryNames.find((name) => found.includes(name)) ?? (found.length === 1 ? found[0] : undefined);
  const all = [...value.entries.keys()].map(String);
  if (known !== undefined)
    return { dict: value.entries.get(known) as PickleDict, entry: known, others: all.filter((name) => name !== known) };
  throw failure(
    where,
    `expected a state_dict of tensors or a checkpoint that holds one as ${listed(entryNames)}, got a dict of ${listed(all) || 'nothing'}; save model.state_dict()`,
  );
}

function hasTensors(value: PickleValue): boolean {
  return value instanceof PickleDict && [...value.entries.values()].some((item) => item instanceof Strided);
}

function failure(where: string, sentence: string): UnrolledError {
  return new UnrolledError(`${where}: ${sentence}`, 'failure');
}
