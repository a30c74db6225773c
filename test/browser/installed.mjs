// Browsers that are installed on this system, for tests and for test/runtimes/run.mjs, which is no test.

import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** The path of a program on the PATH that has one of these names; undefined where there is none. */
export const onPath = (...names) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

/** The browser that comes with WebKitGTK, where its driver and what makes a display are there too. */
export function findWebKit() {
  const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  if (!existsSync(libraries) || !onPath('xvfb-run') || !onPath('WebKitWebDriver')) return undefined;
  const folders = readdirSync(libraries).filter((name) => name.startsWith('webkit2gtk-'));
  return folders.map((name) => join(libraries, name, 'MiniBrowser')).find((path) => existsSync(path));
}

/** What its processes need in a container without a GPU. */
export const webkitEnvironment = {
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', // its sandbox wants rights that a container lacks; the page is ours
  WEBKIT_DISABLE_COMPOSITING_MODE: '1',
  LIBGL_ALWAYS_SOFTWARE: '1',
};
