// Which of many equal processes this one is, as whatever started them says in its environment: a rank of mpirun or srun, a task of a Slurm array, or
// a pod of an Indexed Job of Kubernetes.

import { UnrolledError } from '../errors.ts';
import { launchOf } from '../node/launch.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The place of a process among its like, from 0, and how many there are, where that is known. */
export interface Place {
  readonly index: number;
  readonly count: number | null;
  /** The variable that tells it. */
  readonly from: string;
}

/** The rank of a process whose launcher started several; null for a process by itself. */
export function rankIn(environment: Environment): Place | null {
  const launch = launchOf(environment);
  return launch && launch.size > 1 ? { index: launch.rank, count: launch.size, from: launch.from } : null;
}

/** The place that an array of jobs gives; else the rank; null for a process by itself. */
export function placeIn(environment: Environment): Place | null {
  const task = numberIn(environment, 'SLURM_ARRAY_TASK_ID');
  if (task !== null) {
    const first = numberIn(environment, 'SLURM_ARRAY_TASK_MIN') ?? 0;
    const last = numberIn(environment, 'SLURM_ARRAY_TASK_MAX');
    const tasks = numberIn(environment, 'SLURM_ARRAY_TASK_COUNT');
    // an array that does not have all tasks from 0 on was asked for some of its tasks, by their numbers
    const count = first === 0 && last !== null && (tasks ?? last + 1) === last + 1 ? last + 1 : null;
    return { index: task, count, from: 'SLURM_ARRAY_TASK_ID' };
  }
  const pod = numberIn(environment, 'JOB_COMPLETION_INDEX');
  if (pod !== null) return { index: pod, count: null, from: 'JOB_COMPLETION_INDEX' };
  return rankIn(environment);
}

/** The variables that tell a place, for messages. */
export const placeVariables =
  'SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, OMPI_COMM_WORLD_RANK, PMI_RANK and SLURM_PROCID';

/** What is expected where there is no place, for messages. */
export const placeWords =
  'a task of a Slurm array, a pod of an Indexed Job or a rank of mpirun or srun (SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, OMPI_COMM_WORLD_RANK, PMI_RANK)';

function numberIn(environment: Environment, name: string): number | null {
  const text = environment[name];
  if (text === undefined || text === '') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UnrolledError(`${name}: expected a whole number of 0 or more, got ${text}`);
}
