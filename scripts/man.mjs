// Writes the manual page, dist/unrolled.1, from the table of options of the library that was built.

import { readFileSync, writeFileSync } from 'node:fs';
import { commands } from '../dist/cli/commands.js';
import { manPage } from '../dist/cli/man-page.js';

const at = (path) => new URL(`../${path}`, import.meta.url);
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
writeFileSync(at('dist/unrolled.1'), manPage(commands, version));
