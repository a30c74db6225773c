// `unrolled inspect --system`: what this machine has, what of it was found, and what training would use.

import { availableParallelism, cpus, totalmem } from 'node:os';
import process from 'node:process';
import { accepts, createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { checkConfig } from '../network/config.ts';
import { type BlasLibrary, findBlas } from '../node/blas-library.ts';
import { helpfulThreads, isWorthIt, type Work } from './backend-choice.ts';
import { trainingWindow } from './memory-check.ts';
import type { inspectOptions } from './option-tables.ts';
import type { RequestOf } from './options.ts';
import { bold, print } from './output.ts';
import { byteSize } from './text.ts';

/** The work of `unrolled train` with its defaults, on an alphabet of 65 characters. */
const usual: Work = {
  config: checkConfig({ vocabSize: 65, hiddenSize: 256 }),
  window: trainingWindow({ steps: 64, batch: 32, optimizer: 'adam', reading: null }),
};

export function runSystem(request: RequestOf<typeof inspectOptions>): number {
  if (request.operands.length > 0)
    throw new UnrolledError(`--system: expected no DIR, got ${request.operands.join(' ')}; leave one of them out`);
  const { library, tried } = findBlas();
  const threads = helpfulThreads(usual);
  const facts = {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    webAssembly: { simd: accepts('simd'), relaxedSimd: accepts('relaxed-simd') },
    blas: library ? { name: library.name, path: library.source } : null,
    tried,
    choice: { backend: chosen(library, threads), threads },
  };
  if (request.values.json) {
    print(JSON.stringify(facts));
    return 0;
  }
  const line = (name: string, value: string): void => print(`  ${name.padEnd(15)}${value}`);
  print(bold('This machine'));
  line('processor', `${facts.processor}, ${facts.cores} ${facts.cores === 1 ? 'core' : 'cores'}`);
  line('memory', byteSize(facts.memory));
  line('system', `${facts.platform}, Node ${facts.node}`);
  print(`\n${bold('Found')}`);
  const { simd, relaxedSimd } = facts.webAssembly;
  line('WebAssembly', relaxedSimd ? 'SIMD and relaxed SIMD' : simd ? 'SIMD, no relaxed SIMD' : 'no SIMD');
  if (library) line('native BLAS', `${library.name}, ${library.source}`);
  for (const reason of tried) line(library ? '' : 'no native BLAS', reason);
  print(`\n${bold('Training with the defaults would use')}`);
  line('backend', facts.choice.backend);
  line('threads', String(threads));
  print('Other sizes may choose otherwise; --backend, --blas and --threads decide.');
  return 0;
}

function chosen(library: BlasLibrary | undefined, threads: number): string {
  if (library && isWorthIt(library, usual, threads)) return `blas-${library.name}, and ${createBackend().name}`;
  return createBackend().name;
}
