// What the environment of a launcher says of a process.

import { expect, test } from 'vitest';
import { launchOf } from '../../src/node/launch.ts';

test.each([
  [
    'mpirun of Open MPI',
    { OMPI_COMM_WORLD_RANK: '3', OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_LOCAL_SIZE: '2' },
    { rank: 3, size: 4, local: 2, kind: 'Open MPI', from: 'OMPI_COMM_WORLD_RANK' },
  ],
  [
    'mpiexec of MPICH',
    { PMI_RANK: '0', PMI_SIZE: '2', MPI_LOCALNRANKS: '2' },
    { rank: 0, size: 2, local: 2, kind: 'MPICH', from: 'PMI_RANK' },
  ],
  [
    'srun with PMIx',
    { PMIX_RANK: '1', SLURM_NTASKS: '8', SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '8' },
    { rank: 1, size: 8, local: 1, kind: 'unknown', from: 'SLURM_PROCID' },
  ],
  [
    'srun',
    { SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2' },
    { rank: 1, size: 2, local: 1, kind: 'unknown', from: 'SLURM_PROCID' },
  ],
  ['a batch script, which is one process', { SLURM_PROCID: '0', SLURM_NTASKS: '8' }, undefined],
  ['nothing', {}, undefined],
  ['a rank that there cannot be', { PMI_RANK: '2', PMI_SIZE: '2' }, undefined],
  ['what is no number', { PMI_RANK: 'x', PMI_SIZE: '2' }, undefined],
])('of %s', (_, environment, launch) => {
  expect(launchOf(environment)).toEqual(launch);
});
