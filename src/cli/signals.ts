// The signals that ask a command to end, and the exit code of each.

import process from 'node:process';

export const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type Signal = keyof typeof exitCodes;

const signals = Object.keys(exitCodes) as Signal[];

/** Listens for the signals; returns a function that ends it. */
export function onSignals(take: (signal: Signal) => void): () => void {
  for (const signal of signals) process.on(signal, take);
  return () => {
    for (const signal of signals) process.off(signal, take);
  };
}

/** Runs work that writes files to its end; a signal that comes meanwhile ends the command after it. */
export async function undisturbed(work: () => void): Promise<void> {
  const heard: Signal[] = [];
  const end = onSignals((signal) => heard.push(signal));
  try {
    work();
    await new Promise((resolve) => setImmediate(resolve)); // now the signals are heard that came meanwhile
  } finally {
    end();
  }
  if (heard.length > 0) process.exit(exitCodes[heard[0]]);
}
