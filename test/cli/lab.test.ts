// `unrolled lab` as a command, in real processes: ports, links, the browser, how it ends, and what it says when something is wrong.

import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, cleanUp, folder, lab, prepare } from './lab-support.ts';
import { eachRequest, unrolled } from './support.ts';

beforeAll(prepare);
afterAll(cleanUp);

describe('the command', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at once at %s, even with a connection open', async (signal, code) => {
    const { child, finished, address } = lab(['--port', '0']);
    const { port } = await address;
    const open = connect(Number(port), '127.0.0.1').on('error', () => {});
    await new Promise((resolve) => open.once('connect', resolve));
    open.write('GET / HTTP/1.1\r\nHost:');
    child.kill(signal);
    expect(await finished).toMatchObject({ code, stderr: '' });
  });

  test('takes the port that is asked for, and says in one sentence that it is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    expect(await lab(['--port', String(port)]).finished).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `unrolled: --port ${port}: expected a free port, got one that is taken; give another, or 0 for any\n`,
    });
    await new Promise((resolve) => taken.close(resolve));
    const { child, finished, address } = lab(['--port', String(port)]);
    expect((await address).href).toBe(`http://127.0.0.1:${port}/`);
    child.kill('SIGINT');
    await finished;
  });

  test('finds a port where none is asked for, even when it runs already; without DIR there is no model', async () => {
    const both = [lab([]), lab([])];
    const ports = await Promise.all(both.map(async ({ address }) => (await address).port));
    expect(new Set(ports).size).toBe(2);
    for (const port of ports) {
      expect((await ask(port, '/')).status).toBe(200);
      expect((await ask(port, '/model.safetensors')).status).toBe(404);
    }
    for (const { child } of both) child.kill('SIGTERM');
    await Promise.all(both.map(({ finished }) => finished));
  });

  test.skipIf(process.platform !== 'linux')(
    'with DIR prints a link that opens the model, and --open hands it to the system',
    async () => {
      const programs = join(folder, 'programs');
      mkdirSync(programs);
      writeFileSync(join(programs, 'xdg-open'), '#!/bin/sh\nprintf %s "$1" > opened.part && mv opened.part opened\n');
      chmodSync(join(programs, 'xdg-open'), 0o755);
      const { child, finished, address } = lab(['river', '--port', '0', '--open'], {
        PATH: `${programs}${delimiter}${process.env.PATH}`,
      });
      const { href, hash, port, searchParams } = await address;
      expect(hash).toBe('#v=1&open=run');
      await expect.poll(() => existsSync(join(folder, 'opened')), { timeout: 60_000 }).toBe(true);
      const opened = readFileSync(join(folder, 'opened'), 'utf8');
      const token = searchParams.get('token')!;
      const invitation = new URL(opened).searchParams.get('token')!;
      expect(invitation).toMatch(/^[\w-]{32}$/);
      expect(opened).toBe(href.replace(token, invitation));
      // every user can read a command line: the word in it counts once, and is exchanged for the token
      expect(invitation).not.toBe(token);
      const ofModel = (word: string) =>
        ask(port, '/model.safetensors', { headers: { authorization: `Bearer ${word}` } });
      expect(await ofModel(invitation)).toMatchObject({ status: 200, headers: { 'unrolled-token': token } });
      expect((await ofModel(invitation)).status).toBe(403);
      expect((await ofModel(token)).status).toBe(200);
      child.kill('SIGINT');
      expect((await finished).code).toBe(130);
    },
  );

  test.skipIf(process.platform !== 'linux')('serves on where there is nothing to open a browser with', async () => {
    const { child, finished, address } = lab(['--port', '0', '--open'], { PATH: folder });
    expect((await ask((await address).port, '/')).status).toBe(200);
    child.kill('SIGINT');
    expect((await finished).stderr).toBe(
      'unrolled: --open: there is no xdg-open on this machine; open the address above\n',
    );
  });

  eachRequest<[string, string[], number, RegExp]>([
    ['a folder that is not there', ['nowhere'], 2, /nowhere: expected a model folder, got nothing there/],
    ['a file', ['short.txt'], 2, /short\.txt: expected a model folder, got a file/],
    ['a folder without a model', ['.'], 2, /expected a model folder with config\.json, got none/],
    ['two folders', ['river', 'river'], 2, /lab: expected \[DIR\], got river river/],
    ['a port that is none', ['--port', '65536'], 2, /--port: expected a whole number from 0 to 65535, got 65536/],
    ['a model of another task', ['labels'], 2, /labels: expected a language model, got one for another task/],
  ])('says in one sentence what is wrong with %s', async (_, args, code, pattern) => {
    const labels = join(folder, 'labels');
    cpSync(join(folder, 'river'), labels, { recursive: true });
    rmSync(join(labels, 'tokenizer.json'));
    const run = await lab(args).finished;
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(run.stderr).toMatch(pattern);
  });

  test('says in one sentence that the page is not built', async () => {
    const run = await unrolled(['lab'], folder); // the package as it is compiled for tests, without a page
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^unrolled: lab: expected the built page in \S+, got none; npm run build makes it\n$/);
  });
});
