// The entry point for Node: everything that `unrolled` exports, and the reading and writing of files. Importing it lets Node 20 use relaxed SIMD.

import './node/relaxed-simd.ts';
import './node/wide-simd.ts';

export { formatTable } from './data/csv.ts';
export * from './index.ts';
export { blasBackend } from './node/blas-backend.ts';
export type { BlasLibrary } from './node/blas-library.ts';
export { openBlas } from './node/blas-search.ts';
export { loadModel, saveModel } from './node/model-folder.ts';
export { type MpiGroup, type MpiOptions, openMpi } from './node/mpi-group.ts';
export { readClassWeights } from './node/read-class-weights.ts';
export { readClasses, readLabeled, readSentences, readTable } from './node/read-examples.ts';
export { type RecordingFilesOptions, readRecordings } from './node/read-recordings.ts';
export { encodeFiles, learnFromFiles, readText, readTokens, type TextSource } from './node/read-text.ts';
export { openThreads } from './node/threads.ts';
