// The answer sheets that pupils hand in, as a table. They stay in this browser until they are forgotten.

import { signal, useSignal } from '@preact/signals';
import { type AnswerSheet, readSheet } from './sheet.ts';
import { guideStrings } from './strings.ts';

const words = guideStrings.maker;
const key = 'unrolled-lab-sheets';
/** Sheets that are kept. */
const maxSheets = 400;

function keptSheets(): readonly AnswerSheet[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(list) ? list.map((each) => readSheet(String(each))).filter((each) => each !== null) : [];
  } catch {
    return [];
  }
}

const sheets = signal(keptSheets());

async function takeSheets(files: readonly File[]): Promise<string> {
  const texts = await Promise.all(files.slice(0, maxSheets).map((file) => file.slice(0, 100_000).text()));
  const bad = files.filter((_, i) => i >= maxSheets || readSheet(texts[i]) === null).map(({ name }) => name);
  const good = texts.filter((text) => readSheet(text) !== null);
  try {
    const before = JSON.parse(localStorage.getItem(key) ?? '[]') as string[];
    localStorage.setItem(
      key,
      JSON.stringify([...before.filter((each) => !good.includes(each)), ...good].slice(-maxSheets)),
    );
    sheets.value = keptSheets();
  } catch {
    sheets.value = [...sheets.value, ...good.map((text) => readSheet(text)!)];
  }
  return bad.length > 0 ? words.noSheet(bad[0], bad.length) : '';
}

export function Sheets() {
  const remark = useSignal('');
  const most = sheets.value.reduce((longest, { tasks }) => Math.max(longest, tasks.length), 0);
  return (
    <>
      <h3>{words.sheets}</h3>
      <p class="note">{words.sheetsNote}</p>
      <div class="guide-ways">
        <label>
          <span class="visually-hidden">{words.openSheets}</span>
          <input
            type="file"
            id="maker-sheets"
            multiple
            accept=".txt,text/plain"
            onChange={async (event) => {
              const input = event.currentTarget;
              remark.value = await takeSheets([...(input.files ?? [])]);
              input.value = '';
            }}
          />
        </label>
        {sheets.value.length > 0 && (
          <button
            type="button"
            class="quiet"
            id="maker-forget"
            onClick={() => {
              localStorage.removeItem(key);
              sheets.value = [];
            }}
          >
            {words.forget}
          </button>
        )}
        <span role="status">{remark.value}</span>
      </div>
      {sheets.value.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so has to be reached with the keyboard
        <section class="maker-table" tabIndex={0} aria-label={words.sheets}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.name}</th>
                <th scope="col">{words.pupil}</th>
                <th scope="col">{words.doneCount}</th>
                {Array.from({ length: most }, (_, i) => (
                  <th scope="col" key={i}>
                    {i + 1}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sheets.value.map((sheet, k) => (
                <tr key={k}>
                  <td>{sheet.title}</td>
                  <th scope="row">
                    <bdi>{sheet.name || '–'}</bdi>
                  </th>
                  <td>{`${sheet.tasks.filter(({ done }) => done !== null).length} / ${sheet.tasks.length}`}</td>
                  {Array.from({ length: most }, (_, i) => {
                    const task = sheet.tasks[i];
                    return (
                      <td key={i}>{task ? `${task.done === null ? '○' : '✓'} ${task.answer ?? ''}`.trim() : ''}</td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
