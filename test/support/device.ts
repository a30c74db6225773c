// A device that is no GPU but computes on the CPU as one whose numbers come later: for what a run does on a GPU, and where it loses it.

import type { Allocator, Backend, Floats, Workspace } from '../../src/engine/backend.ts';
import { createBackend } from '../../src/engine/create.ts';
import { UnrolledError } from '../../src/errors.ts';

type View = Floats | Int32Array;

/**
 * A device on which programs run at once and whose numbers are kept until they are read; `lose` takes it away.
 * @param readsToDecide after so many reads of the losses it has found out how to compute the recurrence
 * @param lostAt the read of the losses at which it is lost
 */
export function fakeDevice(
  readsToDecide = 0,
  lostAt = Infinity,
): { backend: Backend; lose(): void; readonly held: number } {
  const cpu = createBackend();
  let failure: string | undefined;
  let reads = 0;
  let held = 0;
  const lose = (): void => {
    failure = 'the GPU was lost (somebody pulled it out)';
  };
  const expectAlive = (): void => {
    if (failure) throw new UnrolledError(`webgpu: ${failure}`, 'failure');
  };
  const open = <Plan>(plan: (allocate: Allocator) => Plan): Workspace<Plan> => {
    expectAlive();
    const workspace = cpu.open(plan);
    held++;
    let watched: readonly View[] = [];
    let kept: View[][] = [];
    return {
      ...workspace,
      get bytes() {
        return workspace.bytes;
      },
      record(body) {
        const program = workspace.record(body);
        return () => {
          expectAlive();
          program();
          if (watched.length > 0) kept.push(watched.map((view) => view.slice()));
        };
      },
      remote: {
        write: () => {},
        read: async () => expectAlive(),
        watch: (views) => void (watched = views),
        async watched(each) {
          if (++reads === lostAt) lose();
          expectAlive();
          const runs = kept;
          kept = [];
          for (const [run, copies] of runs.entries()) {
            watched.forEach((view, i) => void view.set(copies[i]));
            each(run);
          }
        },
        goOn: () => {},
        close: () => void held--,
      },
    };
  };
  const device = {
    open,
    get decision() {
      return reads < readsToDecide ? undefined : 'webgpu: the recurrence is computed with care';
    },
    instead: cpu,
    get failure() {
      return failure;
    },
  };
  return {
    backend: { ...cpu, name: 'webgpu-fake', device },
    lose,
    /** The workspaces whose memory was not given back. */
    get held() {
      return held;
    },
  };
}
