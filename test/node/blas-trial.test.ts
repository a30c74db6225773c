// A library is tried before it comes into a run: whatever it does there, it is told of and not used. The libraries are pretended ones, in JavaScript
// (pretended-koffi.cjs), so that this is tested on every machine; those of the quick run need no process.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bestKind } from '../../src/engine/create.ts';
import type { Gemm, Product } from '../../src/engine/native.ts';
import { affordable, checkProduct } from '../../src/node/blas-check.ts';
import { forRun, isLarge, libraryOf } from '../../src/node/blas-library.ts';
import { recall, remember } from '../../src/node/blas-memory.ts';
import { type BlasSearch, findBlas, variedProducts } from '../../src/node/blas-search.ts';
import { betterCores } from '../../src/node/processor.ts';
import { main, root } from '../cli/support.ts';
import { some } from '../support/exhaustive.ts';

const kind = bestKind()!;

/** The product of a form such as `nt 8 9 10`. */
function product(form: string, accumulate = false): Product {
  const [operands, m, n, k] = form.split(' ').map((part, i) => (i === 0 ? part : Number(part))) as [
    string,
    ...number[],
  ];
  const [transposeA, transposeB] = [operands[0] === 't', operands[1] === 't'];
  const strides = { strideA: transposeA ? m : k, strideB: transposeB ? k : n, strideC: n };
  return { transposeA, transposeB, m, n, k, accumulate, ...strides };
}

type Arguments = Parameters<Gemm>;
/** What a library may change: the numbers that it is given, or the result after it has computed right. */
interface Change {
  before?(args: Arguments): void;
  after?(args: Arguments): void;
}

/** A library in plain loops, changed. */
function gemm({ before, after }: Change = {}): Gemm {
  return (...args) => {
    before?.(args);
    const [a, lda, ta, b, ldb, tb, c, ldc, m, n, k, accumulate] = args;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = accumulate ? c[i * ldc + j] : 0;
        for (let p = 0; p < k; p++) sum += a[ta ? p * lda + i : i * lda + p] * b[tb ? j * ldb + p : p * ldb + j];
        c[i * ldc + j] = sum;
      }
    after?.(args);
  };
}

const wrongIn = (library: Gemm, each: Product): string => {
  const finding = checkProduct(library, kind, each);
  return 'wrong' in finding ? finding.wrong : 'nothing';
};

describe('a product', () => {
  test('that is very large is tried in part, in its own form, and with room in its rows where it has some', () => {
    expect(affordable(product('nt 64 512 512'))).toEqual(product('nt 64 512 512'));
    expect(affordable(product('nt 32 9000 9000', true))).toEqual(product('nt 32 2250 2250', true));
    const wide = { ...product('tn 9000 9000 32'), strideA: 9010, strideC: 9100 };
    expect(affordable(wide)).toEqual({ ...product('tn 2250 2250 32'), strideA: 2260, strideC: 2350 });
  });

  const wide: Product = { ...product('tn 17 40 33'), strideA: 50, strideB: 64, strideC: 64 };
  const products = ['nt 16 64 64', 'nn 16 64 64', 'tn 16 64 64'].flatMap((form) => [
    product(form),
    product(form, true),
  ]);

  test('that is right is found right, in every form, with strides and added to what is there', () => {
    for (const each of [...some(products, 2), wide, { ...wide, accumulate: true }, product('nt 9 30 4096')])
      expect(checkProduct(gemm(), kind, each)).toEqual({ times: [expect.any(Number), expect.any(Number)] });
  });

  test.each<[string, Change, string]>([
    [
      'is one percent too large',
      { after: ([, , , , , , c]) => c.forEach((x, i) => void (c[i] = x * 1.01)) },
      'is wrong',
    ],
    [
      'has one wrong number, the last',
      { after: ([, , , , , , c]) => void (c[c.length - 1] += 0.05) },
      'is wrong by up to',
    ],
    ['has not computed its last row', { after: ([, , , , , , c, n, m]) => void c.fill(0, (m - 1) * n) }, 'is wrong'],
    [
      'has a number that is none',
      { after: ([, , , , , , c]) => void (c[5] = Number.NaN) },
      'gives numbers that are not finite',
    ],
  ])('that %s is found wrong', (_, change, reason) => {
    for (const each of products) expect(wrongIn(gemm(change), each)).toContain(reason);
  });

  test('of a library that ignores a transposition, or what it shall add to, is found wrong where that matters', () => {
    const ignoring = (index: number, value: boolean, form: string, accumulate: boolean) => {
      const library = gemm({ before: (args) => void (args[index] = value as never) });
      return wrongIn(library, product(form, accumulate));
    };
    expect(ignoring(2, false, 'tn 64 64 64', false)).toContain('is wrong'); // a
    expect(ignoring(5, false, 'nt 64 64 64', false)).toContain('is wrong'); // b
    expect(ignoring(5, true, 'nn 64 64 64', false)).toContain('is wrong');
    expect(ignoring(11, false, 'nn 64 64 64', true)).toContain('is wrong'); // β
    expect(ignoring(11, true, 'nn 64 64 64', false)).toContain('is wrong');
  });

  test('that writes beside its columns is found out', () => {
    const beside = gemm({ after: ([, , , , , , c]) => void (c[45] = 7) });
    expect(checkProduct(beside, kind, wide)).toEqual({ wrong: 'writes outside its result' });
  });

  test('is measured in the library and in WebAssembly', () => {
    const finding = checkProduct(gemm(), kind, product('nt 16 32 64'));
    if ('wrong' in finding) throw new Error(finding.wrong);
    for (const time of finding.times) expect(time).toBeGreaterThan(0);
  });
});

describe('a library', () => {
  const script = new URL('../node/blas-trial.js', pathToFileURL(main));
  const home = mkdtempSync(join(tmpdir(), 'unrolled-memory-'));
  afterAll(() => rmSync(home, { recursive: true }));
  const before = { ...process.env };
  beforeEach(() => {
    process.env.XDG_CACHE_HOME = home;
    process.env.NODE_OPTIONS = `--require ${JSON.stringify(join(root, 'test/support/pretended-koffi.cjs'))}`;
  });
  afterEach(() => {
    process.env.XDG_CACHE_HOME = before.XDG_CACHE_HOME;
    if (before.NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before.NODE_OPTIONS;
  });
  const products = [product('nt 32 64 64', true), product('nn 32 64 64', true), product('tn 64 64 96')];
  const find = (name: string, more: Partial<BlasSearch> = {}) =>
    findBlas({ path: `/pretended/${name}`, products, script, ...more });

  test.each(
    some(
      [
        ['crash', 'ends its process with SIGSEGV'],
        ['abort', 'ends its process with SIGABRT'],
        ['exit', 'ends its process with exit code 0'],
        ['no-transposition', '% in the product c += a bᵀ of 32 × 64 × 64'],
        ['no-beta', '% in the product c += a bᵀ of 32 × 64 × 64'],
        ['always-beta', '% in the product c = aᵀ b of 64 × 64 × 96'],
        ['percent', '% in the product c = aᵀ b of 64 × 64 × 96'],
      ],
      2,
    ),
  )('that is called %s is not used, and why is said', (name, reason) => {
    const { library, reasons, isFaulty } = find(name);
    expect(library).toBeUndefined();
    expect(isFaulty).toBe(true);
    expect(reasons).toEqual([
      expect.stringMatching(
        /^expected a library with cblas_sgemm that computes right, got \/pretended\/[\w-]+, which .*; name another one, or none$/,
      ),
    ]);
    expect(reasons[0]).toContain(reason);
  });

  test('that hangs has a limit', () => {
    const { reasons } = find('hang', { products: products.slice(0, 1), limitMs: 1_000 });
    expect(reasons[0]).toContain('/pretended/hang, which does not come to an end within 1 seconds');
  });

  test('that is none is refused with the reason of the loader', () => {
    expect(find('nothing').reasons[0]).toContain(
      'got /pretended/nothing, which cannot be tried (/pretended/nothing: cannot open shared object file); name',
    );
  });

  test('that computes wrong leaves nothing that is remembered', () => {
    find('percent');
    expect(readdirSync(home).flatMap((name) => readdirSync(join(home, name)))).toEqual([]);
  });
});

describe('what is given to a library', () => {
  const library = libraryOf('pretended', '', () => {});

  test('is what was tried, but what WebAssembly computes faster, and its name tells', () => {
    const tried = [product('nt 32 64 64'), product('nn 32 64 64')];
    const all = forRun(library, tried, []);
    expect(all.name).toBe('pretended');
    expect(all.takes(product('nt 32 64 64', true))).toBe(true);
    expect(all.takes(product('tn 32 64 64'))).toBe(false); // was not tried
    const some = forRun(library, tried, ['nn 32 64 64']);
    expect(some.name).toMatch(/^pretended-without-[0-9a-f]{8}$/);
    expect(some.takes(product('nt 32 64 64'))).toBe(true);
    expect(some.takes(product('nn 32 64 64'))).toBe(false);
    expect(forRun(library, tried, ['nt 32 64 64']).name).not.toBe(some.name);
  });

  test('is never small: a call costs more than it saves', () => {
    expect(isLarge(product('nt 32 64 64'))).toBe(true);
    expect(isLarge(product('nt 31 64 64'))).toBe(false);
    expect(isLarge(product('nt 7 512 512'))).toBe(false);
    for (const each of variedProducts()) expect(isLarge(each)).toBe(true);
  });
});

describe('the processor', () => {
  const avx2 = ['sse', 'avx', 'avx2', 'fma'];
  const avx512 = [...avx2, 'avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'];

  test.each<[string, string[], string[]]>([
    ['prescott', avx512, ['skylakex', 'haswell']],
    ['nehalem', avx2, ['haswell']],
    ['sandybridge', avx2, ['haswell']],
    ['prescott', ['sse', 'avx'], []], // fused kernels only: those of AVX alone are for processors that are long known
    ['prescott', avx512.slice(0, -1), ['haswell']],
    ['haswell', avx512, ['skylakex']],
    ['zen', avx2, []],
    ['skylakex', avx512, []],
    ['cooperlake', avx512, []],
    ['neoversen1', [], []],
  ])('of an OpenBLAS that computes for %s, with %s, could do %s', (core, flags, better) => {
    expect(betterCores(core, flags)).toEqual(better);
  });
});

describe('the memory', () => {
  const home = mkdtempSync(join(tmpdir(), 'unrolled-memory-'));
  afterAll(() => rmSync(home, { recursive: true }));
  const before = process.env.XDG_CACHE_HOME;
  afterEach(() => {
    process.env.XDG_CACHE_HOME = before;
  });
  const use = (name: string): string => {
    const folder = resolve(home, name);
    process.env.XDG_CACHE_HOME = folder;
    return join(folder, 'unrolled');
  };
  const [one, other] = [{ slower: [] }, { slower: ['nt 8 9 10'] }];
  const question = { library: '/lib/libopenblas.so.0 1 2', products: [product('nt 8 9 10')] };

  test('keeps the first answer to a question, and each question apart', () => {
    const folder = use('kept');
    expect(recall(question)).toBeUndefined();
    for (const answer of [one, other]) {
      remember(question, answer);
      expect(recall(question)).toEqual(one);
    }
    expect(recall({ ...question, library: '/lib/libopenblas.so.0 1 3' })).toBeUndefined();
    expect(readdirSync(folder)).toHaveLength(1); // no draft is left
  });

  test('takes a file that is damaged, at any byte, for none, and replaces it', () => {
    const folder = use('damaged');
    remember(question, one);
    const path = join(folder, readdirSync(folder)[0]);
    const whole = readFileSync(path);
    const digested = whole.indexOf('"answer"'); // what stands before it is for the human eye
    for (let at = digested; at < whole.length - 1; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] ^= 1;
      writeFileSync(path, damaged);
      expect(recall(question), `byte ${at}`).toBeUndefined();
    }
    for (const content of ['', '{', '[]', 'null', whole.subarray(0, 100)]) {
      writeFileSync(path, content);
      expect(recall(question)).toBeUndefined();
    }
    remember(question, other);
    expect(recall(question)).toEqual(other);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('keeps nothing where it cannot write', () => {
    writeFileSync(join(home, 'file'), ''); // where the folder should be
    for (const name of ['file', '/proc/none']) {
      use(name);
      remember(question, one);
      expect(recall(question)).toBeUndefined();
    }
  });
});
