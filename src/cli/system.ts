// `unrolled inspect --system`: what this machine has, what of it was found, and what training would use.

import { availableParallelism, totalmem } from 'node:os';
import process from 'node:process';
import { accepts, createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { checkConfig } from '../network/config.ts';
import { blasBackend } from '../node/blas-backend.ts';
import { memoryFolder } from '../node/blas-memory.ts';
import type { Verdict } from '../node/blas-search.ts';
import { processorName } from '../node/processor.ts';
import { helpfulThreads, largeProducts, suitableBlas, type Work } from './backend-choice.ts';
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
  const threads = helpfulThreads(usual);
  const { library, found } = suitableBlas(undefined, largeProducts(usual, threads), false);
  const { library: known, verdict, reasons: tried = [] } = found ?? {};
  const facts = {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    processor: processorName(),
    cores: availableParallelism(),
    memory: totalmem(),
    webAssembly: { simd: accepts('simd'), relaxedSimd: accepts('relaxed-simd') },
    blas: known ? { name: known.name, path: known.source, verdict, remembered: memoryFolder() } : null,
    tried,
    choice: {
      backend: library ? `${blasBackend(library).name}, and ${createBackend().name}` : createBackend().name,
      threads,
    },
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
  if (known) line('native BLAS', `${known.name}, ${known.source}`);
  if (verdict?.before)
    line(
      '',
      `told to compute for ${verdict.core}; for ${verdict.before.core}, its own choice, it takes ${verdict.before.factor.toFixed(1)} × as long`,
    );
  for (const reason of tried) line(known ? '' : 'no native BLAS', reason);
  print(`\n${bold('Training with the defaults would use')}`);
  line('backend', facts.choice.backend);
  line('threads', String(threads));
  print('Other sizes may choose otherwise; --backend, --blas and --threads decide.');
  if (verdict) printTimes(verdict);
  return 0;
}

/** What was measured, product by product. */
function printTimes({ times, slower }: Verdict): void {
  const measured = Object.entries(times);
  if (measured.length === 0) {
    print(`The library was not measured, as nothing can be remembered in ${memoryFolder()}.`);
    return;
  }
  print(`\n${bold('Its large products, in microseconds')}`);
  const line = (form: string, webAssembly: string, library: string, taken: string): void =>
    print(`  ${form.padEnd(26)}${webAssembly.padStart(12)}${library.padStart(10)}   ${taken}`);
  const microseconds = (nanoseconds: number): string => (nanoseconds / 1000).toFixed(1);
  line('m × n × k', 'WebAssembly', 'BLAS', 'computed by');
  for (const [form, [library, webAssembly]] of measured) {
    const [operands, ...sizes] = form.split(' ');
    const name = `${sizes.join(' × ')}  ${{ tn: 'aᵀ b', nt: 'a bᵀ' }[operands] ?? 'a b'}`;
    line(name, microseconds(webAssembly), microseconds(library), slower.includes(form) ? 'WebAssembly' : 'BLAS');
  }
  print(`Measured once and remembered in ${memoryFolder()}; without that folder it is measured anew.`);
}
