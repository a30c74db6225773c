// The web server of `unrolled lab`: one page and perhaps a model, to this machine alone. Everything it may ever send is read into one map before
// it starts, so no path of a URL touches the disk. It answers GET and HEAD for exactly the paths of that map, and only to requests that name
// this machine as their host: a foreign page cannot reach it by a name of its own that points here (DNS rebinding). The page is for everyone on the
// machine; the model is for whoever has the token (lab-access.ts).

import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, relative, sep } from 'node:path';
import { quoted, UnrolledError } from '../errors.ts';
import { Access } from './lab-access.ts';

/** What is served for a path of a URL. */
export interface Served {
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Whether only those may have it who have the token. */
  readonly isPrivate?: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];
/** Frames in which the page may be shown. */
const noFrames = "frame-ancestors 'none'";

/** The headers of every answer, also of errors. The three about origins allow the page threads, and keep other sites from reading what is served. */
const headers: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'accept-ranges': 'none',
};

/**
 * The built page of a folder by the paths of its URLs, `/` for index.html. Links, and whatever else is not a plain file, are left out.
 * @throws UnrolledError where there is no page
 */
export function readPage(folder: string): Map<string, Served> {
  const page = new Map<string, Served>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const type = types[extname(entry.name).toLowerCase()] ?? 'application/octet-stream';
      const url = relative(folder, path).split(sep).map(encodeURIComponent).join('/');
      page.set(`/${url}`, { type, bytes: readFileSync(path) });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new UnrolledError(`lab: the page cannot be read, ${(error as Error).message}`, 'failure', { cause: error });
  }
  const index = page.get('/index.html');
  if (!index)
    throw new UnrolledError(`lab: expected the built page in ${folder}, got none; npm run build makes it`, 'failure');
  return page.set('/', index);
}

/**
 * The origin whose pages may show the page in a frame, as a browser writes it.
 * @throws UnrolledError where it is none
 */
export function frameOrigin(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !/[?#@;,'"\s]/.test(given);
  if (!isOrigin)
    throw new UnrolledError(
      `--embed: expected an origin, such as http://localhost:8888, got ${quoted(given)}; give the scheme, the host and the port of the page that has the frame`,
    );
  return url.origin;
}

/**
 * A server of these paths and no others; `listen` starts it.
 * @param embed the origin whose pages may show the page in a frame; by default none
 */
export function createLabServer(site: ReadonlyMap<string, Served>, access = new Access(), embed?: string): Server {
  const frames = embed === undefined ? noFrames : `frame-ancestors ${embed}`;
  const allHeaders = { ...headers, 'content-security-policy': [...policy, frames].join('; ') };
  const server = createServer(
    // a silent socket is closed soon
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 5_000 },
    (request, response) => {
      const { port } = server.address() as AddressInfo;
      const { status, sentence, served, token } = answerTo(request, port, site, access);
      const { type, bytes } = served ?? { type: types['.txt'], bytes: Buffer.from(`${sentence}\n`) };
      response.writeHead(status, {
        ...allHeaders,
        'content-type': type,
        'content-length': bytes.byteLength,
        ...(status === 405 ? { allow: 'GET, HEAD', connection: 'close' } : {}),
        ...(token === undefined ? {} : { 'unrolled-token': token }),
      });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    },
  );
  server.setTimeout(stalledAfterMs); // also of who does not read what was asked for
  keepRoom(server);
  return server;
}

/** Who reads or writes nothing for so long is cut off. */
const stalledAfterMs = 30_000;
/** The most connections. A page needs some ten. */
const maxConnections = 250;

/**
 * Closes a connection for each one beyond the most, so that whoever comes is answered, however many others wait without asking for anything: the one
 * that has been idle longest, and only where none is idle the oldest.
 */
function keepRoom(server: Server): void {
  const open = new Set<Socket>(); // in the order in which they came
  const idle = new Set<Socket>(); // in the order in which they became idle
  server.on('connection', (socket) => {
    open.add(socket);
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
    if (open.size <= maxConnections) return;
    const [first] = idle.size > 1 ? idle : open; // the newest has had no time to ask
    first.destroy();
  });
  server.on('request', ({ socket }: IncomingMessage, response) => {
    idle.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });
}

interface Reply {
  readonly status: number;
  readonly sentence?: string;
  readonly served?: Served;
  /** The token, for who came with an invitation. */
  readonly token?: string;
}

function answerTo(request: IncomingMessage, port: number, site: ReadonlyMap<string, Served>, access: Access): Reply {
  const refused = refusal(request, port);
  if (refused) return { status: refused[0], sentence: refused[1] };
  const [path, query = ''] = (request.url ?? '').split('?', 2);
  const served = site.get(path);
  if (!served) return { status: 404, sentence: 'there is no such file' };
  if (!served.isPrivate) return { status: 200, served };
  const [, bearer] = /^Bearer ([\w-]+)$/.exec(request.headers.authorization ?? '') ?? [];
  const word = bearer ?? new URLSearchParams(query).get('token') ?? undefined;
  const opened = access.opens(word);
  if (opened) return { status: 200, served, ...(opened === 'with the invitation' && { token: access.token }) };
  const got = word === undefined ? 'none' : 'another';
  return {
    status: 403,
    sentence: `expected the token of this server, got ${got}; open the address that unrolled lab printed in its terminal`,
  };
}

/** Why a request is not answered: the status and a sentence. */
function refusal(request: IncomingMessage, port: number): [number, string] | undefined {
  const ours = ['localhost', '127.0.0.1', '[::1]'].flatMap((name) => [
    `${name}:${port}`,
    ...(port === 80 ? [name] : []),
  ]);
  const { host = [], origin = [] } = request.headersDistinct;
  if (host.length !== 1) return [400, `expected one Host header, got ${host.length}`];
  if (!ours.includes(host[0].toLowerCase())) return [403, `expected the host ${ours[1]}, got another`];
  if (!/^\/(?!\/)/.test(request.url ?? '')) return [400, 'expected a path that begins with one slash'];
  if (request.method !== 'GET' && request.method !== 'HEAD') return [405, 'expected GET or HEAD'];
  if (origin.some((site) => !ours.some((name) => site === `http://${name}`)))
    return [403, 'expected a request of this page, got one of another'];
  const { 'sec-fetch-site': from, 'sec-fetch-mode': mode } = request.headers;
  if ((from === 'cross-site' || from === 'same-site') && mode !== 'navigate')
    return [403, 'expected a request of this page, got one of another'];
  return undefined;
}

/**
 * Starts a server on the loopback address, and returns its port.
 * @param port 0 for any that is free
 * @throws UnrolledError where it is taken
 */
export async function listen(server: Server, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'EADDRINUSE' ? 'one that is taken' : code === 'EACCES' ? 'one that needs permission' : message;
    throw new UnrolledError(
      `--port ${port}: expected a free port, got ${reason}; give another, or 0 for any`,
      'failure',
      {
        cause: error,
      },
    );
  }
  return (server.address() as AddressInfo).port;
}
