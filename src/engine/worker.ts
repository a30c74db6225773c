// The worker of a browser: one of the threads of web-threads.ts.

import { serve } from './threads.ts';

serve(
  (take) => {
    globalThis.onmessage = ({ data }) => take(data);
  },
  (message) => globalThis.postMessage(message),
);
