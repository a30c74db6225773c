// The tour on the page: a chapter above the views, and below it, always in sight, its task, which the page checks by what it sees (checks.ts).

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import * as actions from '../../state/actions.ts';
import { tell } from '../../state/news.ts';
import { openLink } from '../../state/sharing.ts';
import * as store from '../../state/store.ts';
import { linkOfChapter, tour } from '../../text/tour.ts';
import { readTab } from '../../views/index.ts';
import { isBeside, jumpTo } from '../reading.ts';
import { beginCheck } from './checks.ts';
import { GuideHead } from './head.tsx';
import { showAtTop } from './leave.ts';
import { done, forgetDone, markDone } from './progress.ts';
import { guideStrings } from './strings.ts';
import { watchTask } from './watch.ts';

const words = guideStrings.tour;

/** Goes to a chapter, and the focus to its title. */
function go(number: number): void {
  openLink(linkOfChapter(number));
  showAtTop();
}

/** The explanation's chapter, beside the views or under its tab. */
function readMore(id: string): void {
  if (!isBeside.peek()) actions.show(readTab);
  requestAnimationFrame(() => jumpTo(id));
}

export function Tour({ number }: { readonly number: number }) {
  const chapter = tour[number - 1];
  const { id, title, text, task, check, more } = chapter;
  const isDone = useSignal(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const began = store.extras.value; // another object with every link that is followed
  useEffect(() => {
    isDone.value = false;
    return watchTask(beginCheck(check), () => {
      isDone.value = true;
      markDone(id);
      tell(words.doneSaid(tour[number]?.title ?? null));
    });
  }, [began]);
  const isOver = done.value.length === tour.length;
  return (
    <>
      <section class="guide card" id="guide" aria-labelledby="guide-title">
        <GuideHead label={words.place(number, tour.length)} title={title} leave={words.leave} heading={heading} />
        <p class="guide-text">{text}</p>
        <button type="button" class="quiet guide-more" onClick={() => readMore(more)}>
          {words.more}
        </button>
        <Chapters current={number} />
        {isOver && (
          <p class="note">
            {words.finished}{' '}
            <button type="button" class="quiet" onClick={forgetDone}>
              {words.forget}
            </button>
          </p>
        )}
      </section>
      <section class="guide-bar" aria-label={words.task} data-done={isDone.value}>
        <p class="guide-task">
          <b>{words.task}.</b> {task}
        </p>
        <div class="guide-ways">
          <span class="guide-state">{isDone.value ? `✓ ${words.done}` : words.open}</span>
          <button type="button" class="quiet" id="guide-again" onClick={() => go(number)}>
            {words.again}
          </button>
          <button type="button" id="guide-back" disabled={number === 1} onClick={() => go(number - 1)}>
            {words.back}
          </button>
          <button
            type="button"
            id="guide-next"
            class={isDone.value ? 'strong' : ''}
            disabled={number === tour.length}
            onClick={() => go(number + 1)}
          >
            {words.next}
          </button>
        </div>
      </section>
    </>
  );
}

function Chapters({ current }: { readonly current: number }) {
  return (
    <nav aria-label={words.chapters}>
      <ol class="guide-chapters">
        {tour.map(({ id, title }, i) => {
          const isDone = done.value.includes(id);
          return (
            <li key={id}>
              <a
                href={linkOfChapter(i + 1)}
                aria-current={i + 1 === current ? 'step' : undefined}
                data-done={isDone}
                onClick={(event) => {
                  event.preventDefault();
                  go(i + 1);
                }}
              >
                <span class="guide-chapter">{title}</span>
                {isDone && (
                  <>
                    {' '}
                    <span aria-hidden="true">✓</span>
                    <span class="visually-hidden">, {words.chapterDone}</span>
                  </>
                )}
              </a>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
