// Engines that are not like this one: a page whose Content-Security-Policy forbids WebAssembly, where validating still works and compiling throws; no
// WebAssembly at all; one whose relaxed multiply-add rounds twice; and one that compiles our binaries, and then computes wrongly.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const { Module, Instance } = WebAssembly;

beforeEach(() => {
  vi.resetModules(); // what is compiled is kept
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  WebAssembly.Module = class {
    constructor() {
      throw new WebAssembly.CompileError("WebAssembly.Module(): neither 'wasm-eval' nor 'unsafe-eval' is allowed");
    }
  } as unknown as typeof Module;
});

afterEach(() => {
  vi.unstubAllGlobals();
  WebAssembly.Module = Module;
  WebAssembly.Instance = Instance;
  vi.restoreAllMocks();
});

test('JavaScript computes where WebAssembly is forbidden, and one warning names the directive', async () => {
  const { createBackend } = await import('../../src/engine/create.ts');
  expect(createBackend().name).toBe('javascript');
  expect(createBackend().name).toBe('javascript');
  expect(vi.mocked(console.warn).mock.calls).toEqual([
    [expect.stringMatching(/'wasm-unsafe-eval' to the policy's script-src/)],
  ]);
});

test('who asks for JavaScript is not warned, and who insists on WebAssembly is told in the error', async () => {
  const { createBackend } = await import('../../src/engine/create.ts');
  createBackend('javascript');
  createBackend('auto', 'float64');
  expect(() => createBackend('wasm')).toThrow(
    /^backend: .*'wasm-unsafe-eval' to the policy's script-src, or take 'auto'/,
  );
  expect(console.warn).not.toHaveBeenCalled();
});

test('an engine without WebAssembly gets no advice about policies', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  const { createBackend } = await import('../../src/engine/create.ts');
  expect(createBackend().name).toBe('javascript');
  expect(console.warn).not.toHaveBeenCalled();
});

test('where the relaxed multiply-add rounds twice, the binary without it computes, under its own name', async () => {
  const { binary } = await import('../../src/engine/wasm.ts');
  const [relaxed, plain] = [binary('relaxed-simd'), binary('simd')];
  // the other binary multiplies and adds in two steps, and is the same otherwise: it plays the relaxed one in such an engine
  WebAssembly.Module = class {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      // biome-ignore lint/correctness/noConstructorReturn: a module of other bytes
      return new Module(bytes.length === relaxed.length ? plain : bytes);
    }
  } as unknown as typeof Module;
  const { createBackend } = await import('../../src/engine/create.ts');
  expect(createBackend().name).toBe('wasm-simd');
});

test('where it rounds once, the name is that of all runs before', async () => {
  WebAssembly.Module = Module;
  const { accepts, createBackend } = await import('../../src/engine/create.ts');
  expect(accepts('relaxed-simd')).toBe(true);
  expect(createBackend().name).toBe('wasm-relaxed-simd');
});

test('a binary that multiplies wrongly is not taken', async () => {
  WebAssembly.Module = Module;
  const right = (await import('../../src/engine/create.ts')).createBackend('wasm');
  expect(right.name).toMatch(/^wasm-/);
  vi.resetModules();
  WebAssembly.Instance = class {
    readonly exports: WebAssembly.Exports;
    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      this.exports = { ...new Instance(module, imports).exports, execute: (_: number, end: number) => end }; // computes nothing
    }
  } as unknown as typeof Instance;
  const { createBackend } = await import('../../src/engine/create.ts');
  expect(createBackend().name).toBe('javascript');
  expect(() => createBackend('wasm')).toThrow(/^backend: expected an engine with WebAssembly SIMD, got one without/);
});
