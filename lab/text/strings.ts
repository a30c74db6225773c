// The words of the tour (tour.ts) and of the gallery (gallery.ts). A chapter of the tour has at most 60 words; every claim of the gallery is tested.

import { catalogue } from '../language.ts';

export const guidedStrings = catalogue('text', {
  tour: {
    state: {
      title: 'What is h?',
      text: 'The network reads one letter at a time. What it keeps of everything it has read is a short list of numbers, its hidden state h. Here it has two. Blue is negative, orange is positive. Every colored cell on this page is such a number, and each can tell you where it comes from.',
      task: 'Choose a cell of h, in the left half of a box of the picture: by a tap, or with the arrow keys and Enter.',
    },
    unroll: {
      title: 'Unroll',
      text: 'The network is one box with a loop: its state goes back in at the next step. Drawn step by step, the loop becomes a row. The row looks like many boxes with many weights. But they are the same weights, used again and again.',
      task: 'Roll the row up into one box (Roll up, or the key U). Then unroll it again.',
    },
    loss: {
      title: 'The loss',
      text: 'This network has practiced for 300 steps. Before each letter it gives every possible one a chance. The loss L(t) is minus the logarithm of the chance that the right one got. Sure and right costs nothing. Sure and wrong costs a lot. Training makes the sum of these small.',
      task: 'Find the step t of this window at which the network was most surprised: choose the column with the largest L(t).',
    },
    backward: {
      title: 'Backward through one step',
      text: 'Now we ask which numbers caused the error. The gradient of the scores o is simply the guess minus the truth. It goes back through V to the state h, and through the slope of tanh to the sum a before it. Each operation of the forward pass has its answer on the way back.',
      task: 'Go on with → until you are at ∇a(4), the gradient of that sum. Look at each operation on the way.',
    },
    'through-time': {
      title: 'Back through time',
      text: 'A state made its own guess, and it made the next state. So its gradient has two parts: one from its output, and one from the future, through W. Step by step the error walks back to the first letter. On its way it adds to the gradients of the same U, V and W.',
      task: 'Walk back past t = 1 to ∇W. Which of its four entries is the largest in size? Have that one explained.',
    },
    vanishing: {
      title: 'Vanishing',
      text: 'Each step back multiplies the gradient by W and by a slope. If both make it smaller, little is left after ten steps, and nothing after fifty. The network then cannot learn from what is far away. The boldest line shows how fast the last error fades in the network you see.',
      task: 'Make it vanish: move “Scale of W, what if” to the left until the line falls below a thousandth of its right end.',
    },
    exploding: {
      title: 'Exploding, and clipping',
      text: 'With a large W the product grows instead. One update can then throw the weights far away, and the loss with them. Clipping measures the whole gradient, and shortens it when it is too long. Its direction stays.',
      task: 'Press Train and let it explode. Then undo, choose “clip at 5” under Experiment, and train on.',
    },
    gates: {
      title: 'Gates',
      text: 'A GRU mixes its old state with a new candidate, instead of rewriting it. A gate, a number between 0 and 1, says for each unit how much of the old state stays. Where it is near 1, the gradient passes back almost unchanged, so errors reach causes that are far back.',
      task: 'Train for 300 steps or more, then pause: the plain RNN is then trained as far. Compare the two lines.',
    },
  },
  gallery: {
    counting: {
      title: 'Counting',
      task: 'Each line has some a and then as many b. To know where the line ends, the network must count.',
      lookFor: [
        'Nobody can know how many a will come. But once the first b is there, all that follows is certain: after as many b as there were a, the end of the line has a probability above 90 %.',
        'Look at unit 10 of the state in the picture: it goes up with each a and down with each b. The network has built itself a counter.',
      ],
    },
    parity: {
      title: 'Even or odd',
      task: 'Digits 0 and 1 are drawn at random. After each stands e if there were an even number of 1 so far in the line, and o if it was odd.',
      lookFor: [
        'The digits are a toss-up, and the network gives each about one half. The letter after each is certain, although it depends on all digits of the line: one bit of memory is enough.',
        'The pairs line of the loss chart is far above: who sees only the letter before cannot know.',
      ],
    },
    copy: {
      title: 'Say it again',
      task: 'A word of random letters, the sign >, and the same word again.',
      lookFor: [
        'Before the sign each letter is a guess among four. After it the GRU gives the right letter more than 90 % on average: it has kept the word in its state.',
        'Set Cell to RNN, tanh and train as long: it gets only about two thirds. To keep several letters apart is what gates are good at.',
      ],
    },
    dyck: {
      title: 'Nested brackets',
      task: 'Round and square brackets, each closed by its own kind, the last one first. Linguists call it a Dyck language.',
      lookFor: [
        'Whether a bracket opens or closes is a toss-up. But if one closes, the GRU knows in more than 99 of 100 cases which kind it must be, also four deep: its state holds the kinds that are still open.',
        'In Generate, choose another bracket at some place, and see how the network changes its mind about what closes.',
      ],
    },
    addition: {
      title: 'Sums',
      task: 'Two numbers below 50 and their sum, always with two digits.',
      lookFor: [
        'First it learns the form: at 300 steps it is sure of +, = and the end of the line, and has no idea of the sum.',
        'Then it learns about how large the sum is: at 2,000 steps it gives the first digit of the sum 70 % or more, and the last digit little more than a guess among ten. Drag on the loss chart to see both steps.',
      ],
    },
    reber: {
      title: 'The Reber grammar',
      task: 'Strings of a small machine that was made for experiments on learning. The last letter but one is always the second one again, however long the part between is.',
      lookFor: [
        'At step 600 the GRU knows the machine, but not the far letter: between T and P it tosses a coin. At step 1,000 it gives the right one 95 % or more. In between it has found out that the second letter is worth keeping.',
        'In Gradient flow you can see how far back the error of that letter reaches.',
      ],
    },
  },
});
