// The tour: eight short chapters for someone who would rather do than read. Each is a state of the page (keys of its address, see `state`), a text
// of at most 60 words, one task, and the name of the check that sees for itself when the task is done. `checks` says what each must observe;
// ui/guide/checks.ts does. Views have the names of the chapters, and t counts from 1, as in the text.

export const checks = {
  'state-explained': 'one entry of a state h(t) is open in the inspector',
  'rolled-and-unrolled': 'the network was rolled up into one cell, and unrolled again',
  'surprise-found': 'the cursor is at a step whose L(t) is the largest of the window',
  'output-step-back': 'the debugger went backward, operation by operation, from ∇o(T) to ∇a(T)',
  'largest-weight-gradient': 'the entry of ∇W with the largest size is open in the inspector',
  'gradient-vanished':
    'the gradient of the last loss is at the start of the window below a thousandth of what it is at its end',
  'explosion-clipped':
    'an update had a gradient norm above 100 or not finite while nothing was clipped, and a later one was clipped',
  'gates-compared':
    'two networks of the same seed and text, one with gates and one without, are trained for 300 steps, and their decay lines are on the screen',
} as const;

export type CheckName = keyof typeof checks;

export interface TourChapter {
  readonly id: string;
  readonly title: string;
  /** The keys of the page's address that the chapter begins with. */
  readonly state: string;
  /** At most 60 words. */
  readonly text: string;
  readonly task: string;
  readonly check: CheckName;
  /** The chapter of the explanation that says more. */
  readonly more: string;
}

/** The link of a chapter, whose number counts from 1. */
export const linkOfChapter = (number: number): string => `#v=1&${tour[number - 1].state}&tour=${number}`;

export const tour: readonly TourChapter[] = [
  {
    id: 'state',
    title: 'What is h?',
    state: 'view=unrolled&preset=hand&t=2',
    text: 'The network reads one letter at a time. What it keeps of everything it has read is a short list of numbers, its hidden state h. Here it has two. Blue is negative, orange is positive. Every colored cell on this page is such a number, and each can tell you where it comes from.',
    task: 'Choose a cell of h in the picture, by a tap or with the arrow keys and Enter, to have it explained.',
    check: 'state-explained',
    more: 'what',
  },
  {
    id: 'unroll',
    title: 'Unroll',
    state: 'view=unrolled&preset=hand',
    text: 'The network is one box with a loop: its state goes back in at the next step. Drawn step by step, the loop becomes a row. The row looks like many boxes with many weights. But they are the same weights, used again and again.',
    task: 'Roll the row up into one box (Roll up, or the key U). Then unroll it again.',
    check: 'rolled-and-unrolled',
    more: 'unroll',
  },
  {
    id: 'loss',
    title: 'The loss',
    state: 'view=unrolled&preset=default&T=16&n=300&w=4',
    text: 'This network has practiced for 300 steps. Before each letter it gives every possible one a chance. The loss L(t) is minus the logarithm of the chance that the right one got. Sure and right costs nothing. Sure and wrong costs a lot. Training makes the sum of these small.',
    task: 'Find the step t of this window at which the network was most surprised: choose the column with the largest L(t).',
    check: 'surprise-found',
    more: 'loss',
  },
  {
    id: 'backward',
    title: 'Backward through one step',
    state: 'view=debugger&preset=hand&t=4&o=do&dir=bwd',
    text: 'Now we ask which numbers caused the error. The gradient of the scores o is simply the guess minus the truth. It goes back through V to the state h, and through the slope of tanh to the sum a before it. Each operation of the forward pass has its answer on the way back.',
    task: 'Go on with → until you are at ∇a(4), the gradient of that sum. Look at each operation on the way.',
    check: 'output-step-back',
    more: 'backward',
  },
  {
    id: 'through-time',
    title: 'Back through time',
    state: 'view=debugger&preset=hand&t=4&o=da&dir=bwd',
    text: 'A state made its own guess, and it made the next state. So its gradient has two parts: one from its output, and one from the future, through W. Step by step the error walks back to the first letter. On its way it adds to the gradients of the same U, V and W.',
    task: 'Walk back past t = 1 to ∇W. Which of its four entries is the largest in size? Have that one explained.',
    check: 'largest-weight-gradient',
    more: 'through-time',
  },
  {
    id: 'vanishing',
    title: 'Vanishing',
    state: 'view=gradients&preset=default',
    text: 'Each step back multiplies the gradient by W and by a slope. If both make it smaller, little is left after ten steps, and nothing after fifty. The network then cannot learn from what is far away. The boldest line shows how fast the last error fades in the network you see.',
    task: 'Make it vanish: move “Scale of W, what if” to the left until the line falls below a thousandth of its right end.',
    check: 'gradient-vanished',
    more: 'vanishing',
  },
  {
    id: 'exploding',
    title: 'Exploding, and clipping',
    state: 'view=gradients&preset=explode',
    text: 'With a large W the product grows instead. One update can then throw the weights far away, and the loss with them. Clipping measures the whole gradient, and shortens it when it is too long. Its direction stays.',
    task: 'Press Train and let it explode. Then undo, choose “clip at 5” under Experiment, and train on.',
    check: 'explosion-clipped',
    more: 'exploding',
  },
  {
    id: 'gates',
    title: 'Gates',
    state: 'view=gradients&preset=gru-vs-rnn',
    text: 'A GRU mixes its old state with a new candidate, instead of rewriting it. A gate, a number between 0 and 1, says for each unit how much of the old state stays. Where it is near 1, the gradient passes back almost unchanged, so errors reach causes that are far back.',
    task: 'Train for 300 steps or more, then pause: the plain RNN is then trained as far. Compare the two lines.',
    check: 'gates-compared',
    more: 'gates',
  },
];
