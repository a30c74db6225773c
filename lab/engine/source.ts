// The windows of a text, one after the other, as the library's own source gives them; and, with `carriesState` off, windows that each begin
// with the state zero.

import { type BatchSource, copyWindow, type Streams, windowCount } from '../../src/index.ts';

export function textSource(streams: Streams, bptt: number, carriesState: boolean): BatchSource {
  const longest = Math.min(bptt, streams.length - 1);
  return {
    batchSize: streams.batchSize,
    bptt: longest,
    shortSteps: [(streams.length - 1) % longest || longest],
    padded: false,
    carriesState,
    batches: windowCount(streams, longest),
    write(net, _, index) {
      const steps = copyWindow(streams, index * longest, longest, net.tokens, net.targets);
      const predictions = steps * streams.batchSize;
      net.weights.fill(1 / predictions);
      return { steps, predictions };
    },
  };
}
