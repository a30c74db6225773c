// The processor of this machine, and what OpenBLAS should compute for on it. A version of OpenBLAS does not know processors that are younger than
// itself, and then takes kernels for very old ones. Which of its names has kernels for which instructions is known for x86-64 only.

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';

/** The instructions that kernels are made for, each with the names by which OpenBLAS knows them; the best come last. */
const levels: readonly { readonly flags: readonly string[]; readonly cores: readonly string[] }[] = [
  {
    flags: [],
    cores: [
      ...[
        'katmai',
        'coppermine',
        'northwood',
        'prescott',
        'banias',
        'core2',
        'penryn',
        'dunnington',
        'nehalem',
        'athlon',
      ],
      ...['opteron', 'opteron_sse3', 'barcelona', 'bobcat', 'atom', 'nano'],
    ],
  },
  { flags: ['avx'], cores: ['sandybridge', 'bulldozer', 'piledriver', 'steamroller', 'excavator'] },
  { flags: ['avx2', 'fma'], cores: ['haswell', 'zen'] },
  {
    flags: ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
    cores: ['skylakex', 'cooperlake', 'sapphirerapids'],
  },
];

/** The names with which OpenBLAS is told to use more than it does for `core`, the best first; none where it does well or nothing is known. */
export function betterCores(core: string, flags: ReadonlySet<string> = flagsOfProcessor()): string[] {
  const taken = levels.findIndex(({ cores }) => cores.includes(core));
  if (taken < 0) return [];
  const isThere = (level: number): boolean => levels[level].flags.every((flag) => flags.has(flag));
  return levels
    .map((_, level) => level)
    .filter((level) => level > taken && level >= 2 && isThere(level))
    .map((level) => levels[level].cores[0])
    .reverse();
}

/** The instructions of the processor, by the names of Linux; empty elsewhere. */
function flagsOfProcessor(): ReadonlySet<string> {
  if (process.arch !== 'x64') return new Set();
  try {
    return new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].trim().split(/\s+/));
  } catch {
    return new Set();
  }
}

/** The name of the processor, as the system tells it. */
export function processorName(): string {
  return cpus()[0]?.model.trim() || 'unknown';
}
