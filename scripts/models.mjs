// Makes a model that comes with the package: trains it with its command, stores it in half precision in models/NAME, measures what is stored, and writes
// its card and models/models.json. The data lie in a folder under the names that the command gives them; those of the arithmetic are made here.
// usage: node scripts/models.mjs NAME FOLDER [--into models] [more options of unrolled train]
//   node scripts/models.mjs arithmetic /tmp/models --threads 1

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  classify,
  evaluate,
  languageModel,
  loadModel,
  packModelFile,
  predict,
  readClasses,
  readLabeled,
  readText,
  sampleText,
  unpackModelFile,
} from 'unrolled/node';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Sums of two numbers of two digits, a tenth of them held out, all lines of one length so that every stream and every window begins with a sum. */
function writeSums(folder) {
  let state = 1;
  const below = (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 2 ** 31) * limit);
  };
  const shuffled = (list) => {
    const all = [...list];
    for (let i = all.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [all[i], all[j]] = [all[j], all[i]];
    }
    return all;
  };
  const digits = Array.from({ length: 90 }, (_, i) => i + 10);
  const pairs = shuffled(digits.flatMap((a) => digits.map((b) => [a, b])));
  const lines = (some) => some.map(([a, b]) => `${`${a}+${b}=${a + b}`.padEnd(9)}\n`).join('');
  const taught = pairs.slice(810);
  const times = Array.from({ length: 6 }, () => lines(shuffled(taught)));
  writeFileSync(join(folder, 'sums.txt'), times.join(''));
  writeFileSync(join(folder, 'sums-held-out.txt'), lines(pairs.slice(0, 810)));
}

/** The share of decisions that are right. */
const percent = (share) => `${(100 * share).toFixed(1)} %`;

const recipes = {
  shakespeare: {
    does: 'Writes lines of a play, letter by letter, in the manner of Shakespeare',
    data: 'tinyshakespeare, 1.1 million characters of his plays, in the public domain',
    license: 'MIT',
    train: 'tinyshakespeare.txt --cell gru --hidden 256 --epochs 8 --blas none',
    example: 'unrolled sample @shakespeare --prompt "ROMEO:" --length 300',
    same: 'In float32 the figure is the same.',
    measure: (folder) => {
      const { heldOut } = languageModel(readText(join(folder, 'tinyshakespeare.txt')));
      return (model) => {
        const { nll } = evaluate(model, heldOut);
        return {
          figure: `${nll.toFixed(3)} nats per character on the last 5 % of the text`,
          decisions: [nll.toFixed(3)],
        };
      };
    },
  },
  names: {
    does: 'Tells from which of 18 languages a family name is',
    data: '20,050 family names in 18 languages, of the tutorial “Classifying names with a character-level RNN” of PyTorch, MIT license',
    license: 'MIT',
    train: 'surnames --task classify --lr 0.002 --epochs 16 --blas none',
    example: 'echo Suzuki | unrolled predict @names -',
    measure: (folder) => {
      const { heldOut } = classify(readClasses(join(folder, 'surnames')));
      return (model) => {
        const { accuracy, macroF1 } = evaluate(model, heldOut);
        const figure = `${percent(accuracy)} of ${heldOut.length} held-out names are right, macro F1 ${macroF1.toFixed(2)}`;
        return {
          figure,
          decisions: predict(
            model,
            heldOut.map(({ text }) => text),
          ).map(({ label }) => label),
        };
      };
    },
  },
  pos: {
    does: 'Tells the part of speech of each word of an English sentence, of the 17 of Universal Dependencies',
    data: 'UD English EWT, 12,544 sentences, CC BY-SA 4.0',
    license: 'CC-BY-SA-4.0',
    train:
      'en_ewt-ud-train.conllu --task label --column upos --validation-file en_ewt-ud-dev.conllu --hidden 96 --embedding 40 --min-count 8 --dropout 0.4 --epochs 8 --blas none',
    example: 'echo "The river runs to the sea ." | unrolled predict @pos -',
    measure: (folder) => {
      const sentences = readLabeled([join(folder, 'en_ewt-ud-test.conllu')], 'upos');
      return (model) => {
        const words = sentences.map(({ tokens }) => tokens);
        const { accuracy } = evaluate(model, sentences);
        const decisions = predict(model, words).flatMap((tags) => tags.map(({ label }) => label));
        return { figure: `${percent(accuracy)} of the words of the test sentences are right`, decisions };
      };
    },
  },
  arithmetic: {
    does: 'Adds two numbers of two digits, written as text',
    data: '7,290 of the 8,100 sums, made by scripts/models.mjs',
    license: 'MIT',
    prepare: writeSums,
    train:
      'sums.txt --validation-file sums-held-out.txt --cell gru --hidden 128 --batch 30 --bptt 20 --restart 0.5 --epochs 12 --blas none',
    example: 'echo 38+47= | unrolled sample @arithmetic --prompt - --temperature 0',
    measure: (folder) => {
      const lines = readFileSync(join(folder, 'sums-held-out.txt'), 'utf8').trim().split('\n');
      return (model) => {
        const decisions = lines.map((line) => {
          const prompt = line.slice(0, line.indexOf('=') + 1);
          return prompt + sampleText(model, { prompt, temperature: 0, length: 4, stop: ['\n'] });
        });
        const right = decisions.filter((text, i) => text.trim() === lines[i].trim()).length;
        return {
          figure: `${percent(right / lines.length)} of the 810 sums that it was not taught are exactly right`,
          decisions,
        };
      };
    },
  },
};

const [name, given, ...more] = process.argv.slice(2);
if (!Object.hasOwn(recipes, name ?? '') || given === undefined) {
  console.error(
    `usage: node scripts/models.mjs ${Object.keys(recipes).join('|')} FOLDER [more options of unrolled train]`,
  );
  process.exit(2);
}
const recipe = recipes[name];
const folder = resolve(given);
const into = more[0] === '--into' ? resolve(more.splice(0, 2)[1]) : join(root, 'models');
recipe.prepare?.(folder);
const train = `train ${recipe.train} --out ${name}`;
execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...train.split(' '), '--resume', ...more], {
  cwd: folder,
  stdio: 'inherit',
});

const trained = loadModel(join(folder, name));
const bytes = packModelFile(trained, {}, 'float16');
const { model: stored } = unpackModelFile(bytes, name);
const measure = recipe.measure(folder);
const [before, after] = [trained, stored].map(measure);
const changed = after.decisions.filter((one, i) => one !== before.decisions[i]).length;
const precision =
  changed === 0
    ? (recipe.same ?? 'In float32 it decides the same.')
    : `In float32 it decides ${changed} of ${after.decisions.length} otherwise.`;
const { does, data, license, example } = recipe;
const [start] = readFileSync(join(folder, name, 'metrics.jsonl'), 'utf8').split('\n', 1);
const { backend } = JSON.parse(start);
const entry = { name, does, figure: after.figure, data, license, command: `unrolled ${train}`, backend, example };
mkdirSync(join(into, name), { recursive: true });
writeFileSync(join(into, name, 'model.safetensors'), bytes);
writeFileSync(join(into, name, 'README.md'), card(entry));
const list = join(into, 'models.json');
const others = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')).filter((one) => one.name !== name) : [];
const order = Object.keys(recipes);
const entries = [...others, entry].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
writeFileSync(list, `${JSON.stringify(entries, null, 2)}\n`);
console.log(`${name}: ${after.figure}. ${precision} ${bytes.length} bytes`);

function card(entry) {
  return `---
library_name: unrolled
license: ${entry.license.toLowerCase()}
---

# @${entry.name}

${entry.does}.

    ${entry.example}

| | |
|---|---|
| measured | ${entry.figure} |
| data | ${entry.data} |
| license of the model | ${entry.license} |
| trained by | \`${entry.command}\`, with ${entry.backend} |
| stored | in one file, matrices in float16. ${precision} |

It knows nothing but its data, and repeats what is wrong in them.
`;
}
