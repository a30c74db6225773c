// What is submitted to carry out a sweep elsewhere: a Slurm array, an Indexed Job of Kubernetes, a line of GNU parallel or of mpirun. Each starts
// `unrolled sweep PLAN --out DIR` for every trial; a trial that is started again goes on where it was saved. There is no queue of our own.

import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { UnrolledError } from '../../errors.ts';
import { quoted } from '../text.ts';
import type { Plan } from './plan.ts';

interface Submission {
  readonly path: string;
  readonly out: string;
  readonly isHalved: boolean;
  /** The command of this program. */
  readonly program: string;
}

/** Most pods or tasks at a time that are asked for; whoever has more room changes the number. */
const mostAtATime = 16;
/** Seconds before a time limit at which a trial is told to save. */
const savingSeconds = 60;

export function scriptOf(
  kind: 'slurm' | 'kubernetes' | 'parallel' | 'mpi',
  plan: Plan,
  submission: Submission,
): string {
  const { path, out, isHalved, program } = submission;
  const trials = plan.trials.length;
  const passes = isHalved ? passesOf(trials, plan.halving.factor) : 1;
  const command = `${program} sweep ${quoted(path)} --out ${quoted(out)}${isHalved ? ' --halving' : ''}`;
  const again = (line: string): string => (passes === 1 ? line : `for pass in $(seq ${passes}); do ${line}; done`);
  if (kind === 'parallel') return again(`seq 0 ${trials - 1} | parallel ${command} --trial {}`);
  if (kind === 'mpi') return again(`mpirun -n ${Math.min(trials, availableParallelism())} --bind-to none ${command}`);
  if (kind === 'slurm') return slurm(plan, command, out, passes);
  return kubernetes(plan, submission, passes);
}

/** How often all trials are started until halving has left one, which then trains to its end. */
function passesOf(trials: number, factor: number): number {
  let passes = 1;
  for (let left = trials; left > 1; left = Math.ceil(left / factor)) passes++;
  return passes;
}

function slurm({ path, threads, trials }: Plan, command: string, out: string, passes: number): string {
  const submit =
    passes === 1
      ? ['# Submit it with: sbatch FILE']
      : [
          '# Halving compares the trials after each pass, so submit it once for each, one after the other:',
          `#   job=$(sbatch --parsable FILE); for pass in $(seq 2 ${passes}); do job=$(sbatch --parsable --dependency=afterany:$job FILE); done`,
        ];
  return [
    '#!/bin/bash',
    ...submit,
    `#SBATCH --job-name=${nameOf(path)}`,
    `#SBATCH --array=0-${trials.length - 1}%${Math.min(trials.length, mostAtATime)}`,
    `#SBATCH --cpus-per-task=${threads}`,
    '#SBATCH --mem-per-cpu=2G',
    '#SBATCH --time=04:00:00',
    '#SBATCH --requeue',
    `#SBATCH --signal=B:TERM@${savingSeconds}`,
    '#SBATCH --open-mode=append',
    `#SBATCH --output=${/\s/.test(out) ? JSON.stringify(`${out.replaceAll('%', '%%')}/slurm-%a.txt`) : `${out.replaceAll('%', '%%')}/slurm-%a.txt`}`,
    `exec ${command} --trial auto`,
  ].join('\n');
}

function kubernetes({ path, threads, trials }: Plan, { out, isHalved }: Submission, passes: number): string {
  if (dirname(resolve(out)) !== dirname(resolve(path)))
    throw new UnrolledError(
      `--out ${out}: expected a folder beside the plan, as both are on the volume that the pods see, got one elsewhere; give --out ${join(dirname(path), basename(out))}`,
    );
  const text = (value: string): string => JSON.stringify(value);
  const args = [
    'sweep',
    `/data/${basename(path)}`,
    '--out',
    `/data/${basename(out)}`,
    ...(isHalved ? ['--halving'] : []),
  ];
  return [
    '# An Indexed Job: pod i carries out trial i. The image is that of examples/cluster/Dockerfile in the repository; the claim "unrolled" is a volume that all',
    `# pods write to, with ${basename(path)} and the files that it names.`,
    ...(passes === 1
      ? ['# Submit it with: kubectl apply -f FILE']
      : [
          `# Halving compares the trials after each pass: submit it ${passes} times, each when the last one is complete, with`,
          '#   kubectl replace --force -f FILE',
        ]),
    'apiVersion: batch/v1',
    'kind: Job',
    'metadata:',
    `  name: ${nameOf(path)}`,
    'spec:',
    '  completionMode: Indexed',
    `  completions: ${trials.length}`,
    `  parallelism: ${Math.min(trials.length, mostAtATime)}`,
    `  backoffLimit: ${6 * trials.length}`,
    '  template:',
    '    spec:',
    '      restartPolicy: OnFailure',
    `      terminationGracePeriodSeconds: ${savingSeconds}`,
    '      containers:',
    '        - name: trial',
    '          image: unrolled',
    `          args: [${[...args, '--trial', 'auto'].map(text).join(', ')}]`,
    '          resources:',
    `            requests: { cpu: ${text(String(threads))}, memory: "2Gi" }`,
    '          volumeMounts:',
    '            - { name: data, mountPath: /data }',
    '      volumes:',
    '        - name: data',
    '          persistentVolumeClaim: { claimName: unrolled }',
  ].join('\n');
}

/** A name that both Slurm and Kubernetes take: lower-case letters, digits and hyphens. */
function nameOf(path: string): string {
  const name = basename(path, '.json')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 44)
    .replaceAll(/^-|-$/g, '');
  return `sweep-${name}`;
}
