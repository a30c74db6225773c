// The tour: eight short chapters for someone who would rather do than read. Each is a state of the page (keys of its address, see `state`), a text
// of at most 60 words, one task, and the name of the check that sees for itself when the task is done. `checks` says what each must observe; the
// page implements them, and shows the next chapter when one holds. Views have the names of the chapters, and t counts from 1, as in the text.

export const checks = {
  'state-explained': 'one entry of a state h(t) is open in the inspector',
  'rolled-and-unrolled': 'the network was unrolled and rolled up again since the chapter began',
  'surprise-found': 'the cursor is at a step whose L(t) is the largest of the window',
  'output-step-back': 'the debugger went backward from ∇o(t) to ∇a(t) at the last step of the window',
  'first-step-reached': 'the debugger went backward from the last step of the window to the first',
  'gradient-vanished': '‖∂L(τ)/∂h(k)‖ at the start of the window is below a thousandth of its value at the end',
  'explosion-clipped': 'an update had a gradient norm above 100 or not finite, and a later one was clipped',
  'gates-compared':
    'two runs of the same seed and text, one with gates and one without, have their decay lines on the screen',
} as const;

export interface TourChapter {
  readonly id: string;
  readonly title: string;
  /** The keys of the page's address that the chapter begins with. */
  readonly state: string;
  /** At most 60 words. */
  readonly text: string;
  readonly task: string;
  readonly check: keyof typeof checks;
  /** The chapter of the explanation that says more. */
  readonly more: string;
}

export const tour: readonly TourChapter[] = [
  {
    id: 'state',
    title: 'What is h?',
    state: 'view=unrolled&preset=hand&t=2',
    text: 'The network reads one character at a time. What it keeps of everything it has read is a short list of numbers, its hidden state h. Here it has two. Blue is negative, orange is positive. Every colored cell on this page is such a number, and every number can be asked where it comes from.',
    task: 'Select a cell of h and press Enter to have it explained.',
    check: 'state-explained',
    more: 'what',
  },
  {
    id: 'unroll',
    title: 'Unroll',
    state: 'view=unrolled&preset=hand',
    text: 'The network is one box with a loop: its state goes back in at the next step. Drawn step by step, the loop becomes a row. The row looks like many boxes with many weights. But they are the same weights, used again and again.',
    task: 'Unroll the network with U. Point at W, then roll it up again.',
    check: 'rolled-and-unrolled',
    more: 'unroll',
  },
  {
    id: 'loss',
    title: 'The loss',
    state: 'view=train&preset=default',
    text: 'After each character the network gives every possible next one a chance. The loss is minus the logarithm of the chance that the right one got. Sure and right costs nothing. Sure and wrong costs a lot. Training makes this number small.',
    task: 'Find the character of this window that surprised the network most, and put the cursor on it.',
    check: 'surprise-found',
    more: 'loss',
  },
  {
    id: 'backward',
    title: 'Backward through one step',
    state: 'view=debugger&preset=hand&t=4&o=do',
    text: 'Now we ask who is to blame. The gradient of the scores is simply the guess minus the truth. It goes back through V to the state, and through the slope of tanh to the sum before it. Each operation of the forward pass has its answer on the way back.',
    task: 'Step backward through the last step, from do to da.',
    check: 'output-step-back',
    more: 'backward',
  },
  {
    id: 'through-time',
    title: 'Back through time',
    state: 'view=debugger&preset=hand&t=4&o=da',
    text: 'A state made its own guess, and it made the next state. So its gradient has two parts: one from its output, and one from the future, through W. Step by step the error walks back to the first character. On its way it adds to the gradient of the same three matrices.',
    task: 'Go on backward until you reach the first step.',
    check: 'first-step-reached',
    more: 'through-time',
  },
  {
    id: 'vanishing',
    title: 'Vanishing',
    state: 'view=gradients&preset=default',
    text: 'Each step back multiplies the gradient by W and by a slope. If both make it smaller, little is left after ten steps, and nothing after fifty. The network then cannot learn from what is far away. The line shows how fast this happens in the network you see.',
    task: 'Make the gradient vanish: pull the gain of W down until the line falls below a thousandth.',
    check: 'gradient-vanished',
    more: 'vanishing',
  },
  {
    id: 'exploding',
    title: 'Exploding, and clipping',
    state: 'view=gradients&preset=explode',
    text: 'With a large W the product grows instead. One update can then throw the weights far away, and the loss with them. Clipping measures the whole gradient, and shortens it when it is too long. Its direction stays.',
    task: 'Make it explode. Then undo, turn clipping on, and train on.',
    check: 'explosion-clipped',
    more: 'exploding',
  },
  {
    id: 'gates',
    title: 'Gates',
    state: 'view=gradients&preset=gru-vs-rnn',
    text: 'A GRU mixes its old state with a new candidate, instead of rewriting it. A gate, a number between 0 and 1, says for each unit how much of the old state stays. Where it is near 1, the gradient passes back almost unchanged, so errors reach causes that are far back.',
    task: 'Train both networks for a while, then compare their decay lines.',
    check: 'gates-compared',
    more: 'gates',
  },
];
