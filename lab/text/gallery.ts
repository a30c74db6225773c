// The gallery: links worth opening, each a toy task whose solution is known, a network trained on it for so many steps, and what to look for. Every number
// and every claim of these texts is measured by test/lab/gallery.test.ts and gallery.long.test.ts on the page's own engine.

import type { ToyName } from '../settings.ts';

export interface GalleryEntry {
  readonly name: ToyName;
  readonly title: string;
  /** What the text is, in a sentence or two. */
  readonly task: string;
  /** The first lines of the text. */
  readonly sample: string;
  /** What to look for; each is a claim that is tested. */
  readonly lookFor: readonly string[];
  /** The keys of the page's address. */
  readonly state: string;
}

/** The link of an entry. */
export const linkOfEntry = ({ name, state }: GalleryEntry): string => `#v=1&text=${name}&${state}&gallery=${name}`;

export const gallery: readonly GalleryEntry[] = [
  {
    name: 'counting',
    title: 'Counting',
    task: 'Each line has some a and then as many b. To know where the line ends, the network must count.',
    sample: 'aabb',
    lookFor: [
      'Nobody can know how many a will come. But once the first b is there, all that follows is certain: after as many b as there were a, the end of the line has a probability above 90 %.',
      'Look at unit 10 of the state in the picture: it goes up with each a and down with each b. The network has built itself a counter.',
    ],
    state: 'cell=gru&h=32&n=1500&view=unrolled&t=12&u=9',
  },
  {
    name: 'parity',
    title: 'Even or odd',
    task: 'Digits 0 and 1 are drawn at random. After each stands e if there were an even number of 1 so far in the line, and o if it was odd.',
    sample: '1o0o1e',
    lookFor: [
      'The digits are a toss-up, and the network gives each about one half. The letter after each is certain, although it depends on all digits of the line: one bit of memory is enough.',
      'The pairs line of the loss chart is far above: who sees only the letter before cannot know.',
    ],
    state: 'h=32&n=1000&view=generate',
  },
  {
    name: 'copy',
    title: 'Say it again',
    task: 'A word of random letters, the sign >, and the same word again.',
    sample: 'dab>dab',
    lookFor: [
      'Before the sign each letter is a guess among four. After it the GRU gives the right letter more than 90 % on average: it has kept the word in its state.',
      'Set Cell to RNN, tanh and train as long: it gets only about two thirds. To keep several letters apart is what gates are good at.',
    ],
    state: 'cell=gru&h=32&n=1500&view=generate',
  },
  {
    name: 'dyck',
    title: 'Nested brackets',
    task: 'Round and square brackets, each closed by its own kind, the last one first. Linguists call it a Dyck language.',
    sample: '([])[]',
    lookFor: [
      'Whether a bracket opens or closes is a toss-up. But if one closes, the GRU knows in more than 99 of 100 cases which kind it must be, also four deep: its state holds the kinds that are still open.',
      'In Generate, choose another bracket at some place, and see how the network changes its mind about what closes.',
    ],
    state: 'cell=gru&h=32&n=1000&view=generate',
  },
  {
    name: 'addition',
    title: 'Sums',
    task: 'Two numbers below 50 and their sum, always with two digits.',
    sample: '07+35=42',
    lookFor: [
      'First it learns the form: at 300 steps it is sure of +, = and the end of the line, and has no idea of the sum.',
      'Then it learns about how large the sum is: at 2,000 steps it gives the first digit of the sum 70 % or more, and the last digit little more than a guess among ten. Drag on the loss chart to see both steps.',
    ],
    state: 'h=64&n=2000&view=generate',
  },
  {
    name: 'reber',
    title: 'The Reber grammar',
    task: 'Strings of a small machine that was made for experiments on learning. The last letter but one is always the second one again, however long the part between is.',
    sample: 'BTBTXSETE',
    lookFor: [
      'At step 600 the GRU knows the machine, but not the far letter: between T and P it tosses a coin. At step 1,000 it gives the right one 95 % or more. In between it has found out that the second letter is worth keeping.',
      'In Gradient flow you can see how far back the error of that letter reaches.',
    ],
    state: 'cell=gru&h=32&n=1000&view=generate',
  },
];
