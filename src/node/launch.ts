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
  /** The variable that tells the rank. */
  readonly from: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of the launchers: rank, size, processes on this machine. srun sets those of a step; a batch script, which is no rank, has others. */
const launchers: readonly (readonly [kind: MpiKind, rank: string, size: string, local: string])[] = [
  ['Open MPI', 'OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE', 'OMPI_COMM_WORLD_LOCAL_SIZE'],
  ['MPICH', 'PMI_RANK', 'PMI_SIZE', 'MPI_LOCALNRANKS'],
  ['unknown', 'SLURM_PROCID', 'SLURM_STEP_NUM_TASKS', 'SLURM_NTASKS_PER_NODE'],
];

/** The variables by which a launcher makes processes one job: a process that is to be one by itself starts without them. */
export const isOfLauncher = (name: string): boolean =>
  /^(OMPI_|PMI_|PMIX_|MPI_LOCAL|SLURM_PROCID$|SLURM_STEP_NUM_TASKS$)/.test(name);

/** The launch of this process; undefined where it was started by itself. */
export function launchOf(environment: Environment): Launch | undefined {
  const number = (name: string): number | undefined => {
    const value = environment[name];
    return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  for (const [kind, rankName, sizeName, localName] of launchers) {
    const [rank, size] = [number(rankName), number(sizeName)];
    if (rank === undefined || size === undefined || rank >= size) continue;
    return { rank, size, local: Math.min(size, number(localName) ?? 1), kind, from: rankName };
  }
  return undefined;
}
