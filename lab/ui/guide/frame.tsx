// A view for a frame on another page: the snippet that puts it there, as the view is now.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { addressOfPage } from '../../state/sharing.ts';
import * as store from '../../state/store.ts';
import { strings } from '../../strings.ts';
import { labelOf, viewNames } from '../../views/index.ts';
import { copyText } from './copy.ts';
import { GuideHead } from './head.tsx';
import { showAtTop } from './leave.ts';
import { guideStrings } from './strings.ts';

const words = guideStrings.frame;
const heights = { min: 200, max: 2000, usual: 560 } as const;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** HTML for a page: no script, no origin of its own is given up, and only the clipboard is lent. */
export const snippetOf = (address: string, label: string, height: number): string =>
  `<iframe src="${escaped(address)}" title="${escaped(label)}" width="100%" height="${height}" loading="lazy" allow="clipboard-write" style="border:1px solid #7d8894;border-radius:10px"></iframe>`;

export function Frame() {
  useEffect(showAtTop, []);
  const snippet = useSignal('');
  const height = useSignal<number>(heights.usual);
  const { view: chosen } = store.cursor.value;
  const view = viewNames.includes(chosen) ? chosen : 'train';
  const label = `${strings.name}, ${labelOf(view)}`;
  const make = async (): Promise<void> => {
    const { address } = await addressOfPage({
      embed: view,
      lang: store.language.value,
      tour: null,
      gallery: null,
      tasks: '',
      title: '',
      hide: '',
      chapters: '',
    });
    snippet.value = snippetOf(address, label, height.value);
  };
  const isLocal = /^(127\.0\.0\.1|localhost|\[::1\])$/.test(location.hostname);
  return (
    <section class="guide maker card" id="guide" aria-labelledby="guide-title">
      <GuideHead label={words.label} title={words.title} />
      <p class="guide-text">{words.about}</p>
      <div class="guide-ways">
        <label>
          {words.height}{' '}
          <input
            type="text"
            inputMode="numeric"
            id="frame-height"
            value={height.value}
            onChange={(event) => {
              const given = Math.round(Number(event.currentTarget.value));
              height.value = Number.isFinite(given)
                ? Math.min(heights.max, Math.max(heights.min, given))
                : heights.usual;
              event.currentTarget.value = String(height.value);
            }}
          />
        </label>
        <button type="button" class="strong" id="frame-make" onClick={() => void make()}>
          {words.make}
        </button>
      </div>
      {isLocal && <p class="note">{words.local}</p>}
      {snippet.value && (
        <div class="maker-link">
          <label>
            <span>{words.snippet}</span>
            <textarea readOnly rows={4} id="frame-snippet" value={snippet.value} />
          </label>
          <div class="guide-ways">
            <button type="button" onClick={() => copyText(snippet.value)}>
              {words.copy}
            </button>
          </div>
        </div>
      )}
    </section>
  );
}
