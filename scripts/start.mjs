// `npm start`: trains a small network on the built-in text for some fifteen seconds on two cores, so that it can be watched while it learns
// to spell, then lets it write, and says what to try next. It runs the built command as a person would, with the options shown.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const model = 'my-first-model';
const text = '@river';

/** Runs `unrolled …`, and ends with its exit code if that is not 0. */
function unrolled(...args) {
  const { status, signal } = spawnSync(process.execPath, [main, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, UNROLLED_COMMAND: 'npx unrolled' },
  });
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

// Ctrl-C reaches the command too, which saves and says how to go on; this waits for it
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

if (!existsSync(main)) {
  const { status } = spawnSync('npm', ['run', 'build'], { cwd: root, stdio: 'inherit', shell: true });
  if (status !== 0) process.exit(status ?? 1);
}

const options = '--nonlinearity relu --hidden 192 --dropout 0.2 --epochs 20';
console.log('A recurrent network learns a tale of 55,649 characters, one character at a time. What runs:\n');
console.log(`  npx unrolled train ${text} --out ${model} \\\n    ${options}\n`);
unrolled('train', text, '--out', model, '--overwrite', ...options.split(' '));

console.log('\nIt writes now:\n');
unrolled('sample', model, '--prompt', 'The river', '--length', '300', '--temperature', '0.6', '--seed', '1');

console.log(`
Try next:
  npx unrolled sample ${model} --prompt "Mara said" --temperature 0.7
  npx unrolled eval ${model} ${text}
  npx unrolled inspect ${model} ${text}
  npx unrolled gradcheck ${model}
  npx unrolled train YOUR-FILE.txt --out YOUR-MODEL
  npx unrolled train --help`);
