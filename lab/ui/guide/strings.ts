// The words of the tour around its chapters.

export const guideStrings = {
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
} as const;
