// What a resumed run is computed with: what it was begun with, or with --backend-change something else. Then the run goes on from its snapshot, the
// numbers from there on differ in their last digits from those that it would have had, and its checkpoint says so from then on.

import type { Snapshot } from '../training/snapshots.ts';
import { type BackendRequest, type Choice, newBackend, sameBackend, type Work } from './backend-choice.ts';
import type { Checkpoint, RunFacts } from './run-facts.ts';

/** A resumed run and what computes it from now on. */
interface Resumed {
  readonly choice: Choice;
  /** As the trainer of that backend restores it. */
  readonly snapshot: Snapshot;
  readonly facts: RunFacts;
  /** What a person should know. */
  readonly remarks: readonly string[];
}

/** Opens what a resumed run is computed with, or throws a sentence that says why it cannot. */
export async function resumedBackend(
  request: BackendRequest & { readonly values: { readonly 'backend-change': boolean } },
  work: Work,
  { snapshot, facts }: Checkpoint,
  directory: string,
): Promise<Resumed> {
  const { backend: before, progress } = snapshot.state;
  const started = { backend: before, slower: facts.slower ?? [], directory };
  if (!request.values['backend-change'])
    return { choice: await sameBackend(request, work, started), snapshot, facts, remarks: [] };
  const choice = await newBackend(request, work);
  const { name } = choice.backend;
  if (name === before) return { choice, snapshot, facts, remarks: [] };
  const { slower: _, backends = [], ...rest } = facts;
  return {
    choice,
    snapshot: { ...snapshot, state: { ...snapshot.state, backend: name } },
    facts: {
      ...rest,
      ...(choice.slower.length > 0 && { slower: choice.slower }),
      backends: [...backends, { name: before, until: progress.update }],
    },
    remarks: [
      `This run was computed by ${before} to update ${progress.update}, and goes on with ${name}: from here its numbers differ in the last digits from those that it would have had`,
    ],
  };
}
