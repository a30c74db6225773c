// The script of a browser's worker: one of the threads of web-threads.ts.

import { serve } from './threads.ts';

serve(
  (take) => {
    globalThis.onmessage = ({ data }) => take(data);
  },
  (message) => globalThis.postMessage(message),
);
