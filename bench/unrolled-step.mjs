// This library as a contestant of bench/run.mjs: one training step of the same kind as the peers' (forward, BPTT, plain SGD at 0.01,
// mean cross-entropy; one-hot input, or an embedding of size H), on one thread.
//
// STUB: the body is to be filled when the library can train. Until then openCase rejects with code 'NOT_BUILT' and the driver prints
// "not built". Keep that code for a checkout where dist/ is missing.

/**
 * openCase({ B, T, H, C, embedding }) resolves to { step(), close?(), about? }: step() trains one window [T, B] of fixed random ids
 * from a zero state and returns the mean cross-entropy in nats before the update; about is a word on the backend for the report.
 */
export async function openCase(_sizes) {
  throw Object.assign(new Error('not built'), { code: 'NOT_BUILT' });
}
