// The chapters that belong to the view that is shown. Their HTML is written by us and built into the page: no visitor's text is ever in it.

import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import { chapters } from '../text/chapters.ts';

export function Explanation() {
  const { view } = store.cursor.value;
  const shown = chapters.filter((chapter) => chapter.view === view);
  if (shown.length === 0) return null;
  return (
    <section class="explanation" aria-label={strings.explanation.label}>
      {shown.map(({ id, title, html }) => (
        <article key={id} id={`chapter-${id}`}>
          <h2>{title}</h2>
          <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
        </article>
      ))}
    </section>
  );
}
