// What `unrolled lab` serves, to whom and with which headers: a real process, spoken to over sockets.

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frameOrigin } from '../../src/cli/lab-server.ts';
import { unpackModelFile } from '../../src/index.ts';
import { loadModel } from '../../src/node.ts';
import { ask, cleanUp, files, folder, index, lab, prepare, raw } from './lab-support.ts';

beforeAll(prepare);
afterAll(cleanUp);

describe('a server', () => {
  let port: string;
  let token: string;
  beforeAll(async () => {
    const address = await lab(['river', '--port', '0']).address;
    port = address.port;
    token = address.searchParams.get('token')!;
  });

  test('serves every file of the page with its type, and nothing a link leads to', async () => {
    for (const [name, [type, content]] of Object.entries(files)) {
      const { status, headers, body } = await ask(port, `/${name.split('/').map(encodeURIComponent).join('/')}`);
      expect({ name, status, type: headers['content-type'] }).toEqual({ name, status: 200, type });
      expect(body.toString()).toBe(content);
    }
    expect((await ask(port, '/')).body.toString()).toBe(index);
    expect((await ask(port, '/?x=1')).status).toBe(200);
    expect((await ask(port, '/link.txt')).status).toBe(404);
  });

  test('leads from the relative URLs of the page to its files, and of a script to its Worker', async () => {
    const html = (await ask(port, '/')).body.toString();
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, link]) => new URL(link, `http://127.0.0.1:${port}/`),
    );
    expect(links).toHaveLength(2);
    for (const { pathname } of [...links, new URL('./worker-5e6f.js', links[1])])
      expect((await ask(port, pathname)).status).toBe(200);
  });

  test('gives every answer the headers that keep the page alone, errors too', async () => {
    const answers = await Promise.all([
      ask(port, '/'),
      ask(port, '/assets/worker-5e6f.js'),
      ask(port, `/model.safetensors?token=${token}`),
      ask(port, '/nothing'),
      ask(port, '/', { method: 'POST' }),
      ask(port, '/', { headers: { host: 'evil.com' } }),
      ask(port, '/model.safetensors'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 405, 403, 403]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
          "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('lets the pages of one origin frame it where it is told to, and says what is no origin', async () => {
    const framed = await lab(['--port', '0', '--embed', 'http://LOCALHOST:8888/']).address;
    const { headers } = await ask(framed.port, '/');
    expect(headers['content-security-policy']).toMatch(
      /; form-action 'none'; frame-ancestors http:\/\/localhost:8888$/,
    );
    for (const wrong of [
      'localhost',
      '*',
      'http://a.b/page',
      'file:///x',
      "https://a.b;script-src 'unsafe-inline'",
      'https://u@a.b',
      'https://a.b https://c.d',
    ])
      expect(() => frameOrigin(wrong), wrong).toThrow(
        /^--embed: expected an origin, such as http:\/\/localhost:8888, got ".*"; give /,
      );
  });

  test.each([
    '/../../etc/passwd',
    '/%2e%2e%2f%2e%2e%2fetc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/..%5c..%5cetc%5cpasswd',
    '/..\\..\\etc\\passwd',
    '/etc/passwd',
    '/index.html%00',
    '/%00',
    '/%zz',
    '/C:\\Windows\\win.ini',
    '/assets',
    '/assets/',
    '/assets/../index.html',
    '/./index.html',
    '/index.html.',
    '/INDEX.HTML',
    '/index.html/',
    '/%69ndex.html',
    '/link.txt',
    '/package.json',
    '/cli/main.js',
    '/__proto__',
    '/constructor',
  ])('knows no file %s', async (path) => {
    const { status, body } = await ask(port, path);
    expect(status).toBe(404);
    expect(body.toString()).toBe('there is no such file\n');
  });

  test.each([
    ['an absolute URL', 'GET http://evil.com/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n', 400],
    [
      'an absolute URL of its own',
      'GET http://127.0.0.1:PORT/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n',
      400,
    ],
    ['two slashes', 'GET //evil.com/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n', 400],
    ['a star', 'OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n', 400],
    ['no path', 'GET index.html HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n', 400],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.com\r\nConnection: close\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['no host, as of old', 'GET / HTTP/1.0\r\n\r\n', 400],
    ['an empty host', 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', 403],
    ['a NUL in the path', 'GET /\0 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n', 400],
    ['no HTTP', 'hello\r\n\r\n', 400],
  ])('refuses %s', async (_, bytes, status) => {
    const answer = await raw(port, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).not.toContain('<!doctype');
  });

  test('answers only to the names of this machine', async () => {
    const status = async (host: string) => (await ask(port, '/', { headers: { host } })).status;
    for (const host of ['localhost', 'LocalHost', '127.0.0.1', '[::1]'])
      expect(await status(`${host}:${port}`)).toBe(200);
    const foreign = [
      'evil.com',
      `evil.com:${port}`,
      `localhost.evil.com:${port}`,
      `127.0.0.1.nip.io:${port}`,
      'localhost',
    ];
    const near = [
      `localhost:${Number(port) + 1}`,
      `localhost.:${port}`,
      `localhost:${port}0`,
      `0.0.0.0:${port}`,
      `x@localhost:${port}`,
    ];
    for (const host of [...foreign, ...near])
      expect({ host, status: await status(host) }).toEqual({ host, status: 403 });
  });

  test('refuses requests of other pages, and lets a link lead here', async () => {
    const status = async (headers: Record<string, string>) =>
      (await ask(port, `/model.safetensors?token=${token}`, { headers })).status;
    expect(await status({ origin: 'http://evil.com' })).toBe(403);
    expect(await status({ origin: `http://127.0.0.1:${port}.evil.com` })).toBe(403);
    expect(await status({ origin: 'http://localhost:3000' })).toBe(403);
    expect(await status({ origin: 'null' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).toBe(200);
    expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(200);
    expect(await status({ origin: `http://127.0.0.1:${port}` })).toBe(200);
  });

  test('takes GET and HEAD only, and a HEAD has the headers of its GET', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const { status, headers } = await ask(port, '/', { method });
      expect({ method, status, allow: headers.allow }).toEqual({ method, status: 405, allow: 'GET, HEAD' });
    }
    const head = await ask(port, '/', { method: 'HEAD' });
    expect(head.body).toHaveLength(0);
    expect(head.headers).toMatchObject({
      'content-length': String(Buffer.byteLength(index)),
      'content-type': files['index.html'][0],
    });
    expect((await ask(port, '/nothing', { method: 'HEAD' })).status).toBe(404);
  });

  test('sends the whole file where a range is asked for', async () => {
    const { status, headers, body } = await ask(port, '/', { headers: { range: 'bytes=0-3' } });
    expect({ status, ranges: headers['accept-ranges'], body: body.toString() }).toEqual({
      status: 200,
      ranges: 'none',
      body: index,
    });
  });

  test('hands out the model as one file, with the numbers of the folder', async () => {
    const { headers, body } = await ask(port, '/model.safetensors', { headers: { authorization: `Bearer ${token}` } });
    expect(headers['content-type']).toBe('application/octet-stream');
    const { model } = unpackModelFile(new Uint8Array(body), 'served');
    const saved = loadModel(join(folder, 'river'));
    expect(model.config).toEqual(saved.config);
    expect(model.parameters).toEqual(saved.parameters);
    expect(model.tokenizer!.vocabulary).toEqual(saved.tokenizer!.vocabulary);
  });

  test('hands out the model to nobody without the token, and says where it is', async () => {
    const bearer = (word: string) => ({ headers: { authorization: `Bearer ${word}` } });
    const sentence = (got: string) =>
      `expected the token of this server, got ${got}; open the address that unrolled lab printed in its terminal\n`;
    const cases: [string, Parameters<typeof ask>[2], string][] = [
      ['', {}, 'none'],
      ['?token=', {}, 'another'],
      [`?token=${token.slice(0, -1)}`, {}, 'another'],
      [`?token=${token}x`, {}, 'another'],
      ['?token=x', {}, 'another'],
      ['', bearer(token.slice(1)), 'another'],
      ['', { headers: { authorization: `Basic ${token}` } }, 'none'],
      ['', { headers: { cookie: `token=${token}` } }, 'none'],
      ['', { method: 'HEAD' }, ''],
    ];
    for (const [query, options, got] of cases) {
      const { status, body, headers } = await ask(port, `/model.safetensors${query}`, options);
      expect({ query, status, body: body.toString() }).toEqual({ query, status: 403, body: got && sentence(got) });
      expect(headers['unrolled-token']).toBeUndefined();
    }
    expect(token).toMatch(/^[\w-]{32}$/);
    expect((await ask(port, '/model.safetensors', bearer(token))).headers['unrolled-token']).toBeUndefined();
  });

  test('answers whoever comes, however many wait without asking for anything', async () => {
    const closed: number[] = [];
    const waiting: Socket[] = [];
    for (let i = 0; i < 400; i++) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {}).on('close', () => closed.push(i));
      await new Promise((resolve) => socket.once('connect', resolve));
      if (i % 2 === 1) socket.write('GET / HTTP/1.1\r\nHost:'); // half a request
      waiting.push(socket);
    }
    // each answer proves that all connections before it were taken
    for (let i = 0; i < 5; i++) expect((await ask(port, '/')).status).toBe(200);
    // those that had waited longest are closed, and no other
    const isFirst = () => closed.length >= 150 && Math.max(...closed) === closed.length - 1;
    await expect.poll(isFirst, { timeout: 60_000 }).toBe(true);
    for (const socket of waiting) socket.destroy();
  });

  test('answers many at once, with idle connections beside them', async () => {
    const idle: Socket[] = [];
    for (let i = 0; i < 300; i++) idle.push(connect(Number(port), '127.0.0.1').on('error', () => {}));
    const paths = ['/', '/assets/lab-3c4d.js', `/model.safetensors?token=${token}`, '/nothing'];
    const answers = await Promise.all(Array.from({ length: 80 }, (_, i) => ask(port, paths[i % 4])));
    answers.forEach(({ status }, i) => void expect(status).toBe(i % 4 === 3 ? 404 : 200));
    for (const socket of idle) socket.destroy();
  });

  test.skipIf(process.platform !== 'linux')('can be reached at the loopback address only', async () => {
    const listening = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(
        (fields) =>
          fields[3] === '0A' && fields[1].endsWith(`:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`),
      );
    expect(listening.map((fields) => fields[1].split(':')[0])).toEqual(['0100007F']);
  });
});
