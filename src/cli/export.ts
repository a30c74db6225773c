// `unrolled export`: a model for others to run: a folder for PyTorch with its twin, an ONNX file, or a folder for the Hugging Face Hub.
// It is written whole or not at all, and replaces nothing.

import { dirname, join } from 'node:path';
import { quoted, UnrolledError } from '../errors.ts';
import { parseConfig } from '../formats/config.ts';
import { modelCard, scoresOf } from '../formats/model-card.ts';
import { packForOthers, unpackModel } from '../formats/model-folder.ts';
import { removeLeftovers, writeFileAtomicallySync } from '../node/atomic-file.ts';
import { locateModel } from '../node/built-in.ts';
import { expectFree, saveFiles, settleFolder } from '../node/model-folder.ts';
import { readTextIfThere } from '../node/replacement.ts';
import { codeOf } from '../node/system-errors.ts';
import { readTwin, twinName } from '../node/twin.ts';
import { cardOf } from '../tasks/kinds.ts';
import { exportOptions } from './option-tables.ts';
import { expectNeeds, type RequestOf, rowsOf } from './options.ts';
import { print } from './output.ts';
import { cardRows, type Measured, measure, printReport } from './precision-report.ts';
import { undisturbed } from './signals.ts';
import { loadAny } from './task-model.ts';
import { byteSize } from './text.ts';

type ExportRequest = RequestOf<typeof exportOptions>;

export async function runExport(request: ExportRequest): Promise<number> {
  const { out, to, license } = request.values;
  expectNeeds(rowsOf(exportOptions), request.given, request.values);
  if (license !== undefined) expectLicense(license);
  expectFree(out, '--out');
  return to === 'onnx' ? await exportOnnx(request) : await exportFolder(request);
}

/** Writes the folder for PyTorch, or with a card for the Hub. */
async function exportFolder({ operands: [directory], values }: ExportRequest): Promise<number> {
  const { out, to, license, measure: file } = values;
  const { model, task } = loadAny(directory);
  const precision = values.precision === 'float16' ? 'float16' : 'float32'; // int8 is for ONNX only
  const packed = packForOthers(model, precision);
  const rounded = precision === 'float32' ? model : unpackModel(packed, out);
  const measured =
    precision === 'float32' ? undefined : measure(directory, { own: model, rounded, task }, precision, file);
  const files = new Map([[twinName, readTwin()]]);
  if (to === 'huggingface') {
    const scores = scoresOf(readTextIfThere(join(locateModel(directory), 'metrics.jsonl')) ?? '');
    const card = modelCard(model, { scores, use: cardOf(model), license, precision, measured: cardRows(measured) });
    files.set('README.md', new TextEncoder().encode(card));
  }
  for (const [name, bytes] of packed) files.set(name, bytes);
  await undisturbed(() => saveFiles(out, files));
  for (const [name, { length }] of files) print(`${join(out, name)}  ${byteSize(length)}`);
  if (precision !== 'float32') {
    const name = 'model.safetensors';
    const sizes = { float32: packForOthers(model).get(name)!.length, rounded: packed.get(name)!.length };
    printReport(precision, sizes, measured);
  }
  return 0;
}

/** Throws unless a text can be the name of a license at the Hub, as mit, apache-2.0 and cc-by-4.0 are. */
function expectLicense(name: string): void {
  if (!/^[a-z0-9]+([.+-][a-z0-9]+)*$/.test(name))
    throw new UnrolledError(
      `--license: expected the name of a license at the Hugging Face Hub, such as mit, apache-2.0 or other, got ${quoted(name)}`,
    );
}

async function exportOnnx({ operands: [directory], values }: ExportRequest): Promise<number> {
  const { packOnnx } = await import('../formats/onnx/export-onnx.ts');
  const { out, precision, measure: file } = values;
  // the config alone says how large the file would be, before the weights are read
  const place = locateModel(directory);
  const path = join(place, 'config.json');
  settleFolder(place);
  const text = readTextIfThere(path);
  if (text !== undefined) packOnnx({ config: parseConfig(text, path), parameters: new Float32Array(0) }, { precision });
  const { model, task } = loadAny(directory);
  let measured: Measured | undefined;
  if (precision !== 'float32') {
    const { importOnnx } = await import('../formats/onnx/import-onnx.ts');
    const rounded = importOnnx(joined(packOnnx(model, { precision })), { where: out }); // what is in the file
    measured = measure(directory, { own: model, rounded, task }, precision, file);
  }
  const facts = { weights: precision, ...(measured && { measured }) };
  const metadata = precision === 'float32' ? undefined : { precision: JSON.stringify(facts) };
  const { size, chunks } = packOnnx(model, { precision, metadata });
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
  if (precision !== 'float32') printReport(precision, { float32: packOnnx(model).size, rounded: size }, measured);
  return 0;
}

/** The chunks of a file in one piece. */
function joined({ size, chunks }: { readonly size: number; readonly chunks: Iterable<Uint8Array> }): Uint8Array {
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}
