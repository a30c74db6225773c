// Preloaded into a run and its workers (node --require): ends or stops a worker in the middle of an update, in the way that END_WORKER names. With
// END_WORKER_AT=3 that is where the worker arrives at a barrier for the third time.

const threads = require('node:worker_threads');
const { syncBuiltinESMExports } = require('node:module');

const how = process.env.END_WORKER;
const at = Number(process.env.END_WORKER_AT);
/** The word in which src/engine/rendezvous.ts counts the threads that have arrived. */
const arrived = 2;

if (threads.isMainThread) {
  const { Worker } = threads;
  const resourceLimits = how === 'memory' ? { maxOldGenerationSizeMb: 30 } : {};
  threads.Worker = class extends Worker {
    constructor(script, options) {
      super(script, { ...options, resourceLimits });
      if (how === 'terminate') this.once('message', () => setTimeout(() => this.terminate(), 100));
    }
  };
  syncBuiltinESMExports();
} else {
  const { add } = Atomics;
  let arrivals = 0;
  Atomics.add = (words, index, value) => {
    if (index === arrived && ++arrivals === at) end();
    return add(words, index, value);
  };
}

function end() {
  if (how === 'exit') process.exit(0);
  if (how === 'throw') throw new Error('made up');
  if (how === 'hang') for (;;);
  if (how === 'memory') for (const held = []; ; ) held.push(new Array(1000).fill(1));
}
