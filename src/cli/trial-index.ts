// Which of many equal processes this one is, as whatever started them says in its environment: a rank of mpirun or srun, a task of a Slurm array, or
// a pod of an Indexed Job of Kubernetes.

import { UnrolledError } from '../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The place of a process among its like, from 0, and how many there are, where that is known. */
export interface Place {
  readonly index: number;
  readonly count: number | null;
  /** The variable that tells it. */
  readonly from: string;
}

/** The variables of a rank and of the number of ranks. srun sets those of a step; a batch script, which is no rank, has others. */
const ranks = [
  ['OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'],
  ['PMI_RANK', 'PMI_SIZE'],
  ['PMIX_RANK', 'PMIX_SIZE'],
  ['SLURM_PROCID', 'SLURM_STEP_NUM_TASKS'],
] as const;

/** The variables by which a launcher makes processes one job: a trial is a job of its own, and starts without them. */
export const isOfLauncher = (name: string): boolean =>
  /^(OMPI_|PMI_|PMIX_|SLURM_PROCID$|SLURM_STEP_NUM_TASKS$)/.test(name);

/** The rank of a process whose launcher started several; null for a process by itself. */
export function rankIn(environment: Environment): Place | null {
  for (const [rank, size] of ranks) {
    const index = numberIn(environment, rank);
    const count = numberIn(environment, size);
    if (index !== null && count !== null && count > 1) return { index, count, from: rank };
  }
  return null;
}

/** The place that an array of jobs gives; else the rank; null for a process by itself. */
export function placeIn(environment: Environment): Place | null {
  const task = numberIn(environment, 'SLURM_ARRAY_TASK_ID');
  if (task !== null) {
    const first = numberIn(environment, 'SLURM_ARRAY_TASK_MIN') ?? 0;
    const last = numberIn(environment, 'SLURM_ARRAY_TASK_MAX');
    // an array that does not begin at 0 was asked for some of its tasks, by their numbers
    const count = first === 0 && last !== null ? last + 1 : null;
    return { index: task, count, from: 'SLURM_ARRAY_TASK_ID' };
  }
  const pod = numberIn(environment, 'JOB_COMPLETION_INDEX');
  if (pod !== null) return { index: pod, count: null, from: 'JOB_COMPLETION_INDEX' };
  return rankIn(environment);
}

/** What is expected where there is no place, for messages. */
export const placeWords =
  'a task of a Slurm array, a pod of an Indexed Job or a rank of mpirun or srun (SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, OMPI_COMM_WORLD_RANK, PMI_RANK)';

function numberIn(environment: Environment, name: string): number | null {
  const text = environment[name];
  if (text === undefined || text === '') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UnrolledError(`${name}: expected a whole number of 0 or more, got ${text}`);
}
