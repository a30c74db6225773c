// Links of the lab: any state comes back from its link, any text for a link gives a valid state and sentences, and nothing ever throws.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { languageNames } from '../../lab/language.ts';
import { presetNames, presetSettings } from '../../lab/presets.ts';
import {
  defaultSettings,
  isValid,
  type Setting,
  type Settings,
  settingNames,
  settingTable,
  toyNames,
} from '../../lab/settings.ts';
import { shippedModels } from '../../lab/shipped.ts';
import { startOfCursor } from '../../lab/state/cursor.ts';
import { noExtras } from '../../lab/state/link-extras.ts';
import * as url from '../../lab/state/url.ts';
import { type LinkState, maxLinkLength, writeLink } from '../../lab/state/url.ts';
import { dataOfTask } from '../../lab/task-settings.ts';
import { runs } from '../support/exhaustive.ts';

const viewNames = ['train', 'data', 'unrolled', 'debugger', 'gradients', 'generate'];
const views = { ...Object.fromEntries(viewNames.map((name) => [name, name])), grad: 'gradients' };
const readLink = (link: string) => url.readLink(link, views);
const fromLink = (link: string) => url.fromLink(link, views);
const unset = { preset: null, carried: null, extras: noExtras };
const start: LinkState = { ...unset, settings: defaultSettings, cursor: startOfCursor };
const withSettings = (changes: Partial<Settings>): LinkState => ({
  ...start,
  settings: { ...defaultSettings, ...changes },
});

/** Any value that a setting takes. */
function anyValue(setting: Setting): fc.Arbitrary<unknown> {
  if (setting.kind === 'choice') return fc.constantFrom(...setting.choices);
  if (setting.kind === 'flag') return fc.boolean();
  if (setting.kind === 'text') return fc.string({ unit: 'grapheme', maxLength: 40 });
  const { min, max } = setting;
  const inside =
    setting.kind === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }).map((x) => x + 0);
  return fc.oneof(
    inside,
    fc.constantFrom(min, max, setting.default, ...(setting.off === undefined ? [] : [setting.off])),
  );
}

const hash = fc.stringMatching(/^[\da-f]{12}$/);
const anyState: fc.Arbitrary<LinkState> = fc
  .record({
    preset: fc.option(fc.constantFrom(...presetNames)),
    settings: fc.record(Object.fromEntries(settingNames.map((name) => [name, anyValue(settingTable[name])]))),
    carried: fc
      .record({ sha: fc.option(hash), data: fc.option(fc.stringMatching(/^[\w-]{1,200}$/)) })
      .map((both) => (both.sha === null && both.data === null ? null : both)),
    cursor: fc.record({
      view: fc.constantFrom(...viewNames),
      n: fc.option(fc.nat(1_000_000)),
      w: fc.nat(1_000_000),
      t: fc.nat(127),
      l: fc.nat(2),
      u: fc.nat(255),
      op: fc.constant(0),
      direction: fc.constantFrom('forward' as const, 'backward' as const),
    }),
    extras: fc.record({
      scale: fc.constantFrom('abs' as const, 'row' as const, 'signed' as const),
      operation: fc.option(fc.stringMatching(/^[a-zA-Z]{1,3}\d{0,2}$/)),
      weights: fc.option(hash),
      hide: fc.uniqueArray(fc.constantFrom('rail', 'aside', 'train')).map((names) => names.join(',')),
      chapters: fc.uniqueArray(fc.constantFrom('vanishing', 'gates')).map((names) => names.join(',')),
      lock: fc.constantFrom('', '1', 'cell', 'text,lr'),
      title: fc.string({ unit: 'grapheme', maxLength: 20 }),
      tasks: fc.string({ unit: 'grapheme', maxLength: 40 }),
      tour: fc.option(fc.integer({ min: 1, max: 8 })),
      gallery: fc.option(fc.constantFrom('all', ...toyNames)),
      embed: fc.option(fc.constantFrom(...viewNames)),
      open: fc.option(fc.constant('model' as const)),
      lang: fc.option(fc.constantFrom(...languageNames)),
      versus: fc.option(fc.constantFrom('lr:0.001,0.01:5s', 'cell:rnn,gru,lstm,mingru:100000u')),
      shipped: fc.option(fc.constantFrom(...shippedModels.map(({ name }) => name))),
    }),
  })
  .map((raw) => {
    const settings = { ...raw.settings } as Settings;
    const isPlain = settings.cell === 'rnn' || settings.cell === 'relu';
    const [first, ...others] = dataOfTask[settings.task];
    const presets = settings.task === 'text' ? presetSettings(raw.preset).ownText : '';
    const known = [first, ...others].includes(settings.text) ? settings.text : first;
    const text = known === 'own' && !raw.carried && presets === '' ? first : known;
    const carried = text === 'own' ? raw.carried : null;
    return {
      ...raw,
      carried,
      settings: {
        ...settings,
        text,
        ownText: text === 'own' && !carried ? presets : '',
        init: settings.init === 'identity' && !isPlain ? 'orthogonal' : settings.init,
      },
      extras: { ...raw.extras, weights: raw.cursor.n === null ? null : raw.extras.weights },
    } as LinkState;
  });

/** What every state of a link must be. */
function expectValid({ settings, carried, cursor, extras, preset }: LinkState): void {
  expect(settingNames.filter((name) => !isValid(name, settings[name]))).toEqual([]);
  expect(viewNames).toContain(cursor.view);
  for (const part of ['w', 't', 'l', 'u', 'op'] as const)
    expect(Number.isSafeInteger(cursor[part]) && cursor[part] >= 0).toBe(true);
  expect(cursor.n === null || (Number.isInteger(cursor.n) && cursor.n >= 0 && cursor.n <= 1_000_000)).toBe(true);
  expect(cursor.t).toBeLessThan(128);
  expect(String(extras.weights)).toMatch(cursor.n === null ? /^null$/ : /^(null|[\da-f]{12})$/);
  expect(['abs', 'row', 'signed']).toContain(extras.scale);
  expect(extras.lock).toMatch(/^(1|[a-zA-Z,]*)$/);
  expect([null, ...presetNames]).toContain(preset);
  if (settings.text === 'own') expect(carried !== null || settings.ownText !== '').toBe(true);
  else expect(carried).toBeNull();
}

describe('a link', () => {
  test('of 500 random states gives the same state back, without a remark, and is short', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const link = writeLink(state);
        expect(readLink(link)).toEqual({ state, remarks: [] });
        expect(link.length).toBeLessThan(maxLinkLength);
        expect(link).toMatch(/^#v=1[\w&=.,%-]*$/);
        expect(link).not.toMatch(/\.$/);
      }),
      { numRuns: runs(500) },
    );
  });

  test('leaves defaults out, and is for people to read', () => {
    expect(writeLink(start)).toBe('#v=1');
    const state: LinkState = {
      ...withSettings({ cell: 'lstm', hidden: 128, T: 64, lr: 0.0005, clip: 0, carry: false, prime: 'Once (upon) a.' }),
      cursor: { ...startOfCursor, view: 'gradients', n: 1500, t: 16, u: 9, direction: 'backward' },
      extras: { ...noExtras, weights: '0123456789ab', operation: 'da', scale: 'row', hide: 'rail,tabs' },
    };
    expect(writeLink(state)).toBe(
      '#v=1&cell=lstm&h=128&T=64&carry=0&lr=0.0005&clip=0&prime=Once%20%28upon%29%20a%2E' +
        '&n=1500&view=gradients&t=17&u=9&dir=bwd&wh=0123456789ab&o=da&scale=row&hide=rail,tabs'.replace(',', '%2C'),
    );
  });

  test('promises weights only of a step that it names', () => {
    const extras = { ...noExtras, weights: '0123456789ab' };
    expect(writeLink({ ...start, extras })).toBe('#v=1');
    expect(writeLink({ ...start, cursor: { ...startOfCursor, n: 20 }, extras })).toBe('#v=1&n=20&wh=0123456789ab');
    const { state, remarks } = readLink('#v=1&wh=0123456789ab');
    expect(state.extras.weights).toBeNull();
    expect(remarks).toEqual(['link, wh: expected n beside it, got none; left it out']);
  });

  test('that a person wrote is understood: without v and #, long names, the example of the documentation', () => {
    expect(readLink('hidden=32&view=grad').state).toMatchObject({
      settings: { hidden: 32 },
      cursor: { view: 'gradients' },
    });
    const example =
      '#v=1&text=tale&cell=rnn&h=64&T=32&opt=adam&lr=0.003&clip=5&seed=42&n=1500&view=grad&t=17&u=9&o=da&scale=abs';
    expect(readLink(example)).toEqual({
      state: {
        ...start,
        cursor: { ...startOfCursor, n: 1500, view: 'gradients', t: 16, u: 9 },
        extras: { ...noExtras, operation: 'da' },
      },
      remarks: [],
    });
    expect(readLink('')).toEqual({ state: start, remarks: [] });
    expect(readLink('#')).toEqual({ state: start, remarks: [] });
  });

  test('may begin with a preset, which its other keys change', () => {
    const { state, remarks } = readLink('#v=1&preset=explode&h=32');
    expect(remarks).toEqual([]);
    expect(state.settings).toEqual({ ...presetSettings('explode'), hidden: 32 });
    expect(state.settings).toMatchObject({ cell: 'relu', clip: 0 });
    expect(writeLink(state)).toBe('#v=1&preset=explode&h=32');
    expect(readLink('view=unrolled&preset=hand&t=2').state).toMatchObject({
      settings: { text: 'own', ownText: 'hello', hidden: 2 },
      cursor: { view: 'unrolled', t: 1 },
    });
  });

  test.each<[string, string, Partial<Settings>]>([
    ['lr=7', 'lr: expected a number from 0.00001 to 1, got "7"; took 1', { lr: 1 }],
    ['lr=abc', 'lr: expected a number from 0.00001 to 1, got "abc"; took 0.003', {}],
    ['lr=', 'lr: expected a number from 0.00001 to 1, got ""; took 0.003', {}],
    ['lr=0x1', 'lr: expected a number from 0.00001 to 1, got "0x1"; took 0.003', {}],
    ['h=1e999', 'h: expected a whole number from 2 to 256, got "1e999"; took 256', { hidden: 256 }],
    ['h=64.4', 'h: expected a whole number from 2 to 256, got "64.4"; took 64', {}],
    ['clip=0.01', 'clip: expected a number from 0.1 to 100, or 0, got "0.01"; took 0.1', { clip: 0.1 }],
    ['cell=transformer', 'cell: expected one of rnn, relu, gru, lstm, mingru, got "transformer"; took rnn', {}],
    ['carry=yes', 'carry: expected 1 or 0, got "yes"; took 1', {}],
    ['text=own', 'text: expected txt or sha with a text of one’s own, got neither; took tale', {}],
    [
      'cell=gru&init=identity',
      'init: expected orthogonal or uniform for the cell gru, got identity; took orthogonal',
      { cell: 'gru' },
    ],
    ['n=99999999', 'n: expected a whole number from 0 to 1000000, got "99999999"; took 1000000', {}],
    ['n=soon', 'n: expected a whole number from 0 to 1000000, got "soon"; left it out', {}],
    ['view=home', `view: expected one of ${viewNames.join(', ')}, got "home"; took train`, {}],
    ['wh=0123456789ab', 'wh: expected n beside it, got none; left it out', {}],
    ['n=5&wh=xyz', 'wh: expected twelve hexadecimal digits, got "xyz"; left it out', {}],
    ['hide=<b>', 'hide: expected names of parts and views with commas between them, got "<b>"; took none', {}],
    [
      'hide=rail,debuger,trian',
      'hide: expected names of parts and views with commas between them, got "debuger,trian"; took rail',
      {},
    ],
    [
      'lock=cell,hiden',
      'lock: expected 1, 0 or names of settings with commas between them, got "hiden"; took cell',
      {},
    ],
    ['chapters=a b', 'chapters: expected names of chapters with commas between them, got "a b"; took none', {}],
    ['t=0', 't: expected a whole number from 1 to 128, got "0"; took 1', {}],
    ['o=a b c', 'o: expected the name of an operation, got "a b c"; left it out', {}],
    ['preset=wild', `preset: expected one of ${presetNames.join(', ')}, got "wild"; left it out`, {}],
    ['vs=cell:rnn', 'vs: expected cell:rnn,gru:1000u, got "cell:rnn"; left it out', {}],
    ['color=red', 'expected a known key, got "color"; left it out', {}],
    ['__proto__=1', 'expected a known key, got "__proto__"; left it out', {}],
    ['lock', '"lock": expected name=value, got no value; left it out', {}],
    ['h=8&h=9', '"h": expected once, got it again; took the first', { hidden: 8 }],
    ['prime=%E0%A4', 'expected percent-encoded text, got "prime=%E0%A4"; left it out', {}],
    ['v=2&h=8', 'expected version 1, got "2"; took what is known of it', { hidden: 8 }],
    ['txt=a b', 'txt: expected at most 5462 letters, digits, - and _, got "a b"; left it out', {}],
    ['sha=12', 'sha: expected twelve hexadecimal digits, got "12"; left it out', {}],
    ['text=verse&txt=abc', 'expected one text, got verse and another; took verse', { text: 'verse' }],
    [
      `prime=${'x'.repeat(501)}`,
      `prime: expected at most 500 characters, got "${'x'.repeat(59)}…"; took the first 500`,
      { prime: 'x'.repeat(500) },
    ],
    ['%00=1%0A', 'expected a known key, got "\\u0000"; left it out', {}],
    ['%C2%85%E2%80%AE=1', 'expected a known key, got "\\u0085\\u202e"; left it out', {}],
  ])('%s: one sentence', (link, sentence, settings) => {
    const { state, remarks } = readLink(`#${link}`);
    expect(remarks).toEqual([sentence.startsWith('expected ') ? `link: ${sentence}` : `link, ${sentence}`]);
    expect(state.settings).toEqual({ ...defaultSettings, ...settings });
    expectValid(state);
  });

  test('with any number of mistakes has few remarks', () => {
    const { remarks } = readLink(Array.from({ length: 1000 }, (_, i) => `x${i}=1`).join('&'));
    expect(remarks).toHaveLength(9);
    expect(remarks[8]).toBe('link: and 992 more such remarks');
    expect(readLink(`#h=8&${'x'.repeat(1e6)}`).state.settings.hidden).toBe(8);
  });

  test('that is garbage gives a valid state, sentences, and never an exception', async () => {
    const names = [
      ...settingNames,
      'h',
      'v',
      'n',
      'wh',
      'view',
      't',
      'u',
      'w',
      'l',
      'o',
      'dir',
      'scale',
      'hide',
      'lock',
      'tour',
      'embed',
      'open',
      'txt',
      'sha',
      'preset',
      'toString',
      '__proto__',
    ];
    const junk = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '1',
        '0',
        '-1',
        'NaN',
        'Infinity',
        '1e9',
        '-0',
        'null',
        'own',
        'identity',
        'lstm',
        '%',
        '%FF',
        '%00',
        '=',
        '',
      ),
      fc.double().map(String),
      hash,
    );
    const pair = fc.tuple(fc.oneof(fc.constantFrom(...names), junk), junk).map(([name, value]) => `${name}=${value}`);
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.oneof(pair, junk), { maxLength: 20 }).map((parts) => `#${parts.join('&')}`),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (link) => {
        const { state, remarks } = readLink(link);
        expectValid(state);
        for (const remark of remarks) expect(remark).toMatch(/^link(, [^\n\r\0]+)?: [^\n\r\0]+$/);
        expect(readLink(writeLink(state))).toEqual({ state, remarks: [] });
        const whole = await fromLink(link);
        expect(settingNames.filter((name) => !isValid(name, whole.state.settings[name]))).toEqual([]);
        if (whole.state.settings.text === 'own') expect(whole.state.settings.ownText).not.toBe('');
      }),
      { numRuns: runs(1500) },
    );
  });

  test('with single characters changed, cut or doubled gives a valid state', () => {
    fc.assert(
      fc.property(
        anyState,
        fc.nat(),
        fc.nat(),
        fc.string({ unit: 'binary', maxLength: 3 }),
        (state, from, length, put) => {
          const link = writeLink(state);
          const at = from % link.length;
          expectValid(readLink(link.slice(0, at) + put + link.slice(at + (length % 5))).state);
        },
      ),
      { numRuns: runs(1000) },
    );
  });
});
