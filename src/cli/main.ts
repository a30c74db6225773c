#!/usr/bin/env node
// The command `unrolled`: finds the command, runs it, and turns whatever goes wrong into one sentence and an exit code:
// 0 done, 1 a failure, 2 a wrong request, 130 and 143 stopped by Ctrl-C or SIGTERM.

import '../node/relaxed-simd.ts';
import '../node/wide-simd.ts';
import process from 'node:process';
import { inOneLine, nearest, reasonOf, UnrolledError } from '../errors.ts';
import { launchOf } from '../node/launch.ts';
import { commands } from './commands.ts';
import { type Command, helpOf, overview, readArguments, rowsOf, withOptionNames } from './options.ts';
import { ClosedPipe, guardOutput, helpWidth, print, SaidForAll, version } from './output.ts';

/** The command that runs, whose options a sentence of the library may be about. */
let running: Command | undefined;
/** Whether the command has come to its end, good or bad. */
let isOver = false;

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = commands.find((command) => command.name === rest[0]);
    print(name === 'help' && asked ? helpOf(asked, helpWidth()) : overview(commands, helpWidth()));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-V') {
    print(version());
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    const names = commands.map((candidate) => candidate.name);
    const near = nearest(name, names);
    throw new UnrolledError(
      `${name}: expected a command, one of ${names.join(', ')}${near ? `; did you mean ${near}?` : ''}`,
    );
  }
  const end = rest.indexOf('--');
  if ((end < 0 ? rest : rest.slice(0, end)).some((argument) => argument === '--help' || argument === '-h')) {
    print(helpOf(command, helpWidth()));
    return 0;
  }
  const request = readArguments(command, rest);
  running = command;
  return command.run(request);
}

/** The first of several processes is given so long to say what is wrong with the command: it may be ended when another has ended. */
const longestSayingMs = 3000;

/** Does nothing for a while. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Prints one sentence on standard error; returns the exit code. */
function report(error: unknown): number {
  isOver = true;
  if (error instanceof ClosedPipe) return 0;
  if (process.env.UNROLLED_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  if (error instanceof UnrolledError) {
    // of processes that were started together, the first says what is wrong with the command
    if (!running && (launchOf(process.env)?.rank ?? 0) > 0) pause(longestSayingMs);
    else process.stderr.write(`unrolled: ${withOptionNames(rowsOf(running?.groups ?? {}), error.message)}\n`);
    if (error instanceof SaidForAll) error.whenSaid();
    return error.kind === 'usage' ? 2 : 1;
  }
  process.stderr.write(
    `unrolled: something unexpected went wrong: ${inOneLine(reasonOf(error))}; UNROLLED_DEBUG=1 shows where\n`,
  );
  return 1;
}

/** The codes with which a process ends as if all were well, and where nothing is left to wait for. */
const codesOfNoError = [0, 13];

// whoever ends the process before the command is over, what was asked for has not been done
process.on('exit', (code) => {
  if (isOver || !codesOfNoError.includes(code)) return;
  const name = running?.name ?? 'unrolled';
  process.exitCode = report(
    new UnrolledError(`${name}: expected to go on to its end, got an end of the process before it`, 'failure'),
  );
});
guardOutput((error) => process.exit(report(error)));
process.on('uncaughtException', (error) => process.exit(report(error)));
try {
  process.exitCode = await main(process.argv.slice(2));
  isOver = true;
} catch (error) {
  process.exitCode = report(error);
}
