// The worker of Node: one of the threads of node/threads.ts, with a native BLAS where the main thread has one.

import { parentPort } from 'node:worker_threads';
import { serve } from '../engine/threads.ts';
import { openBlas } from './blas-library.ts';

serve(
  (take) => void parentPort!.on('message', take),
  (message) => parentPort!.postMessage(message),
  (path) => openBlas(path as string).gemm,
);
