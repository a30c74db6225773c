// `unrolled lab`: serves the page on which a network is trained and watched, and a trained model with it where one is named, until Ctrl-C.
// The page computes in the browser; nothing is sent back here (lab-server.ts).

import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { UnrolledError } from '../errors.ts';
import { packModelFile } from '../formats/model-file.ts';
import { isLanguageModel } from '../network/config.ts';
import { loadModel } from '../node/model-folder.ts';
import { Access } from './lab-access.ts';
import { labRun } from './lab-run.ts';
import { createLabServer, frameOrigin, listen, readPage } from './lab-server.ts';
import type { labOptions } from './option-tables.ts';
import type { RequestOf } from './options.ts';
import { note, print } from './output.ts';
import { exitCodes, onSignals } from './signals.ts';

/** The port that is tried first, because what a browser keeps for the page, such as saved runs, belongs to its port. */
const usualPort = 7353;

const noServiceWorker = `addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(registration.unregister()));
`;

export async function runLab(request: RequestOf<typeof labOptions>): Promise<number> {
  const [directory] = request.operands;
  const embed = request.values.embed === undefined ? undefined : frameOrigin(request.values.embed);
  const own = directory === undefined ? undefined : textModel(directory);
  const run = directory === undefined ? undefined : labRun(directory);
  const model = own && packModelFile(own, run ? { step: run.step } : {});
  const site = readPage(fileURLToPath(new URL('../lab/', import.meta.url)));
  // the page's service worker would serve this version later too, to whatever listens at the port then; this one removes itself, and one that was there
  site.set('/offline.js', { type: 'text/javascript; charset=utf-8', bytes: new TextEncoder().encode(noServiceWorker) });
  if (model) site.set('/model.safetensors', { type: 'application/octet-stream', bytes: model, isPrivate: true });
  if (run)
    site.set('/run.json', { type: 'application/json', bytes: new TextEncoder().encode(run.json), isPrivate: true });
  const access = new Access();
  const server = createLabServer(site, access, embed);
  const port = await listenSomewhere(request.values.port);
  const page = `http://127.0.0.1:${port}/`;
  const address = (word: string): string => (model ? `${page}?token=${word}#v=1&open=${run ? 'run' : 'model'}` : page);
  const end = stopped(); // listens from now on: a reader of the line below may end it at once
  print(`The lab: ${address(access.token)}`);
  print(`Only this machine can reach it${model ? ', and the model only with this address' : ''}. Ctrl-C ends it.`);
  if (request.values.open) openBrowser(address(access.invite()));
  const code = await end;
  server.close();
  server.closeAllConnections();
  return code;

  async function listenSomewhere(asked: number | undefined): Promise<number> {
    if (asked !== undefined) return await listen(server, asked);
    return await listen(server, usualPort).catch(() => listen(server, 0));
  }
}

function textModel(directory: string) {
  const model = loadModel(directory);
  if (!isLanguageModel(model.config) || !model.tokenizer)
    throw new UnrolledError(
      `${directory}: expected a language model, got one for another task; the lab shows models that generate text`,
    );
  return model;
}

/** The exit code of the signal that ends the process. */
function stopped(): Promise<number> {
  return new Promise((resolve) => {
    const end = onSignals((signal) => {
      end();
      resolve(exitCodes[signal]);
    });
  });
}

/** Asks the system to show a URL. Where it cannot, the line printed above is enough. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url] // no shell, to which & would mean something
        : ['xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => note(`unrolled: --open: there is no ${command} on this machine; open the address above`));
  child.unref();
}
