// Makes the files named on the command line executable: what `npx unrolled` runs in a clone, which a compiler writes without that bit.

import { chmodSync } from 'node:fs';

for (const path of process.argv.slice(2)) chmodSync(path, 0o755);
