// The page's engine: the one Worker, behind its client; the requests whose answers are waited for; and who hears the replies.

import type { Reply } from '../protocol.ts';
import { strings } from '../strings.ts';
import { Client } from './client.ts';
import { Looks } from './looks.ts';
import { RivalKeeper } from './rival.ts';
import * as store from './store.ts';

const hearers: ((reply: Reply) => void)[] = [];

export const client = new Client({
  reply: (reply) => {
    for (const hear of hearers) hear(reply);
  },
  silent: (isSilent) => void (store.silent.value = isSilent),
  broken: (sentence) => void (store.problem.value = `${strings.lost.failed} ${sentence}`),
});

/** Tells of every reply; who listened first hears first. */
export const listen = (hear: (reply: Reply) => void): void => void hearers.push(hear);

/** Ids of the requests whose answers are waited for; and whether the run that is waited for goes on at once. */
export const waiting = { start: 0, undo: 0, write: 0, look: 0, check: 0, goesOn: false };

/** Sends a request, and returns its id; `brings` a run, or none. */
export function ask(request: Parameters<Client['send']>[0], brings: 'run' | 'none' = 'none'): number {
  const id = client.send(request);
  if (brings === 'run') waiting.start = id;
  return id;
}

export const looks = new Looks(ask);
export const rival = new RivalKeeper(ask);
