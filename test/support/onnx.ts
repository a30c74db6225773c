// Runs ONNX files in ONNX Runtime's WebAssembly, one thread.

import * as ort from 'onnxruntime-web/wasm';
import type { OnnxFile } from '../../src/formats/onnx/export-onnx.ts';
import { directionsOf, type ModelConfig } from '../../src/network/config.ts';
import type { Asked } from './logits.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** The chunks of a file in one piece. */
export function joined({ size, chunks }: OnnxFile): Uint8Array {
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  if (end !== size) throw new Error(`expected ${size} bytes, got ${end}`);
  return bytes;
}

export type Run = (
  feeds: Record<string, ort.Tensor>,
) => Promise<Record<string, { dims: readonly number[]; data: Float32Array }>>;

export async function session(bytes: Uint8Array): Promise<{ inputs: readonly string[]; run: Run }> {
  const opened = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const run: Run = async (feeds) =>
    Object.fromEntries(
      Object.entries(await opened.run(feeds)).map(([name, { dims, data }]) => [
        name,
        { dims, data: data as Float32Array },
      ]),
    );
  return { inputs: opened.inputNames, run };
}

const float = (values: ArrayLike<number>, shape: readonly number[]): ort.Tensor =>
  new ort.Tensor('float32', Float32Array.from(values), shape);

/** The inputs of a window. */
export function feedsOf(config: ModelConfig, { steps, batch, x, lengths, states }: Asked): Record<string, ort.Tensor> {
  const feeds: Record<string, ort.Tensor> = {};
  const { inputSize, symbols } = config;
  if (inputSize !== null) feeds.input = float(x, [steps, batch, inputSize]);
  else {
    const shape = symbols > 1 ? [symbols, steps, batch] : [steps, batch];
    feeds.tokens = new ort.Tensor('int64', BigInt64Array.from(x, BigInt), shape);
  }
  const shape = [config.numLayers * directionsOf(config), batch, config.hiddenSize];
  const zeros = new Array(shape[0] * shape[1] * shape[2]).fill(0);
  feeds.state_in = float(states?.state ?? zeros, shape);
  if (config.cell === 'lstm') feeds.cell_in = float(states?.cell ?? zeros, shape);
  if (config.bidirectional || config.pooling !== 'none')
    feeds.lengths = new ort.Tensor('int32', Int32Array.from(lengths ?? new Array(batch).fill(steps)), [batch]);
  return feeds;
}
