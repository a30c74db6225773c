// The words of what leads through the page, beside the chapters of the tour and the entries of the gallery.

import { formatCount, formatExactly } from '../../format.ts';
import { catalogue } from '../../language.ts';
import type { Condition } from './condition.ts';

export const guideStrings = catalogue('ui/guide', {
  tour: {
    label: 'Tour',
    place: (number: number, of: number) => `Tour, chapter ${number} of ${of}`,
    task: 'Task',
    open: 'Not done yet',
    done: 'Done',
    doneSaid: (title: string | null) =>
      title ? `Task done. The next chapter is “${title}”.` : 'Task done. That was the last chapter.',
    back: 'Back',
    next: 'Next',
    again: 'Begin again',
    more: 'Read more in the explanation',
    leave: 'Leave the tour',
    chapters: 'Chapters of the tour',
    chapterDone: 'done',
    finished:
      'All eight tasks are done. The views are yours now: give the page a text of your own in Data, or look at the gallery.',
    forget: 'Forget what I did',
  },
  gallery: {
    label: 'Gallery',
    title: 'Six small problems, solved',
    about:
      'Each of these texts is made by a rule, so it is known what there is to learn. Open one: the network is trained in a second or two, and the page says what to look for.',
    lookFor: 'What to look for',
    again: 'Begin again',
    all: 'All of the gallery',
    leave: 'Leave the gallery',
  },
  copied: 'Copied.',
  notCopied: 'The browser did not let the page copy; select the text and copy it.',
  exercise: {
    label: 'Exercise',
    untitled: 'An exercise',
    count: (done: number, of: number) => `${done} of ${of} done`,
    done: 'Done',
    open: 'Open',
    doneSaid: (text: string) => `Done: ${text}`,
    check: 'Check',
    right: 'Right.',
    wrong: 'Not yet. Try again.',
    answer: (number: number) => `Answer to task ${number}`,
    sheet: 'Answer sheet',
    sheetNote:
      'It has your name, your answers and when you had them. Nothing is sent: save or print it, and hand it in.',
    name: 'Name',
    download: 'Save answer sheet',
    print: 'Print',
    saved: (name: string) => `Saved as ${name}.`,
    problem: (number: number, line: string, isTooMany: boolean) =>
      isTooMany
        ? 'The link has more tasks than the page takes, so the first 20 are shown.'
        : `Task ${number} of the link, “${line}”, is none that the page can check, so it is left out.`,
    /** What a task says when the teacher left its words out. */
    usual: (condition: Condition): string => {
      switch (condition.kind) {
        case 'loss':
          return `Train until the loss is below ${formatExactly(condition.below)}.`;
        case 'heldout':
          return `Train until the held-out loss is below ${formatExactly(condition.below)}.`;
        case 'pairs':
          return 'Make the loss fall under the line of pair frequencies.';
        case 'step':
          return `Train for ${formatCount(condition.from)} steps.`;
        case 'view':
          return `Open the view ${condition.view}.`;
        case 'setting':
          return `Set ${condition.name} to ${condition.value}.`;
        case 'tour':
          return 'Do the task of the tour.';
        default:
          return 'Answer the question.';
      }
    },
  },
  maker: {
    label: 'For teachers',
    title: 'Make an exercise',
    about:
      'Set the page up as your class should find it: text, network, view, and trained as far as you like. Add tasks, and make the link. The page checks the tasks by itself, and what your pupils do stays in their browsers.',
    name: 'Title',
    kind: (number: number) => `What task ${number} asks for`,
    value: (number: number) => `Value of task ${number}`,
    text: (number: number) => `Words of task ${number}`,
    textHint: 'What your pupils read',
    remove: (number: number) => `Remove task ${number}`,
    add: 'One more task',
    kinds: {
      pairs: 'Loss under the pairs line',
      loss: 'Loss below',
      heldout: 'Held-out loss below',
      step: 'Step reached',
      view: 'View opened',
      setting: 'Setting has a value',
      tour: 'Task of the tour',
      number: 'Answer: a number',
      words: 'Answer: words',
    },
    hints: {
      pairs: '',
      loss: '2.5',
      heldout: '2.5',
      step: '500',
      view: '',
      setting: 'cell=gru',
      tour: '',
      number: '3.2 ± 0.1',
      words: 'vanishing / it vanishes',
    },
    limits: 'What pupils see and may change',
    lock: 'Text, model and training stay as they are',
    hide: (what: string) => `Without ${what}`,
    chapters: 'Chapters of the explanation that pupils read; all of them where none is chosen',
    make: 'Make the link',
    wrong: (number: number) =>
      `Task ${number} is not complete: give its value, and where it asks a question its words.`,
    link: 'Link of the exercise',
    open: 'Try it',
    sheets: 'Answer sheets',
    sheetsNote:
      'Open the sheets that were handed in, many at once. They are kept in this browser until you forget them. A sheet is a text that can be changed, so it is no proof; and whoever takes the trouble can read the answers out of the link.',
    openSheets: 'Open answer sheets',
    forget: 'Forget all sheets',
    noSheet: (name: string, count: number) =>
      count === 1 ? `${name} is no answer sheet.` : `${name} and ${count - 1} more are no answer sheets.`,
    pupil: 'Pupil',
    doneCount: 'Done',
  },
  frame: {
    label: 'For blogs and notebooks',
    title: 'Embed this view',
    about:
      'The view stands in a frame of your page, as it is now, and computes there. Paste this where your page takes HTML.',
    height: 'Height in pixels',
    make: 'Make the snippet',
    snippet: 'Snippet',
    copy: 'Copy snippet',
    local:
      'This page is served by unrolled lab to this machine alone. Start it as unrolled lab --embed ORIGIN, with the origin of your page, or use the page on the web.',
  },
});
