// Runs that version 0.1 started and left in the middle: this version reads their checkpoints, and ends them in the bytes in which version 0.1
// ended the same runs when nothing stopped them. Each folder of test/golden/ holds the data, the stopped run and, in run.json, its options and
// the SHA-256 of the last files.

import { createHash } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withoutDigest } from '../../src/formats/digest.ts';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.ts';
import { jsonLines, root, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const remark = expect.stringMatching(
  /^unrolled: version 0\.1\.0 started this run, and this is version [\d.]+: its numbers may differ in the last digits\n$/,
);

describe.each(['text', 'words', 'label', 'classify', 'forecast'])('a run of version 0.1: %s', (name) => {
  const directory = join(folder, name);
  cpSync(join(root, 'test/golden', `checkpoint-0.1-${name}`), directory, { recursive: true });
  const { file, options, stoppedAfter, updates, sha256OfTheEnd } = JSON.parse(
    readFileSync(join(directory, 'run.json'), 'utf8'),
  );

  test('is resumed to the bytes of a run that was never stopped', async () => {
    cpSync(join(directory, 'stopped'), join(directory, 'resumed'), { recursive: true });
    const run = await unrolled(['train', file, '--out', 'resumed', '--resume', '--json'], directory);
    expect(run).toMatchObject({ code: 0, stderr: remark });
    const lines = jsonLines(run.stdout);
    expect(lines[0]).toMatchObject({ event: 'start', resumedAt: stoppedAfter, updates });
    expect(lines.at(-1)).toMatchObject({ event: 'done' });
    for (const [path, sum] of Object.entries(sha256OfTheEnd)) {
      let bytes: Uint8Array = readFileSync(join(directory, 'resumed', path));
      if (path === 'model.safetensors') {
        // version 0.1 wrote no digest into the metadata
        const { tensors, metadata } = readSafetensors(bytes, path);
        bytes = writeSafetensors(tensors, withoutDigest(metadata));
      }
      expect(createHash('sha256').update(bytes).digest('hex'), path).toBe(sum);
    }
  });

  test('takes its own options again, and refuses others', async () => {
    cpSync(join(directory, 'stopped'), join(directory, 'again'), { recursive: true });
    const again = ['train', file, '--out', 'again', '--resume', '--quiet', ...options];
    const other = await unrolled([...again, '--patience', '3'], directory);
    expect(other.stderr).toMatch(/^unrolled: --patience: expected --patience 0, as the run in again .*, got 3;.*\n$/);
    expect(other.code).toBe(2);
    expect(await unrolled(again, directory)).toMatchObject({ code: 0, stderr: remark, stdout: '' });
  });
});
