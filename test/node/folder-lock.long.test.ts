// The lock among processes that take it, give it back and are killed with it, as fast as they can: never do two hold it.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { main } from '../cli/support.ts';

const root = fs.mkdtempSync(join(tmpdir(), 'unrolled-lock-'));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

/** Takes the lock again and again; while it is held, a file names the holder, and each holder checks that no other living one is in it. */
const program = `
  import fs from 'node:fs';
  const { FolderLock } = await import(process.argv[2]);
  const { beginningOf } = await import(new URL('process-identity.js', process.argv[2]));
  const [folder, witness, rounds, killed] = process.argv.slice(3);
  const lives = (pid) => beginningOf(pid) !== undefined;
  let taken = 0;
  for (let round = 0; round < Number(rounds); round++) {
    let lock;
    try {
      lock = new FolderLock(folder);
    } catch (error) {
      if (!/nothing else writes|try again/.test(error.message)) throw error;
      continue;
    }
    const before = fs.existsSync(witness) ? fs.readFileSync(witness, 'utf8') : '';
    if (before !== '' && lives(Number(before))) throw new Error('two hold the lock: ' + before + ' and ' + process.pid);
    fs.writeFileSync(witness, String(process.pid));
    lock.expectHeld();
    taken++;
    if (Math.random() < 0.3) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    if (killed === 'yes' && Math.random() < 0.1) process.kill(process.pid, 'SIGKILL');
    if (fs.readFileSync(witness, 'utf8') !== String(process.pid)) throw new Error('another one came in');
    fs.writeFileSync(witness, '');
    lock.release();
  }
  console.log(taken);`;

test('many processes, some of them killed with the lock, never hold it together', async () => {
  const script = join(root, 'program.mjs');
  fs.writeFileSync(script, program);
  const module = pathToFileURL(join(main, '../../node/folder-lock.js')).href;
  const folder = join(root, 'folder');
  const run = (killed: string) =>
    new Promise<{ code: number | null; signal: string | null; said: string }>((resolve) => {
      const child = spawn(process.execPath, [script, module, folder, join(root, 'witness'), '400', killed]);
      let said = '';
      child.stdout.on('data', (data) => (said += data));
      child.stderr.on('data', (data) => (said += data));
      child.on('close', (code, signal) => resolve({ code, signal, said }));
    });
  let taken = 0;
  let kills = 0;
  for (let round = 0; round < 3; round++) {
    const ends = await Promise.all(['yes', 'yes', 'yes', 'no', 'no'].map(run));
    for (const { code, signal, said } of ends) {
      if (signal === 'SIGKILL') kills++;
      else {
        expect([said, code]).toEqual([expect.stringMatching(/^\d+\n$/), 0]);
        taken += Number(said);
      }
    }
  }
  expect(kills).toBeGreaterThan(0);
  expect(taken).toBeGreaterThan(100);
  await run('no');
  expect(fs.existsSync(folder) ? fs.readdirSync(folder) : []).toEqual([]);
});
