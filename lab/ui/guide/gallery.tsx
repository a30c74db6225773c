// The gallery on the page: all entries as cards, and of the one that is open its text and what to look for.

import { openLink } from '../../state/sharing.ts';
import * as store from '../../state/store.ts';
import { type GalleryEntry, gallery, linkOfEntry } from '../../text/gallery.ts';
import { GuideHead } from './head.tsx';
import { showAtTop } from './leave.ts';
import { guideStrings } from './strings.ts';

const words = guideStrings.gallery;

function open(link: string): void {
  openLink(link);
  showAtTop();
}

/** All entries again; the network that is there stays. */
function showAll(): void {
  if (store.extras.value) store.extras.value = { ...store.extras.value, gallery: 'all' };
  showAtTop();
}

export function Gallery({ shown }: { readonly shown: string }) {
  const entry = gallery.find(({ name }) => name === shown);
  return (
    <section class="guide card" id="guide" aria-labelledby="guide-title">
      <GuideHead label={words.label} title={entry?.title ?? words.title} leave={words.leave} />
      {entry ? <Entry {...entry} /> : <All />}
    </section>
  );
}

function All() {
  return (
    <>
      <p class="guide-text">{words.about}</p>
      <ul class="gallery">
        {gallery.map((entry) => (
          <li key={entry.name}>
            <a
              href={linkOfEntry(entry)}
              data-entry={entry.name}
              onClick={(event) => {
                event.preventDefault();
                open(linkOfEntry(entry));
              }}
            >
              <b>{entry.title}</b>
              <code>{entry.sample}</code>
              <span>{entry.task}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Entry(entry: GalleryEntry) {
  const { task, sample, lookFor } = entry;
  return (
    <>
      <p class="guide-text">
        {task} <code>{sample}</code>
      </p>
      <h3>{words.lookFor}</h3>
      <ul class="guide-list">
        {lookFor.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p class="guide-ways">
        <button type="button" id="gallery-again" class="quiet" onClick={() => open(linkOfEntry(entry))}>
          {words.again}
        </button>
        <button type="button" id="gallery-all" onClick={showAll}>
          {words.all}
        </button>
      </p>
    </>
  );
}
