// What a view shows, as a table, some rows at a time: for screen readers, and for whoever wants the numbers.

import { useSignal } from '@preact/signals';
import type { Rows, View } from '../views/view.ts';
import { uiStrings } from './strings.ts';

const rowsPerPage = 25;
const words = uiStrings.table;

export function ReadAsTable({ view }: { readonly view: View }) {
  const rows = useSignal<Rows | null>(null);
  const page = useSignal(0);
  const read = (): void => {
    rows.value = view.table();
    page.value = 0;
  };
  const [head = [], ...body] = rows.value ?? [];
  const pages = Math.max(1, Math.ceil(body.length / rowsPerPage));
  const first = page.value * rowsPerPage;
  return (
    <div class="as-table">
      <button
        type="button"
        class="quiet"
        aria-expanded={rows.value !== null}
        onClick={() => (rows.value ? (rows.value = null) : read())}
      >
        {rows.value ? words.close : words.open}
      </button>
      {rows.value && (
        <>
          <button type="button" class="quiet" onClick={read}>
            {words.refresh}
          </button>
          <button type="button" class="quiet" disabled={page.value === 0} onClick={() => page.value--}>
            {words.previous}
          </button>
          <button type="button" class="quiet" disabled={page.value >= pages - 1} onClick={() => page.value++}>
            {words.next}
          </button>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
          <section class="table-scroll" aria-label={words.open} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  {head.map((cell) => (
                    <th key={cell} scope="col">
                      {cell}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {body.slice(first, first + rowsPerPage).map((row, i) => (
                  <tr key={first + i}>
                    {row.map((cell, j) => (
                      <td key={head[j]}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </div>
  );
}
