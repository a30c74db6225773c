// A record can be stopped and gone on with: what its log has is not measured again, and what it lacks is added.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unrolled-records-'));
afterAll(() => rmSync(folder, { recursive: true }));

const record = (...args: string[]) =>
  execFileSync(process.execPath, ['bench/records.mjs', ...args], { cwd: root, encoding: 'utf8' });
const linesOf = (path: string) => readFileSync(path, 'utf8').trim().split('\n');

test('a record of several seeds trains each once, and measures what its log lacks', () => {
  const data = join(folder, 'towns.csv');
  const towns = readFileSync(join(root, 'examples/data/towns.csv'), 'utf8').trim().split('\n');
  writeFileSync(data, towns.filter((_, i) => i === 0 || i % 8 === 0).join('\n'));
  const out = join(folder, 'names');
  const said = record('names', data, out);
  const log = join(out, 'names.log');
  const models = () =>
    readdirSync(join(out, 'names')).map((name) => [
      name,
      statSync(join(out, 'names', name, 'model.safetensors')).mtimeMs,
    ]);
  const [lines, trained] = [linesOf(log), models()];
  const seeds = trained.length;
  const figures = lines.map((line) => JSON.parse(line));
  expect(figures.map(({ figure }) => figure)).toEqual([...trained.map((_, i) => `seed ${i + 1}`), `mean of ${seeds}`]);
  for (const { accuracy } of figures) expect(accuracy).toBeGreaterThanOrEqual(0);

  expect(record('names', data, out)).toBe(said);
  expect(linesOf(log)).toEqual(lines);

  const kept = lines.slice(0, -1).map((line) => line.replace(/"seconds":\d+/, '"seconds":12345'));
  writeFileSync(log, `${kept.join('\n')}\n`);
  expect(record('names', data, out).match(/12345 s/g)).toHaveLength(seeds);
  const again = linesOf(log).map((line) => JSON.parse(line));
  const measured = ({ figure, accuracy }: { figure: string; accuracy: number }) => ({ figure, accuracy });
  expect(again.map(measured)).toEqual(figures.map(measured));
  expect(models()).toEqual(trained);
});

test('a record of a text trains once, and measures each reader', () => {
  const text = join(folder, 'text.txt');
  writeFileSync(text, readFileSync(join(root, 'texts/the-clockmakers-river.txt'), 'utf8').slice(0, 600));
  const out = join(folder, 'text');
  const said = record('tinyshakespeare', text, out);
  const log = join(out, 'tinyshakespeare.log');
  const lines = linesOf(log);
  expect(lines.map((line) => JSON.parse(line).figure)).toEqual(['alone', 'dynamic evaluation']);
  expect(said).toMatch(/^alone +nll \d\.\d{4} {2}perplexity \d+\.\d{4} {2}\d+ s$/m);
  const last = said.trim().split('\n').slice(-2);
  expect(record('tinyshakespeare', text, out).trim().split('\n').slice(-2)).toEqual(last);
  expect(linesOf(log)).toEqual(lines);
});

test('an unknown record, and one without its data, are refused', () => {
  const refused = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, ['bench/records.mjs', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    return [status, stderr];
  };
  expect(refused('toString', 'a', 'b')).toEqual([
    2,
    expect.stringMatching(/^records: expected one of .*, got toString a b\n$/),
  ]);
  expect(refused('names')).toEqual([2, 'records: expected DATA and OUT, got names\n']);
  const lacking = join(folder, 'mean', 'sotu-gru');
  expect(refused('sotu-mean', 'a', join(folder, 'mean'))).toEqual([
    2,
    `records: expected ${lacking}, got none; make the record sotu-gru first\n`,
  ]);
});
