// Pickle, the format of Python's objects, as far as torch.save needs it: dicts, lists, tuples, strings, numbers and calls of the few functions that
// the caller knows by name. A pickle is a program for a machine with a stack. This machine runs no code of the file: a name that the caller does not
// know, and an opcode that torch.save does not write, is refused by its name. The number of values, their nesting and the stack are bounded, and
// nothing is allocated from a size that the file declares.

import { quoted, shortened, UnrolledError } from '../../errors.ts';

export type PickleValue = null | boolean | number | bigint | string | PickleList | PickleDict | PickleObject;

/** A list, a tuple or what a caller makes of one. */
export class PickleList {
  readonly items: PickleValue[];
  depth = 1;

  constructor(items: PickleValue[]) {
    this.items = items;
  }
}

/** A dict, or an OrderedDict. */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();
  depth = 1;
}

/** Something that a function of the caller made; it opens nothing inside it. */
export abstract class PickleObject {
  abstract readonly kind: string;
}

/** A global name that stands for a type or a function. */
export class PickleGlobal extends PickleObject {
  readonly kind = 'global';
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

/** What a pickle may call. */
export interface PickleWorld {
  /** Whether a name such as `torch._utils._rebuild_tensor_v2` is known. */
  knows(name: string): boolean;
  /** The result of a call of a known name. */
  call(name: string, args: readonly PickleValue[]): PickleValue;
  /** What a persistent id stands for. */
  load(id: PickleValue): PickleValue;
}

/** Values that a pickle may make; a value has at least a byte in the file, and takes up to some forty in memory. */
const maxValues = 2 ** 20;
/** Values that wait on the stack. Python's own writer puts there at most a thousand items of a container at once. */
const maxStack = 10_000;
/** Containers inside one another. */
const maxDepth = 100;

const opcodeNames: Readonly<Record<string, string>> = {
  ...{ I: 'INT', L: 'LONG', F: 'FLOAT', S: 'STRING', V: 'UNICODE', P: 'PERSID', g: 'GET', p: 'PUT' },
  ...{ i: 'INST', o: 'OBJ', '0': 'POP', '1': 'POP_MARK', '2': 'DUP', B: 'BINBYTES', C: 'SHORT_BINBYTES' },
  ...{ '\x81': 'NEWOBJ', '\x82': 'EXT1', '\x83': 'EXT2', '\x84': 'EXT4', '\x8b': 'LONG4', '\x8e': 'BINBYTES8' },
  ...{ '\x8f': 'EMPTY_SET', '\x90': 'ADDITEMS', '\x91': 'FROZENSET', '\x92': 'NEWOBJ_EX' },
  ...{ '\x96': 'BYTEARRAY8', '\x97': 'NEXT_BUFFER', '\x98': 'READONLY_BUFFER' },
};

/**
 * Reads the pickle that begins at `start`.
 * @throws UnrolledError of kind failure, one sentence that begins with `where`
 */
export function readPickle(
  bytes: Uint8Array,
  where: string,
  world: PickleWorld,
  start = 0,
): { value: PickleValue; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();
  let at = start;
  let made = 0;

  function fail(expected: string, got: string): never {
    throw new UnrolledError(`${where}: byte ${at} of the pickle: expected ${expected}, got ${got}`, 'failure');
  }

  /** The place of the next `count` bytes. */
  function take(count: number): number {
    if (count > bytes.length - at)
      fail(`${count} more bytes`, `${bytes.length - at}: the file is cut short or damaged`);
    const from = at;
    at += count;
    return from;
  }

  const byte = (): number => bytes[take(1)];
  const uint32 = (): number => view.getUint32(take(4), true);

  function text(length: number): string {
    const from = take(length);
    try {
      return utf8.decode(bytes.subarray(from, from + length));
    } catch {
      return fail('UTF-8', 'other bytes');
    }
  }

  /** A text up to the end of the line. */
  function line(): string {
    const end = bytes.subarray(at, at + 1000).indexOf(10);
    if (end < 0) fail('the end of a name within 1000 bytes', 'none');
    const name = text(end);
    at++;
    return name;
  }

  function uint64(): number {
    const number = Number(view.getBigUint64(take(8), true));
    return Number.isSafeInteger(number) ? number : fail('a length below 2^53', 'a larger one');
  }

  function integer(length: number): number | bigint {
    const from = take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]);
    if (length > 0 && bytes[from + length - 1] & 0x80) value -= 1n << BigInt(8 * length);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  function push(value: PickleValue): void {
    if (++made > maxValues) fail(`at most ${maxValues} values`, 'more');
    if (stack.push(value) > maxStack) fail(`at most ${maxStack} values that wait for their container`, 'more');
  }

  function pop(): PickleValue {
    if (stack.length <= (marks.at(-1) ?? 0)) fail('a value on the stack', 'none');
    return stack.pop()!;
  }

  /** The values above the last mark. */
  function popMarked(): PickleValue[] {
    const from = marks.pop() ?? fail('a mark', 'none');
    return stack.splice(from);
  }

  const depthOf = (value: PickleValue): number =>
    value instanceof PickleList || value instanceof PickleDict ? value.depth : 0;

  /** Notes that a container holds values now. */
  function nest(container: PickleList | PickleDict, values: readonly PickleValue[]): void {
    for (const value of values) container.depth = Math.max(container.depth, depthOf(value) + 1);
    if (container.depth > maxDepth) fail(`at most ${maxDepth} containers inside one another`, 'more');
  }

  function listOf(items: PickleValue[]): PickleList {
    const list = new PickleList(items);
    nest(list, items);
    return list;
  }

  function fill(dict: PickleValue, pairs: readonly PickleValue[]): void {
    if (!(dict instanceof PickleDict) || pairs.length % 2 === 1) fail('pairs for a dict', shown(dict));
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i];
      if (typeof key === 'object' && key !== null) fail('a text or a number as the key of a dict', shown(key));
      dict.entries.set(key, pairs[i + 1]);
    }
    nest(dict, pairs);
  }

  function append(list: PickleValue, items: readonly PickleValue[]): void {
    if (!(list instanceof PickleList)) fail('items for a list', shown(list));
    for (const item of items) list.items.push(item);
    nest(list, items);
  }

  function keep(key: number): void {
    if (stack.length === 0) fail('a value to remember', 'none');
    if (++made > maxValues) fail(`at most ${maxValues} values`, 'more');
    memo.set(key, stack[stack.length - 1]);
  }

  function recall(key: number): void {
    const value = memo.get(key);
    if (value === undefined) fail('a value that was remembered', `number ${key}`);
    push(value);
  }

  function global(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') fail('two texts as the name of a global', shown(name));
    const whole = `${module}.${name}`;
    if (!world.knows(whole))
      throw new UnrolledError(
        `${where}: expected a state_dict of tensors and plain values, got the Python name ${shortened(whole)}, which is not run; ` +
          `in Python, load the model and write torch.save(model.state_dict(), 'FILE.pt')`,
        'failure',
      );
    push(new PickleGlobal(whole));
  }

  for (;;) {
    const opcode = String.fromCharCode(byte());
    switch (opcode) {
      case '\x80': {
        const protocol = byte();
        if (protocol < 2 || protocol > 5) fail('protocol 2 to 5', `${protocol}`);
        break;
      }
      case '\x95': // FRAME
        take(8);
        break;
      case '(':
        if (marks.push(stack.length) > maxDepth) fail(`at most ${maxDepth} containers inside one another`, 'more');
        break;
      case '.': {
        const value = pop();
        if (stack.length > 0 || marks.length > 0) fail('one value at the end', 'more');
        return { value, end: at };
      }
      case 'N':
        push(null);
        break;
      case '\x88':
        push(true);
        break;
      case '\x89':
        push(false);
        break;
      case 'J':
        push(view.getInt32(take(4), true));
        break;
      case 'K':
        push(byte());
        break;
      case 'M':
        push(view.getUint16(take(2), true));
        break;
      case '\x8a':
        push(integer(byte()));
        break;
      case 'G':
        push(view.getFloat64(take(8), false));
        break;
      case 'X':
        push(text(uint32()));
        break;
      case '\x8c':
        push(text(byte()));
        break;
      case '\x8d':
        push(text(uint64()));
        break;
      case 'U': // a text of Python 2
        push(text(byte()));
        break;
      case 'T':
        push(text(uint32()));
        break;
      case ']':
        push(new PickleList([]));
        break;
      case '}':
        push(new PickleDict());
        break;
      case ')':
        push(new PickleList([]));
        break;
      case 't':
      case 'l':
        push(listOf(popMarked()));
        break;
      case '\x85':
        push(listOf([pop()]));
        break;
      case '\x86':
        push(listOf([pop(), pop()].reverse()));
        break;
      case '\x87':
        push(listOf([pop(), pop(), pop()].reverse()));
        break;
      case 'd': {
        const dict = new PickleDict();
        fill(dict, popMarked());
        push(dict);
        break;
      }
      case 'a': {
        const item = pop();
        append(stack[stack.length - 1], [item]);
        break;
      }
      case 'e': {
        const items = popMarked();
        append(stack[stack.length - 1], items);
        break;
      }
      case 's': {
        const pair = [pop(), pop()].reverse();
        fill(stack[stack.length - 1], pair);
        break;
      }
      case 'u': {
        const pairs = popMarked();
        fill(stack[stack.length - 1], pairs);
        break;
      }
      case 'h':
        recall(byte());
        break;
      case 'j':
        recall(uint32());
        break;
      case 'q':
        keep(byte());
        break;
      case 'r':
        keep(uint32());
        break;
      case '\x94': // MEMOIZE
        keep(memo.size);
        break;
      case 'c':
        global(line(), line());
        break;
      case '\x93': {
        const name = pop();
        global(pop(), name);
        break;
      }
      case 'R': {
        const args = pop();
        const callee = pop();
        if (!(callee instanceof PickleGlobal) || !(args instanceof PickleList)) fail('a call of a name', shown(callee));
        push(world.call(callee.name, args.items));
        break;
      }
      case 'b': // attributes, which an OrderedDict of PyTorch has: versions of its modules
        pop();
        if (!(stack.at(-1) instanceof PickleDict)) fail('attributes of a dict', `those of ${shown(stack.at(-1))}`);
        break;
      case 'Q':
        push(world.load(pop()));
        break;
      default: {
        const name = opcodeNames[opcode] ?? `0x${opcode.charCodeAt(0).toString(16).padStart(2, '0')}`;
        at--;
        fail('an opcode that torch.save writes', `${name}, which is not run`);
      }
    }
  }
}

/** A value in an error message. */
export function shown(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (value instanceof PickleList) return `a list of ${value.items.length}`;
  if (value instanceof PickleDict) return `a dict of ${value.entries.size}`;
  if (value instanceof PickleGlobal) return `the name ${shortened(value.name)}`;
  if (value instanceof PickleObject) return `a ${value.kind}`;
  return typeof value === 'bigint' ? 'a whole number beyond 2^53' : String(value);
}
