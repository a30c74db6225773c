// A program and the library under it as one browser module; and the Chromium to run it in, where one is installed.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const candidates = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'google-chrome'].map((name) => join(folder, name)));

/** CHROMIUM=/path, or chromium on the PATH; undefined where there is none. */
export const executablePath = process.env.CHROMIUM ?? candidates.find((path) => existsSync(path));
if (!executablePath)
  console.warn('no Chromium found: the browser tests are skipped (install chromium, or set CHROMIUM)');

/** @param path of the program, from this folder */
export async function bundle(path: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2022',
      lib: {
        entry: fileURLToPath(new URL(path, import.meta.url)),
        formats: ['es'],
        fileName: 'bundle',
      },
    },
  });
  const [{ output }] = result as { output: { code: string }[] }[];
  return output[0].code;
}
