// Makes the built command executable and puts it where npx looks first, so that `npx unrolled` in a clone runs this clone at once.
// On Windows npx finds it by the package's name instead.

import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

chmodSync(path('dist/cli/main.js'), 0o755);
if (process.platform !== 'win32' && existsSync(path('node_modules/.bin'))) {
  rmSync(path('node_modules/.bin/unrolled'), { force: true });
  symlinkSync('../../dist/cli/main.js', path('node_modules/.bin/unrolled'));
}
