// brain.js as a peer: brain.recurrent.RNN, one pattern a step through its own trainPattern. It knows no batches, so only B = 1 is
// asked of it. Its network is not quite the others': an embedding of C inputs before U, ReLU, and RMSProp with clipping instead of
// plain SGD (fixed in the library). A pattern of T − 1 characters makes T predictions with its START and END tokens.

import { texts } from './data.mjs';
import { load, serve, versionOf } from './protocol.mjs';

const brain = (await load('brain.js', () => import('brain.js'))).default;

function train({ B, T, H, C }) {
  if (B !== 1) throw new Error('brain.js has no batches');
  const characters = C - 1; // END is the class C − 1 others have as a character
  const size = { inputSize: characters, inputRange: characters, outputSize: characters };
  const net = new brain.recurrent.RNN({ hiddenLayers: [H], ...size });
  net.updateTrainingOptions({ learningRate: 0.0001 }); // RMSProp at 0.001 diverges here
  net.initialize();
  const ids = Array.from(texts({ T: T - 1, C: characters }).ids);
  // trainPattern returns 2^(bits / (length − 1)) / 100, the bits summed over the T predictions
  const step = () => (Math.log(100 * net.trainPattern(ids, true)) * (ids.length - 1)) / T;
  return { step, ownNetwork: true };
}

await serve({ versions: { 'brain.js': versionOf('brain.js') }, tasks: { train } });
