// An exercise on the page: the tasks of the link, each checked by what the page sees or by an answer, and the answer sheet. Nothing of it leaves the browser.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { tell } from '../../state/news.ts';
import { viewNames } from '../../views/index.ts';
import { answered, kept, openExercise, setName, sheetOf, taskDone } from './exercise-state.ts';
import { writeSheet } from './sheet.ts';
import { guideStrings } from './strings.ts';
import { checkOf, isRight, readTasks, type Task } from './tasks.ts';
import { watchTask } from './watch.ts';

const words = guideStrings.exercise;

export function Exercise({ title, link }: { readonly title: string; readonly link: string }) {
  const { tasks, problem } = readTasks(link, viewNames);
  const address = useSignal(location.href);
  useEffect(() => {
    openExercise(title, link, tasks.length);
    address.value = location.href;
    const stops = tasks.map(({ condition, text }, i) => {
      const check = checkOf(condition);
      return kept.value!.done[i] !== null || !check
        ? () => {}
        : watchTask(check, () => {
            taskDone(i);
            tell(words.doneSaid(text));
          });
    });
    return () => {
      for (const stop of stops) stop();
    };
  }, [title, link]);
  const done = kept.value?.done.filter((each) => each !== null).length ?? 0;
  return (
    <section class="guide exercise card" id="guide" aria-labelledby="guide-title">
      <header class="guide-head">
        <p class="note">{words.label}</p>
        <p class="note" id="exercise-count">
          {words.count(done, tasks.length)}
        </p>
      </header>
      <h2 id="guide-title" tabIndex={-1}>
        {title || words.untitled}
      </h2>
      {problem && (
        <p class="note guide-problem" role="alert">
          {problem}
        </p>
      )}
      <ol class="exercise-tasks">
        {tasks.map((task, i) => (
          <TaskLine key={i} task={task} i={i} />
        ))}
      </ol>
      {kept.value && tasks.length > 0 && (
        <Sheet text={writeSheet(sheetOf(title || words.untitled, tasks, address.value))} />
      )}
    </section>
  );
}

function TaskLine({ task, i }: { readonly task: Task; readonly i: number }) {
  const isDone = (kept.value?.done[i] ?? null) !== null;
  const isAnswer = checkOf(task.condition) === null;
  return (
    <li data-done={isDone}>
      <span class="exercise-mark">
        <span aria-hidden="true">{isDone ? '✓' : '○'}</span>
        <span class="visually-hidden">{isDone ? words.done : words.open}: </span>
      </span>
      <div>
        <p>{task.text}</p>
        {isAnswer && <Answer task={task} i={i} isDone={isDone} />}
      </div>
    </li>
  );
}

function Answer({ task, i, isDone }: { readonly task: Task; readonly i: number; readonly isDone: boolean }) {
  const verdict = useSignal('');
  return (
    <form
      class="exercise-answer"
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget).get('answer');
        const answer = typeof given === 'string' ? given.trim() : '';
        if (answer === '') return;
        const right = isRight(task.condition, answer);
        answered(i, answer, right);
        verdict.value = right ? words.right : words.wrong;
      }}
    >
      <label>
        <span class="visually-hidden">{words.answer(i + 1)}</span>
        <input type="text" name="answer" maxLength={200} autocomplete="off" defaultValue={kept.value?.answers[i]} />
      </label>
      <button type="submit">{words.check}</button>
      <span role="status">{verdict.value || (isDone ? words.right : '')}</span>
    </form>
  );
}

function Sheet({ text }: { readonly text: string }) {
  const name = kept.value?.name ?? '';
  return (
    <div class="exercise-sheet">
      <h3>{words.sheet}</h3>
      <p class="note">{words.sheetNote}</p>
      <div class="guide-ways">
        <label>
          {words.name}{' '}
          <input
            type="text"
            id="sheet-name"
            maxLength={80}
            autocomplete="name"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <button type="button" id="sheet-download" onClick={() => download(text, name)}>
          {words.download}
        </button>
        <button type="button" class="quiet" id="sheet-print" onClick={() => print()}>
          {words.print}
        </button>
      </div>
      <pre class="sheet-print">{text}</pre>
    </div>
  );
}

function download(text: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const safe = name
    .trim()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 40);
  link.download = `answers-${safe || 'lab'}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  tell(words.saved(link.download));
}
