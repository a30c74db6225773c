// Writes the texts of the lab that are made: the built-in story with each paragraph on one line, its opening as it is, and the generated ones (balanced brackets, sums,
// small functions), each from a seed of its own, so that the same files come out everywhere.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../lab/texts/', import.meta.url));
const story = fileURLToPath(new URL('../texts/the-clockmakers-river.txt', import.meta.url));

/** Characters of a generated text. */
const length = 40_000;

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

const chance = numbers(1);
const below = (n) => Math.floor(chance() * n);
const pick = (list) => list[below(list.length)];

/** Lines of a text until it is long enough. */
function lines(make) {
  let text = '';
  while (text.length < length) text += `${make()}\n`;
  return text;
}

/** Brackets of three kinds, each closed by its own kind, up to eight deep: only a stack knows which one may close. */
function brackets() {
  const kinds = ['()', '[]', '{}'];
  const open = [];
  let line = '';
  do {
    const mayOpen = open.length < 8 && line.length + open.length < 36;
    if (mayOpen && (open.length === 0 || chance() < 0.55)) {
      const kind = pick(kinds);
      open.push(kind[1]);
      line += kind[0];
    } else line += open.pop();
  } while (open.length > 0 || (line.length < 24 && chance() < 0.6));
  return line;
}

/** Sums and differences of numbers below 50, none below 0. */
function sum() {
  const [a, b] = [below(50), below(50)];
  return chance() < 0.5 ? `${a} + ${b} = ${a + b}` : `${Math.max(a, b)} - ${Math.min(a, b)} = ${Math.abs(a - b)}`;
}

/** A function in JavaScript whose names come back where they are used, and whose blocks close. */
function code() {
  const thing = pick(['number', 'word', 'line', 'value', 'price', 'letter', 'point', 'row']);
  const list = `${thing}s`;
  const limit = pick(['limit', 'bound', 'edge', 'least']);
  const bodies = [
    () => [
      `function sumOf${upper(list)}(${list}) {`,
      '  let total = 0;',
      `  for (const ${thing} of ${list}) {`,
      `    total = total + ${thing};`,
      '  }',
      '  return total;',
      '}',
    ],
    () => [
      `function count${upper(list)}(${list}, ${limit}) {`,
      '  let count = 0;',
      `  for (let i = 0; i < ${list}.length; i++) {`,
      `    if (${list}[i] ${pick(['<', '>', '===', '<=', '>='])} ${limit}) {`,
      '      count++;',
      '    }',
      '  }',
      '  return count;',
      '}',
    ],
    () => [
      `function is${upper(thing)}(${thing}) {`,
      `  return ${thing} ${pick(['>', '>=', '!=='])} ${below(10)} && ${thing} ${pick(['<', '<='])} ${10 + below(90)};`,
      '}',
    ],
    () => [
      `const ${list} = [${Array.from({ length: 2 + below(5) }, () => below(100)).join(', ')}];`,
      `const ${pick(['first', 'last', 'other'])}${upper(thing)} = ${list}[${pick(['0', '1', `${list}.length - 1`])}];`,
    ],
    (largest = chance() < 0.5) => [
      `function ${largest ? 'largest' : 'smallest'}${upper(thing)}(${list}) {`,
      `  let found = ${list}[0];`,
      `  for (const ${thing} of ${list}) {`,
      `    if (${thing} ${largest ? '>' : '<'} found) {`,
      `      found = ${thing};`,
      '    }',
      '  }',
      '  return found;',
      '}',
    ],
    () => [
      `const ${pick(['raised', 'scaled', 'moved'])}${upper(thing)} = (${thing}) => ${thing} ${pick(['*', '/', '+'])} ${1 + below(9)};`,
    ],
  ];
  return `${pick(bodies)().join('\n')}\n`;
}

const upper = (word) => word[0].toUpperCase() + word.slice(1);

const paragraphs = readFileSync(story, 'utf8')
  .trim()
  .split(/\n{2,}/);
const texts = {
  opening: `${readFileSync(story, 'utf8').slice(0, 7298).trimEnd()}\n`,
  tale: `${paragraphs.map((paragraph) => paragraph.replaceAll('\n', ' ')).join('\n')}\n`,
  brackets: lines(brackets),
  sums: lines(sum),
  code: lines(code),
};
for (const [name, text] of Object.entries(texts)) writeFileSync(`${folder}${name}.txt`, text);
