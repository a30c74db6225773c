// The tasks of an exercise, as its link has them: a line each, which begins with a condition that the page can check and goes on with the teacher's words.
//   loss<2.5   heldout<2.5   pairs   step>=500   view=gradients   cell=gru (any setting)   tour=vanishing   number=…   words=…
// The answers of the last two are packed, so that nobody reads them in passing; whoever wants to can. Pure.

import { readNumber, readPlainNumber } from '../../format.ts';
import { settingNames, settingTable } from '../../settings.ts';
import { lossOf } from '../../state/history.ts';
import { tour } from '../../text/tour.ts';
import { beginCheck, type Check } from './checks.ts';
import type { Condition } from './condition.ts';
import { guideStrings } from './strings.ts';

export interface Task {
  readonly condition: Condition;
  readonly text: string;
}

const words = guideStrings.exercise;
/** Tasks of an exercise. */
export const maxTasks = 20;

/** The tasks of a link, and one sentence if something in it is no task. @param views that there are */
export function readTasks(link: string, views: readonly string[]): { tasks: readonly Task[]; problem: string | null } {
  const lines = link.split('\n').filter((line) => line.trim() !== '');
  const read = lines.slice(0, maxTasks).map((line) => readTask(line, views));
  const wrong = lines.findIndex((_, i) => i >= maxTasks || read[i] === null);
  return {
    tasks: read.filter((task) => task !== null),
    problem: wrong < 0 ? null : words.problem(wrong + 1, lines[wrong].slice(0, 40), wrong >= maxTasks),
  };
}

function readTask(line: string, views: readonly string[]): Task | null {
  const [, head, text = ''] = /^(\S+)\s*(.*)$/.exec(line.trim()) ?? [];
  const condition = head ? readCondition(head, views) : null;
  return condition && { condition, text: text || words.usual(condition) };
}

function readCondition(head: string, views: readonly string[]): Condition | null {
  if (head === 'pairs') return { kind: 'pairs' };
  const [, name, sign, value] = /^(\w+)(<|>=|=)(.+)$/.exec(head) ?? [];
  if (name === undefined) return null;
  const number = readPlainNumber(value);
  const isNumber = Number.isFinite(number);
  if ((name === 'loss' || name === 'heldout') && sign === '<') return isNumber ? { kind: name, below: number } : null;
  if (name === 'step' && sign === '>=')
    return isNumber && number >= 1 ? { kind: 'step', from: Math.round(number) } : null;
  if (sign !== '=') return null;
  if (name === 'view') return views.includes(value) ? { kind: 'view', view: value } : null;
  if (name === 'tour') return tour.some(({ id }) => id === value) ? { kind: 'tour', chapter: value } : null;
  if (name === 'number') return readAnswer(value, (answer) => numberOf(answer));
  if (name === 'words')
    return readAnswer(value, (answer) => {
      const accepted = answer
        .split('/')
        .map(plain)
        .filter((each) => each !== '');
      return accepted.length > 0 ? { kind: 'words', accepted } : null;
    });
  const setting = settingNames.find((each) => each === name && each !== 'ownText');
  return setting ? { kind: 'setting', name: setting, value } : null;
}

function numberOf(answer: string): Condition | null {
  const [value, tolerance = 0] = answer.split('±').map(readPlainNumber);
  return Number.isFinite(value) && tolerance >= 0 ? { kind: 'number', value, tolerance } : null;
}

/** A line of a link for a task. */
export function writeTask({ condition, text }: Task): string {
  return `${writeCondition(condition)} ${text.replaceAll(/\s+/g, ' ').trim()}`.trim();
}

function writeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'loss':
    case 'heldout':
      return `${condition.kind}<${condition.below}`;
    case 'pairs':
      return 'pairs';
    case 'step':
      return `step>=${condition.from}`;
    case 'view':
      return `view=${condition.view}`;
    case 'setting':
      return `${condition.name}=${condition.value}`;
    case 'tour':
      return `tour=${condition.chapter}`;
    case 'number':
      return `number=${pack(`${condition.value}±${condition.tolerance}`)}`;
    case 'words':
      return `words=${pack(condition.accepted.join('/'))}`;
  }
}

/** Not secret, but not to be read in passing. */
const pack = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

function readAnswer(packed: string, read: (answer: string) => Condition | null): Condition | null {
  try {
    const bytes = Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    return read(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

/** Words as they are compared: without the case, signs at the ends, and more than one blank. */
export const plain = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[\s.,;:!?"'“”‘’]+|[\s.,;:!?"'“”‘’]+$/g, '');

/** Whether an answer is right. */
export function isRight(condition: Condition, answer: string): boolean {
  if (condition.kind === 'words') return condition.accepted.includes(plain(answer));
  if (condition.kind !== 'number') return false;
  const { value, tolerance } = condition;
  // 1,234 and 1.234 are two numbers each, by who writes them, and nobody is to be wrong for a sign
  const given = [readNumber(answer), readPlainNumber(answer), readPlainNumber(answer.replace(',', '.'))];
  return given.some((each) => Math.abs(each - value) <= tolerance * (1 + 1e-9) + 1e-12);
}

/** What the page looks at for a condition; null where somebody answers. */
export function checkOf(condition: Condition): Check | null {
  switch (condition.kind) {
    case 'loss':
      return ({ history }) => history.last !== null && lossOf(history.last) < condition.below;
    case 'heldout':
      return ({ history }) => (history.heldOut.at(-1)?.loss ?? Number.POSITIVE_INFINITY) < condition.below;
    case 'pairs':
      return ({ history, info }) =>
        history.last !== null && info !== null && lossOf(history.last) < info.baselines.bigram;
    case 'step':
      return ({ step }) => step >= condition.from;
    case 'view':
      return ({ cursor }) => cursor.view === condition.view;
    case 'setting':
      return ({ settings }) => {
        const { name, value } = condition;
        const now = settings[name as keyof typeof settings];
        const setting = settingTable[name as keyof typeof settingTable];
        if (setting.kind === 'flag') return now === (value === '1');
        return typeof now === 'number' ? now === readPlainNumber(value) : now === value;
      };
    case 'tour':
      return beginCheck(tour.find(({ id }) => id === condition.chapter)!.check);
    default:
      return null;
  }
}
