// The live numbers of the text. {{loss}} in a chapter becomes <output data-live="loss">, which the page fills with a number of its engine and
// its unit, at the cursor's step, window and time (state/live.ts). Until there is one, the words of build/words/ stand there. A sentence with a slot is
// written in [[ ]]: it is a <span class="live">, left out of docs/explanation.md.

/** What each of them means. */
export const slots = {
  characters: 'Length of the text that is read.',
  vocabulary: 'C, the number of different tokens of the text.',
  units: 'H, the number of hidden units of a layer.',
  parameters: 'Number of all weights and biases.',
  window: 'T, the number of steps of a window.',
  updates: 'n, the number of updates made so far.',
  'learning-rate': 'α, the learning rate of the next update.',
  loss: 'Mean of L(t) over the last window that was trained on.',
  'loss.held-out': 'Mean of L(t) over the held-out text.',
  'loss.guess': 'ln C, the loss of a uniform guess.',
  'loss.pairs': 'Loss of a table of pairs counted in the text.',
  'loss.here': 'L(t) at the cursor.',
  perplexity: 'exp of the mean loss of the last window.',
  'state.norm': '‖h(t)‖ at the cursor.',
  'state.saturated': 'Share of the states of the window with |h| above 0.97.',
  'target.probability': 'ŷ(t)[y(t)] at the cursor: what the right token was given.',
  'gradient.norm': 'Norm of the whole gradient of the last update, before clipping.',
  'gradient.last': '‖∂L/∂h(k)‖ at the last step of the window.',
  'gradient.first': '‖∂L/∂h(k)‖ at the first step of the window.',
  'gradient.factor': 'Factor by which one error grows or shrinks with each step back, fitted over the window.',
  'gradient.half-life': 'Steps back after which one error has halved, from the same fit.',
  'spectral-radius': 'Largest absolute eigenvalue of W of the first layer.',
  'clip.threshold': 'Norm to which the gradient is clipped.',
  'clip.share': 'Share of the last 100 updates that were clipped.',
  temperature: 'Temperature of the sampling.',
} as const;

export type SlotName = keyof typeof slots;
