// The GPU of this machine for Node: `navigator.gpu` where this runtime has one, else that of the optional package `webgpu` (Dawn), which whoever wants it
// installs. The shaders too are loaded only here.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import type { WebGpuBackend } from '../engine/webgpu/backend.ts';
import { UnrolledError } from '../errors.ts';

/** The part of the package that is used here. */
interface Dawn {
  create(flags: readonly string[]): object;
}

/**
 * Opens the GPU.
 * @throws UnrolledError where neither this runtime nor the package has one
 */
export async function openNodeWebGpu(): Promise<WebGpuBackend> {
  const { openWebGpu } = await import('../engine/webgpu/backend.ts');
  const own = (globalThis as { readonly navigator?: { readonly gpu?: object } }).navigator?.gpu;
  if (own) return await openWebGpu();
  const dawn = await loadDawn();
  const there = dawn && (await openWebGpu({ gpu: dawn.create([]) }).catch((error: UnrolledError) => error));
  if (!there)
    throw new UnrolledError(
      '--backend: expected, for webgpu, the optional package webgpu, got none; npm install webgpu, or leave the option out',
      'failure',
    );
  if (there instanceof Error)
    throw new UnrolledError(
      `--backend: expected, for webgpu, a GPU with a driver of Vulkan, Metal or Direct3D 12, got none (${there.message.replace(/;.*/, '')}); leave the option out`,
      'failure',
    );
  return there;
}

/** The GPU of the optional package, where the package and a GPU are there; nothing of either is loaded otherwise. */
export async function findNodeWebGpu(): Promise<WebGpuBackend | undefined> {
  if (!packagePath()) return undefined;
  return await openNodeWebGpu().catch(() => undefined);
}

/** The package, beside this one or in the folder where the command is given. */
async function loadDawn(): Promise<Dawn | undefined> {
  const path = packagePath();
  return path === undefined ? undefined : await import(pathToFileURL(path).href).catch(() => undefined);
}

function packagePath(): string | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href])
    try {
      return createRequire(from).resolve('webgpu');
    } catch {
      // the next place
    }
  return undefined;
}
