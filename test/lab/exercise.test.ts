// Exercises: every task that the editor makes comes back from its line, answers are compared as a teacher would, what is no task is one sentence, and an
// answer sheet is read back as it was written.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../../lab/settings.ts';
import { startOfCursor } from '../../lab/state/cursor.ts';
import { History } from '../../lab/state/history.ts';
import { noExtras } from '../../lab/state/link-extras.ts';
import { fromLink, writeLink } from '../../lab/state/url.ts';
import type { Seen } from '../../lab/ui/guide/checks.ts';
import { type Draft, kinds, lineOf } from '../../lab/ui/guide/drafts.ts';
import { readSheet, writeSheet } from '../../lab/ui/guide/sheet.ts';
import { checkOf, isRight, readTasks, type Task } from '../../lab/ui/guide/tasks.ts';

const views = ['train', 'gradients'];
const taskOf = (kind: Draft['kind'], value: string, text = 'Do it.'): Task => {
  const line = lineOf({ kind, value, text });
  expect(line, `${kind} ${value}`).not.toBeNull();
  const { tasks, problem } = readTasks(line!, views);
  expect(problem).toBeNull();
  return tasks[0];
};
const good: Readonly<Record<Draft['kind'], string>> = {
  pairs: '',
  loss: '2.5',
  heldout: '1.75',
  step: '500',
  view: 'gradients',
  setting: 'cell = gru',
  tour: 'vanishing',
  number: '-3.2 ± 0.1',
  words: 'It vanishes / vanishing gradient',
};

describe('a task', () => {
  test.each(kinds)('“%s” comes back from its line, with its words', (kind) => {
    const task = taskOf(kind, good[kind], 'What  is “this”, 100 %?');
    expect(task.condition.kind).toBe(kind);
    expect(task.text).toBe('What is “this”, 100 %?');
  });

  test('without words says what it asks for, but a question needs words', () => {
    expect(taskOf('loss', '2.5', '').text).toBe('Train until the loss is below 2.5.');
    expect(lineOf({ kind: 'words', value: 'yes', text: ' ' })).toBeNull();
  });

  test.each([
    ['loss', 'low'],
    ['step', '0'],
    ['number', '3 ± -1'],
    ['number', 'three'],
    ['setting', 'cell'],
    ['words', ''],
  ] as const)('%s “%s” is none', (kind, value) => {
    expect(lineOf({ kind, value, text: 'x' })).toBeNull();
  });

  test('has its answer packed, so that nobody reads it in passing', () => {
    expect(lineOf({ kind: 'words', value: 'vanishing', text: 'What?' })).not.toContain('vanish');
  });

  test('in a link keeps its lines', async () => {
    const tasks = `loss<2.5 Below & beyond\n${lineOf({ kind: 'number', value: '3,5', text: 'Wie viel?' })}`;
    const extras = { ...noExtras, title: 'Übung 1: Δ', tasks, lock: 'cell,lr' };
    const link = writeLink({ preset: null, settings: defaultSettings, carried: null, cursor: startOfCursor, extras });
    const { state, remarks } = await fromLink(link, {});
    expect(remarks).toEqual([]);
    expect(state.extras).toEqual(extras);
  });

  test('that cannot be checked is one sentence, and the others stay', () => {
    const { tasks, problem } = readTasks('loss<2 A\nfly=high B\nstep>=5 C\nview=home D', views);
    expect(tasks.map(({ text }) => text)).toEqual(['A', 'C']);
    expect(problem).toBe('Task 2 of the link, “fly=high B”, is none that the page can check, so it is left out.');
    expect(readTasks('pairs\n'.repeat(25), views).tasks).toHaveLength(20);
    expect(readTasks('pairs\n'.repeat(25), views).problem).toMatch(/^The link has more tasks/);
  });

  test('of any link never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.constantFrom(...kinds, 'number=', 'words='),
        (junk, head) => {
          for (const line of [junk, `${head}${junk}`, `${head}=${junk} x`])
            for (const { condition } of readTasks(line, views).tasks) checkOf(condition);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('an answer', () => {
  test('in numbers is right within the tolerance, also with a decimal comma', () => {
    const { condition } = taskOf('number', '3.2 ± 0.1');
    for (const answer of ['3.2', '3.1', '3.3', '3,25', ' 3.20 ']) expect(isRight(condition, answer), answer).toBe(true);
    for (const answer of ['3.31', '3.09', '-3.2', '', 'three', '32'])
      expect(isRight(condition, answer), answer).toBe(false);
    const { condition: exact } = taskOf('number', '−64');
    expect([isRight(exact, '-64'), isRight(exact, '−64'), isRight(exact, '64')]).toEqual([true, true, false]);
  });

  test('in words is right in any case, with any of the accepted ones, and signs around it', () => {
    const { condition } = taskOf('words', 'It vanishes / vanishing gradient');
    for (const answer of ['it vanishes', ' It  Vanishes. ', '“vanishing gradient”'])
      expect(isRight(condition, answer), answer).toBe(true);
    for (const answer of ['vanishes', 'it vanishes fast', '']) expect(isRight(condition, answer), answer).toBe(false);
  });
});

describe('what the page sees', () => {
  const history = (loss: number, step = 10): History => {
    const made = new History();
    made.add(Float64Array.of(step, loss, loss, 1, 0, 0.003, Number.NaN), 1);
    return made;
  };
  const seen = (changes: Partial<Seen>): Seen =>
    ({
      history: new History(),
      settings: defaultSettings,
      cursor: startOfCursor,
      step: 0,
      info: null,
      ...changes,
    }) as Seen;
  const info = { baselines: { guess: 4, unigram: 3, bigram: 2.4 } } as Seen['info'];

  test.each<[Draft['kind'], string, Partial<Seen>, Partial<Seen>]>([
    ['loss', '2.5', { history: history(2.6) }, { history: history(2.4) }],
    ['pairs', '', { history: history(2.5), info }, { history: history(2.3), info }],
    ['step', '500', { step: 499 }, { step: 500 }],
    ['view', 'gradients', {}, { cursor: { ...startOfCursor, view: 'gradients' } }],
    ['setting', 'cell=gru', {}, { settings: { ...defaultSettings, cell: 'gru' } }],
    ['setting', 'lr=0.01', {}, { settings: { ...defaultSettings, lr: 0.01 } }],
    ['setting', 'carry=0', {}, { settings: { ...defaultSettings, carry: false } }],
  ])('“%s %s” is open before and done after', (kind, value, before, after) => {
    const check = checkOf(taskOf(kind, value).condition)!;
    expect([check(seen({})), check(seen(before)), check(seen(after))]).toEqual([false, false, true]);
  });

  test('a held-out loss counts as it was measured last', () => {
    const check = checkOf(taskOf('heldout', '1.75').condition)!;
    const made = history(1);
    made.addHeldOut(5, 1.7);
    expect(check(seen({ history: made }))).toBe(true);
    made.addHeldOut(9, 1.8);
    expect(check(seen({ history: made }))).toBe(false);
  });
});

describe('an answer sheet', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  const task = fc.record({
    text: line,
    done: fc.option(fc.constant('2026-05-01 10:12')),
    answer: fc.option(line),
    tries: fc.nat(99),
  });

  test('is read back as it was written', () => {
    fc.assert(
      fc.property(
        fc.record({
          title: line,
          name: line,
          link: fc.constant('https://example.org/#v=1&tasks=pairs'),
          began: fc.constant('2026-05-01 10:00'),
          tasks: fc.array(task, { minLength: 1, maxLength: 5 }),
        }),
        (sheet) => {
          const tasks = sheet.tasks.map((each) => (each.answer === null ? { ...each, tries: 0 } : each));
          expect(readSheet(writeSheet(sheet))).toEqual({ ...sheet, tasks });
          expect(readSheet(`\ufeff${writeSheet(sheet).replaceAll('\n', '\r\n')}`)).toEqual({ ...sheet, tasks });
        },
      ),
      { numRuns: 200 },
    );
  });

  test('of another text is none', () => {
    for (const text of ['', 'unrolled lab, answer sheet', 'Dear teacher,\n1. yes\n'])
      expect(readSheet(text)).toBeNull();
  });
});
