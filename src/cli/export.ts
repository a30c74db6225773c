// `unrolled export`: a model for others to run: a folder for PyTorch with its twin, an ONNX file, or a folder for the Hugging Face Hub.
// It is written whole or not at all, and replaces nothing.

import { dirname, join } from 'node:path';
import { quoted, UnrolledError } from '../errors.ts';
import { parseConfig } from '../formats/config.ts';
import { modelCard, scoresOf } from '../formats/model-card.ts';
import { packForOthers } from '../formats/model-folder.ts';
import { removeLeftovers, writeFileAtomicallySync } from '../node/atomic-file.ts';
import { expectFree, loadModel, saveFiles, settleFolder } from '../node/model-folder.ts';
import { readTextIfThere } from '../node/replacement.ts';
import { codeOf } from '../node/system-errors.ts';
import { readTwin, twinName } from '../node/twin.ts';
import { cardOf } from '../tasks/kinds.ts';
import type { exportOptions } from './option-tables.ts';
import type { RequestOf } from './options.ts';
import { print } from './output.ts';
import { undisturbed } from './signals.ts';
import { byteSize } from './text.ts';

export async function runExport(request: RequestOf<typeof exportOptions>): Promise<number> {
  const [directory] = request.operands;
  const { out, to, license } = request.values;
  if (license !== undefined) expectLicense(license);
  expectFree(out, '--out');
  if (to === 'onnx') return await exportOnnx(directory, out);
  const model = loadModel(directory);
  const files = new Map([[twinName, readTwin()]]);
  const utf8 = new TextEncoder();
  if (to === 'huggingface') {
    const metrics = readTextIfThere(join(directory, 'metrics.jsonl')) ?? '';
    files.set('README.md', utf8.encode(modelCard(model, { scores: scoresOf(metrics), use: cardOf(model), license })));
  }
  for (const [name, bytes] of packForOthers(model)) files.set(name, bytes);
  await undisturbed(() => saveFiles(out, files));
  for (const [name, { length }] of files) print(`${join(out, name)}  ${byteSize(length)}`);
  return 0;
}

/** Throws unless a text can be the name of a license at the Hub, as mit, apache-2.0 and cc-by-4.0 are. */
function expectLicense(name: string): void {
  if (!/^[a-z0-9]+([.+-][a-z0-9]+)*$/.test(name))
    throw new UnrolledError(
      `--license: expected the name of a license at the Hugging Face Hub, such as mit, apache-2.0 or other, got ${quoted(name)}`,
    );
}

async function exportOnnx(directory: string, out: string): Promise<number> {
  const { packOnnx } = await import('../formats/onnx/export-onnx.ts');
  // the config alone says how large the file would be, before the weights are read
  const path = join(directory, 'config.json');
  settleFolder(directory);
  const text = readTextIfThere(path);
  if (text !== undefined) packOnnx({ config: parseConfig(text, path), parameters: new Float32Array(0) });
  const { size, chunks } = packOnnx(loadModel(directory));
  await undisturbed(() => {
    removeLeftovers(dirname(out));
    try {
      writeFileAtomicallySync(out, chunks, { replace: false });
    } catch (error) {
      if (codeOf((error as Error).cause) === 'EEXIST') expectFree(out, '--out'); // another command has taken the name meanwhile
      throw error;
    }
  });
  print(`${out}  ${byteSize(size)}`);
  return 0;
}
