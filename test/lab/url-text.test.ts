// The visitor's text in a link: packed where it is short, else named by its hash; and what a damaged or cut link says. And the links of the tour.

import { describe, expect, test } from 'vitest';
import { presetSettings } from '../../lab/presets.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { hashOf } from '../../lab/state/carried-text.ts';
import { startOfCursor } from '../../lab/state/cursor.ts';
import { noExtras } from '../../lab/state/link-extras.ts';
import * as url from '../../lab/state/url.ts';
import { type LinkState, maxLinkLength, toLink } from '../../lab/state/url.ts';
import { tour } from '../../lab/text/tour.ts';

const views = { train: 'train', unrolled: 'unrolled', debugger: 'debugger', gradients: 'gradients' };
const readLink = (link: string) => url.readLink(link, views);
const fromLink = (link: string) => url.fromLink(link, views);

const start: LinkState = {
  preset: null,
  settings: defaultSettings,
  carried: null,
  cursor: startOfCursor,
  extras: noExtras,
};
const withSettings = (changes: Partial<Settings>): LinkState => ({
  ...start,
  settings: { ...defaultSettings, ...changes },
});

describe('the visitor’s text', () => {
  const own = (ownText: string, changes: Partial<Settings> = {}) => withSettings({ text: 'own', ownText, ...changes });

  test('comes back from the link where it is short', async () => {
    for (const text of ['ab', 'Ein „Bär“ 🐻‍❄️\r\n\0\ufeff', 'a'.repeat(100_000), 'The river ran. '.repeat(500)]) {
      const { link, remarks } = await toLink(own(text));
      expect(remarks).toEqual([]);
      expect(link).toMatch(/^#v=1&sha=[\da-f]{12}&txt=[\w-]+$/);
      expect(link.length).toBeLessThan(maxLinkLength);
      const read = await fromLink(link);
      expect(read).toMatchObject({ waitsFor: null, remarks: [], state: { settings: { text: 'own', ownText: text } } });
    }
  });

  test('is named by its hash where it is long, and the same file is recognized', async () => {
    let seed = 1;
    const text = Array.from({ length: 9000 }, () =>
      String.fromCharCode(97 + ((seed = (seed * 48271) % 2147483647) % 26)),
    ).join('');
    const { link, remarks } = await toLink(own(text, { cell: 'gru' }));
    expect(link).toBe(`#v=1&cell=gru&sha=${await hashOf(text)}`);
    expect(remarks).toEqual([
      'link: the text is too long for it, so who opens it has to give the same file; the link checks it',
    ]);
    const read = await fromLink(link);
    expect(read).toMatchObject({
      waitsFor: await hashOf(text),
      remarks: ['link: it does not contain the text; drop the same file'],
      state: { settings: { text: 'tale', ownText: '', cell: 'gru' } },
    });
    expect(await hashOf(`${text} `)).not.toBe(read.waitsFor);
  });

  test('is the first of SHA-256', async () => {
    expect(await hashOf('abc')).toBe('ba7816bf8f01');
  });

  test('makes no link longer than 8,000 characters, whatever else is in it', async () => {
    const prime = '一'.repeat(500);
    let seed = 7;
    const text = Array.from({ length: 5000 }, () =>
      String.fromCharCode(97 + ((seed = (seed * 48271) % 2147483647) % 26)),
    ).join('');
    expect((await toLink(own(text))).link).toContain('txt=');
    const { link } = await toLink(own(text, { prime }));
    expect(link).toContain('sha=');
    expect(link.length).toBeLessThan(maxLinkLength);
  });

  test('that is damaged or cut is a sentence, and the same file may be given', async () => {
    const text = 'The river ran past the mill. '.repeat(20);
    const { link } = await toLink(own(text));
    for (const bad of [link.slice(0, -9), link.slice(0, -1), link.replace('txt=', 'txt=AAAA')]) {
      const { state, waitsFor, remarks } = await fromLink(bad);
      expect(remarks).toEqual([
        'link, txt: expected the packed text, got other data; took tale',
        'link: it does not contain the text; drop the same file',
      ]);
      expect(waitsFor).toBe(await hashOf(text));
      expect(state).toMatchObject({ carried: null, settings: { text: 'tale', ownText: '' } });
    }
    for (const bad of ['#txt=AAAA', '#txt=A', `#txt=${'_'.repeat(5462)}`]) {
      const { waitsFor, remarks } = await fromLink(bad);
      expect(remarks).toEqual(['link, txt: expected the packed text, got other data; took tale']);
      expect(waitsFor).toBeNull();
    }
    expect((await fromLink(link.replace(/sha=\w+&/, ''))).state.settings.ownText).toBe(text);
  });

  test('that unpacks to megabytes is taken up to the size of any text', async () => {
    const { link } = await toLink(own('a'.repeat(4_000_000)));
    expect(link.length).toBeLessThan(6000);
    expect((await fromLink(link)).state.settings.ownText).toHaveLength(4_000_000);
    expect((await toLink(own('a'.repeat(5_000_000)))).link).toMatch(/^#v=1&sha=\w{12}$/); // more than 4 kB packed
  });

  test('of a preset is not carried', async () => {
    const hand = { ...start, preset: 'hand' as const, settings: presetSettings('hand') };
    expect(await toLink(hand)).toEqual({ link: '#v=1&preset=hand', remarks: [] });
    expect((await fromLink('#v=1&preset=hand')).state.settings.ownText).toBe('hello');
  });
});

test('every chapter of the tour is a link that is understood', () => {
  for (const { id, state } of tour) expect({ id, remarks: readLink(state).remarks }).toEqual({ id, remarks: [] });
});
