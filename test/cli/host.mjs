// A process that carries out command after command, each as a process of its own would, so that the library is loaded once for all of them. A
// request comes as a message with the arguments and the folder; the answer has what the command wrote and its exit code.

import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [, , main] = process.argv;
const home = process.cwd();
const written = { stdout: '', stderr: '' };
for (const name of Object.keys(written))
  process[name].write = (chunk, ...rest) => {
    written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    rest.find((argument) => typeof argument === 'function')?.();
    return true;
  };

/** Everything that listens to this process. */
const listeners = () => process.eventNames().flatMap((event) => process.rawListeners(event).map((one) => [event, one]));

let count = 0;
/** Evaluates main.js anew, and with it the command; what it imports stays loaded. */
async function carryOut({ id, args, cwd }) {
  const before = new Set(listeners().map(([, one]) => one));
  process.argv = [process.execPath, main, ...args];
  process.exitCode = undefined;
  process.chdir(cwd);
  await import(`${pathToFileURL(main)}?${count++}`);
  process.chdir(home); // the folder may be removed
  for (const [event, one] of listeners()) if (!before.has(one)) process.off(event, one);
  process.send({ id, code: process.exitCode ?? 0, signal: null, ...written });
  for (const name of Object.keys(written)) written[name] = '';
  process.exitCode = undefined;
}

let last = Promise.resolve();
process.on('message', (request) => {
  last = last.then(() => carryOut(request));
});
process.on('disconnect', () => process.exit(0));
