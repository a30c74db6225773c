// The live numbers of the text. {{loss}} in a chapter becomes <output data-live="loss">, which the page fills with a number of its engine and
// the unit given here, at the cursor's step, window and time. Until there is one, `words` stands there. A sentence with a slot is written
// in [[ ]]: it is a <span class="live">, left out of docs/explanation.md.

export interface Slot {
  readonly meaning: string;
  /** What the page writes behind the number, after a space; '' for none. */
  readonly unit: string;
  /** What stands there while there is no number. */
  readonly words: string;
}

export const slots: Readonly<Record<string, Slot>> = {
  characters: { meaning: 'Length of the text that is read.', unit: 'characters', words: 'some thousand characters' },
  vocabulary: {
    meaning: 'C, the number of different tokens of the text.',
    unit: 'different characters',
    words: 'a few dozen characters',
  },
  units: { meaning: 'H, the number of hidden units of a layer.', unit: 'units', words: 'a few dozen units' },
  parameters: { meaning: 'Number of all weights and biases.', unit: 'parameters', words: 'some thousand parameters' },
  window: { meaning: 'T, the number of steps of a window.', unit: 'steps', words: 'a few dozen steps' },
  updates: { meaning: 'n, the number of updates made so far.', unit: 'updates', words: 'no updates' },
  'learning-rate': { meaning: 'α, the learning rate of the next update.', unit: '', words: 'a small number' },
  loss: { meaning: 'Mean of L(t) over the last window that was trained on.', unit: 'nats', words: 'not measured yet' },
  'loss.held-out': { meaning: 'Mean of L(t) over the held-out text.', unit: 'nats', words: 'not measured yet' },
  'loss.guess': { meaning: 'ln C, the loss of a uniform guess.', unit: 'nats', words: 'the logarithm of C' },
  'loss.pairs': { meaning: 'Loss of a table of pairs counted in the text.', unit: 'nats', words: 'not counted yet' },
  'loss.here': { meaning: 'L(t) at the cursor.', unit: 'nats', words: 'not measured yet' },
  perplexity: { meaning: 'exp of the mean loss of the last window.', unit: '', words: 'not measured yet' },
  'state.norm': { meaning: '‖h(t)‖ at the cursor.', unit: '', words: 'not computed yet' },
  'state.saturated': {
    meaning: 'Share of the states of the window with |h| above 0.97.',
    unit: '%',
    words: 'not counted yet',
  },
  'target.probability': {
    meaning: 'ŷ(t)[y(t)] at the cursor: what the right token was given.',
    unit: '%',
    words: 'not computed yet',
  },
  'gradient.norm': {
    meaning: 'Norm of the whole gradient of the last update, before clipping.',
    unit: '',
    words: 'not measured yet',
  },
  'gradient.last': { meaning: '‖∂L/∂h(k)‖ at the last step of the window.', unit: '', words: 'not measured yet' },
  'gradient.first': { meaning: '‖∂L/∂h(k)‖ at the first step of the window.', unit: '', words: 'not measured yet' },
  'gradient.factor': {
    meaning: 'Factor by which one error grows or shrinks with each step back, fitted over the window.',
    unit: '',
    words: 'not measured yet',
  },
  'gradient.half-life': {
    meaning: 'Steps back after which one error has halved, from the same fit.',
    unit: 'steps',
    words: 'not measured yet',
  },
  'spectral-radius': {
    meaning: 'Largest absolute eigenvalue of W of the first layer.',
    unit: '',
    words: 'not computed yet',
  },
  'clip.threshold': { meaning: 'Norm to which the gradient is clipped.', unit: '', words: 'not set' },
  'clip.share': { meaning: 'Share of the last 100 updates that were clipped.', unit: '%', words: 'not counted yet' },
  temperature: { meaning: 'Temperature of the sampling.', unit: '', words: 'not set' },
};
