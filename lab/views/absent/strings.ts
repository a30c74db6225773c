// The words that stand in the place of a view that is there for texts alone.

export const absentStrings = {
  /** Why it is there for texts alone. */
  why: {
    unrolled:
      'Unrolled draws the window of a text, with a guess after each step. Here the network answers otherwise, so there is nothing to draw.',
    debugger:
      'The debugger follows the operations of a window of text, where each step has a guess and a loss. This task has others.',
    gradients:
      'Gradient flow follows the error of each step back through a text. Here there is no error at each step of a text.',
    units:
      'Units looks for what single units do in a long stretch of text, such as counting letters since a space. Here there is no such text.',
    basins: 'Two basins reads one long text from two states. Here each example begins anew, from the state zero.',
    generate: 'Generate writes with a network that learned a text. This one learned to answer, not to write.',
    compare: 'Compare trains networks on a text beside each other. For this task it does not yet.',
    export: 'Export writes the program of a run on a text. For this task the command line has it: unrolled train.',
  },
  works: 'Data, Train, Memory and Weights are there for this task.',
  toTexts: 'Learn a text instead',
} as const;

/** The views that are there for texts alone. */
export type ViewOfTexts = keyof typeof absentStrings.why;
