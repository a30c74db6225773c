// What a view shows, as files: its table, and its picture. The part that makes them is loaded when it is first needed.

import { download } from '../export/download.ts';
import { tell } from '../state/news.ts';
import * as store from '../state/store.ts';
import { strings } from '../strings.ts';
import type { View } from '../views/view.ts';
import { uiStrings } from './strings.ts';

const words = uiStrings.saveView;
const kinds = ['csv', 'png', 'svg'] as const;
type Kind = (typeof kinds)[number];

async function contentOf(kind: Kind, view: View, title: string): Promise<Blob> {
  if (kind === 'csv') return new Blob([(await import('../export/csv.ts')).csvOf(view.table())], { type: 'text/csv' });
  const { pictureOf, pngOf } = await import('../export/picture.ts');
  const element = document.querySelector<HTMLElement>('.view-body')!;
  return kind === 'png' ? pngOf(element, title) : new Blob([pictureOf(element, title).svg], { type: 'image/svg+xml' });
}

async function save(kind: Kind, view: View): Promise<void> {
  const { view: name } = store.cursor.value;
  const file = `unrolled-${name}-step-${store.step.value}.${kind}`;
  try {
    const content = await contentOf(kind, view, view.describe());
    download(file, content);
    tell(strings.files.saved(file));
  } catch (error) {
    store.problem.value = words.notSaved(error instanceof Error ? error.message : String(error));
  }
}

export function SaveView({ view }: { readonly view: View }) {
  return (
    <span class="save-view">
      <span aria-hidden="true">{words.label}</span>
      {kinds.map((kind) => (
        <button
          key={kind}
          type="button"
          class="quiet"
          aria-label={words.names[kind]}
          onClick={() => void save(kind, view)}
        >
          {words[kind]}
        </button>
      ))}
    </span>
  );
}
