// The processor of this machine, and what OpenBLAS should compute for on it. A version of OpenBLAS does not know processors that are younger than
// itself, and may then take kernels for very old ones.

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';

/** Instructions of x86-64 that kernels are made for, the best first, and the names that OpenBLAS has for processors with them. */
const levels = [
  {
    flags: ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
    cores: ['skylakex', 'cooperlake', 'sapphirerapids'],
  },
  { flags: ['avx2', 'fma'], cores: ['haswell', 'zen'] },
];

/** What else OpenBLAS could compute for where it does for `core`, the best first; nothing where it does well. */
export function betterCores(core: string, flags = flagsOfProcessor()): string[] {
  const taken = levels.findIndex(({ cores }) => cores.includes(core));
  return levels
    .slice(0, taken < 0 ? undefined : taken)
    .filter((level) => level.flags.every((flag) => flags.includes(flag)))
    .map(({ cores }) => cores[0]);
}

/** The instructions of the processor, by the names of Linux; none are known elsewhere. */
export function flagsOfProcessor(): string[] {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'latin1'))?.[1].trim().split(/\s+/) ?? [];
  } catch {
    return [];
  }
}

/** The name of the processor, as the system tells it. */
export function processorName(): string {
  return cpus()[0]?.model.trim() || 'unknown';
}
