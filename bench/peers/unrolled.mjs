// This library in a process of its own, like its peers, so that all are measured in the same way.
//
// usage: node unrolled.mjs [THREADS] [blas]

import { library, openEvaluation, openSampling, openTraining } from '../unrolled.mjs';
import { giveUp, serve } from './protocol.mjs';

const threads = Number(process.argv[2] ?? 1);
const blas = process.argv[3] === 'blas';
const { openBlas } = await library().catch((error) => giveUp(error.message));
try {
  if (blas) openBlas();
} catch (error) {
  giveUp(error.message);
}

const train = async (sizes) => {
  const { step, about, mib, close } = await openTraining(sizes, { threads, blas });
  return { step, about, workspaceMiB: mib, close };
};
await serve({ versions: {}, threads, tasks: { train, sample: openSampling, evaluate: openEvaluation } });
