// Writes subwords.json: what the Rust library `tokenizers` (of Python and of npm) makes of the texts of test/support/subwords.ts. It is no dependency of
// the project: `npm install tokenizers@0.23.2` in a folder of its own, then `node test/golden/make_subwords.mjs FOLDER` with a Node that runs
// TypeScript (22.18 or newer).

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { forms, sampleTexts, trained } from '../support/subwords.ts';

const { Tokenizer } = createRequire(`${resolve(process.argv[2])}/`)('tokenizers');
const all = [];
for (const form of forms) {
  const tokenizer = Tokenizer.fromString(JSON.stringify(trained(form)));
  const ids = [];
  const decoded = [];
  for (const text of sampleTexts) {
    const own = (await tokenizer.encode(text)).getIds();
    ids.push(own.join(' '));
    decoded.push(own.length === 0 ? '' : await tokenizer.decode(own, false));
  }
  all.push({ form: form.name, ids, decoded });
}
writeFileSync(new URL('subwords.json', import.meta.url), `${JSON.stringify(all)}\n`);
