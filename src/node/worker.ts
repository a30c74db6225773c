// The script of a worker in Node: it is one of the threads of node/threads.ts, and opens the native BLAS that the main thread has.

import { parentPort } from 'node:worker_threads';
import { serve } from '../engine/threads.ts';
import { loadBlas } from './blas-library.ts';

serve(
  (take) => void parentPort!.on('message', take),
  (message) => parentPort!.postMessage(message),
  (path) => loadBlas(path as string).gemm,
);
