// The Worker: the one thread on which the engine computes. Here is only how messages come in and go out; what they do is in engine/host.ts.

import { Host } from './engine/host.ts';
import type { Reply, Request } from './protocol.ts';

/** What of a Worker's scope is used. */
interface Scope {
  postMessage(message: Reply, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}
const scope = globalThis as unknown as Scope;

/** The page takes the Worker for lost after 5 s without a sign of life. */
const beatEveryMs = 1000;

const channel = new MessageChannel();
const host = new Host({
  post: (reply, transfer = []) => scope.postMessage(reply, transfer),
  again(delay) {
    if (delay < 1) channel.port2.postMessage(null);
    else setTimeout(() => host.turn(), delay);
  },
  now: () => performance.now(),
});
channel.port1.onmessage = () => host.turn();
scope.onmessage = ({ data }) => host.handle(data);
scope.postMessage({ type: 'beat' });
setInterval(() => scope.postMessage({ type: 'beat' }), beatEveryMs);
