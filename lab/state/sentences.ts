// Where the finished sentences of a text end that is still being written: a screen reader says those, and not each letter.

/** A sentence, or a line: its end, with the quotation marks that close it, and what comes after shows that it is over. */
const finished = /[.!?…]["'”’)]*\s|\n/gu;

/** The length of the part that is finished. */
export function finishedLength(text: string): number {
  let length = 0;
  for (const { index, 0: end } of text.matchAll(finished)) length = index + end.length;
  return length;
}
