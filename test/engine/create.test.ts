// A page whose Content-Security-Policy forbids WebAssembly: validating still works there, compiling throws.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const { Module } = WebAssembly;

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
  vi.restoreAllMocks();
});

test('JavaScript computes there, and one warning names the directive', async () => {
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
