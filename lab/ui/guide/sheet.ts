// An answer sheet: what somebody did in an exercise, as a text for people, which the teacher's page reads back. It is a text and no proof: whoever wants to
// can change it. Pure.

export interface AnswerSheet {
  readonly title: string;
  readonly name: string;
  readonly link: string;
  /** When the exercise was opened. */
  readonly began: string;
  readonly tasks: readonly SheetTask[];
}

export interface SheetTask {
  readonly text: string;
  /** When it was done; null while it is open. */
  readonly done: string | null;
  /** The answer that was given last, and how many there were; of a task that the page checks, null. */
  readonly answer: string | null;
  readonly tries: number;
}

const first = 'unrolled lab, answer sheet';
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

export function writeSheet({ title, name, link, began, tasks }: AnswerSheet): string {
  const lines = tasks.flatMap(({ text, done, answer, tries }, i) => [
    `${i + 1}. ${oneLine(text)}`,
    ...(answer === null ? [] : [`   answer: ${oneLine(answer)} (${tries})`]),
    `   ${done === null ? 'open' : `done: ${done}`}`,
  ]);
  const head = [first, `exercise: ${oneLine(title)}`, `name: ${oneLine(name)}`, `began: ${began}`, `link: ${link}`];
  return `${[...head, '', ...lines].join('\n')}\n`;
}

/** The sheet of a text; null where it is none. */
export function readSheet(text: string): AnswerSheet | null {
  const lines = text
    .replaceAll('\r\n', '\n')
    .replace(/^\ufeff/, '')
    .split('\n');
  if (lines[0] !== first) return null;
  const value = (key: string): string | null => {
    const line = lines.slice(1, 5).find((each) => each.startsWith(`${key}: `) || each === `${key}:`);
    return line === undefined ? null : line.slice(key.length + 1).trim();
  };
  const [title, name, began, link] = ['exercise', 'name', 'began', 'link'].map(value);
  if (title === null || name === null || began === null || link === null) return null;
  const tasks: SheetTask[] = [];
  for (const line of lines.slice(5)) {
    const [, words] = /^\d{1,2}\. (.*)$/.exec(line) ?? [];
    const [, answer, tries] = /^ {3}answer: (.*) \((\d{1,4})\)$/.exec(line) ?? [];
    const [, done] = /^ {3}done: (.+)$/.exec(line) ?? [];
    const last = tasks.length - 1;
    if (words !== undefined) tasks.push({ text: words, done: null, answer: null, tries: 0 });
    else if (last >= 0 && answer !== undefined) tasks[last] = { ...tasks[last], answer, tries: Number(tries) };
    else if (last >= 0 && done !== undefined) tasks[last] = { ...tasks[last], done };
  }
  return tasks.length > 0 ? { title, name, began, link, tasks } : null;
}
