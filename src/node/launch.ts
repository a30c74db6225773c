// What the environment says of a program that was started several times by one command: by mpirun of Open MPI, by mpiexec of MPICH and its kin, or by
// srun. It is read, and nothing else is asked.

import type { MpiKind } from './mpi-library.ts';

/** A process among those that were started together. */
export interface Launch {
  readonly rank: number;
  readonly size: number;
  /** How many of them are on this machine, as far as that is known; else 1. */
  readonly local: number;
  readonly kind: MpiKind;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of the launchers: rank, size, processes on this machine. */
const launchers: readonly (readonly [kind: MpiKind, rank: string, size: string, local: string])[] = [
  ['Open MPI', 'OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE', 'OMPI_COMM_WORLD_LOCAL_SIZE'],
  ['MPICH', 'PMI_RANK', 'PMI_SIZE', 'MPI_LOCALNRANKS'],
  // a batch script has no PMIX_RANK and is one process, however many tasks it asks for
  ['unknown', 'PMIX_RANK', 'SLURM_NTASKS', 'SLURM_NTASKS_PER_NODE'],
  ['unknown', 'SLURM_PROCID', 'SLURM_STEP_NUM_TASKS', 'SLURM_NTASKS_PER_NODE'],
];

/** The launch of this process; undefined where it was started by itself. */
export function launchOf(environment: Environment): Launch | undefined {
  const number = (name: string): number | undefined => {
    const value = environment[name];
    return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  for (const [kind, rankName, sizeName, localName] of launchers) {
    const [rank, size] = [number(rankName), number(sizeName)];
    if (rank === undefined || size === undefined || rank >= size) continue;
    return { rank, size, local: Math.min(size, number(localName) ?? 1), kind };
  }
  return undefined;
}
