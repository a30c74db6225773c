// Hours in minutes: a run that trains with threads, a pipe that samples, and the server of the lab under load, at the same time, while their memory, their
// open files and their threads are watched from outside. SOAK_SECONDS says for how long (`npm run test:soak`: ten minutes). After a third of that time
// all three have to stay as they are: a leak of 1 kB in a request, a line or an update would show.

import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, cleanUp, folder, lab, prepare } from './lab-support.ts';
import { shortText, start } from './support.ts';

const seconds = Number(process.env.SOAK_SECONDS ?? 20);
/** The looks at a process; those of the first third are not compared. */
const looks = Math.max(15, Math.round(seconds / 2));

/** What a process has at a moment. */
interface Look {
  readonly megabytes: number;
  readonly files: number;
  readonly threads: number;
}

function lookAt({ pid }: ChildProcess): Look {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)![1]);
  const files = readdirSync(`/proc/${pid}/fd`).length;
  return { megabytes: number('VmRSS') / 1024, files, threads: number('Threads') };
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1];

/** Of the second and the last third of the looks: the medians. */
function thirds(list: readonly Look[]): [Look, Look] {
  const third = Math.floor(list.length / 3);
  const middle = (part: readonly Look[]): Look => ({
    megabytes: Math.round(median(part.map(({ megabytes }) => megabytes)) * 10) / 10,
    files: median(part.map(({ files }) => files)),
    threads: median(part.map(({ threads }) => threads)),
  });
  return [middle(list.slice(third, 2 * third)), middle(list.slice(2 * third))];
}

beforeAll(prepare);
afterAll(cleanUp);

test.skipIf(!existsSync('/proc/self/fd'))(
  'memory, open files and threads stay as they are',
  { timeout: 300_000 + 3000 * seconds },
  async () => {
    shortText(folder, 20_000, 'text.txt');
    let isOver = false;
    const done = { updates: 0, lines: 0, answers: 0, refusals: 0, connections: 0 };

    const options = [
      '--hidden',
      '32',
      '--batch',
      '8',
      '--bptt',
      '16',
      '--threads',
      '2',
      '--save-every',
      '50',
      '--json',
    ];
    const training = start(['train', 'text.txt', '--out', 'soak', '--updates', '100000000', ...options], folder);
    let rest = '';
    training.process.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) done.updates = Number(/"update":(\d+)/.exec(line)?.[1] ?? done.updates);
    });

    const sampling = start(['sample', 'river', '--prompt', '-', '--length', '40', '--unknown', 'skip'], folder, 'pipe');
    const send = (): void => void (isOver || sampling.process.stdin!.write('the river\n'));
    sampling.process.stdout!.on('data', () => {
      done.lines++;
      send();
    });
    send();

    const served = lab(['river', '--port', '0']);
    const { port, searchParams } = await served.address;
    const authorization = `Bearer ${searchParams.get('token')}`;
    const visitors = [
      async () => {
        const { status } = await ask(port, '/model.safetensors', { headers: { authorization } });
        if (status === 200) done.answers++;
      },
      async () => {
        const { status } = await ask(port, '/model.safetensors', { headers: { authorization: 'Bearer x' } });
        if (status === 403) done.refusals++;
      },
      () =>
        new Promise<void>((resolve) => {
          // says nothing, half a request, or goes away in the middle of an answer; the server closes what waits too long
          const socket = connect(Number(port), '127.0.0.1', () => {
            const kind = done.connections++ % 3;
            if (kind > 0)
              socket.write(
                kind === 1 ? 'GET / HTTP/1.1\r\nHost:' : `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
              );
            if (kind === 2) socket.destroy();
            resolve();
          });
          socket.on('error', () => resolve());
        }),
    ];
    const visits = visitors.map(async (visit) => {
      while (!isOver) {
        await visit();
        await wait(2); // so that the three share the machine
      }
    });

    const watched = { training: training.process, sampling: sampling.process, server: served.child };
    const seen = Object.fromEntries(Object.keys(watched).map((name) => [name, [] as Look[]]));
    for (let i = 0; i < looks; i++) {
      await wait((seconds * 1000) / looks);
      for (const [name, child] of Object.entries(watched)) seen[name].push(lookAt(child));
    }
    isOver = true;
    await Promise.all(visits);
    training.process.kill('SIGINT');
    sampling.process.stdin!.end();
    served.child.kill('SIGINT');
    expect((await training.finished).code).toBe(130);
    expect(await sampling.finished).toMatchObject({ code: 0, stderr: '' });
    expect((await served.finished).code).toBe(130);

    for (const count of Object.values(done)) expect(count).toBeGreaterThan(10);
    const report = Object.fromEntries(Object.entries(seen).map(([name, list]) => [name, thirds(list)]));
    if (process.env.SOAK_SECONDS) console.log(JSON.stringify({ seconds, done, report }, null, 1));
    for (const [name, [before, after]] of Object.entries(report)) {
      // how full a heap is differs from moment to moment; in a short run it still grows to its size
      expect(after.megabytes, name).toBeLessThan(1.05 * before.megabytes + (seconds < 300 ? 32 : 8));
      expect(after.files, name).toBeLessThanOrEqual(before.files + 5);
      expect(after.threads, name).toBe(before.threads);
    }
  },
);
