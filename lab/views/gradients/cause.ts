// Experiment: the gain of W as a what-if on the model that is shown (its slider stands beside the curve), settings that make a new run or act at once, and another cell trained beside.

import { cellOf } from '../../../src/core.ts';
import type { Edit } from '../../../src/insight.ts';
import { button, make, setText } from '../../draw/dom.ts';
import { formatNumber, formatShort } from '../../format.ts';
import { presetChanges } from '../../presets.ts';
import { rivalCells } from '../../protocol.ts';
import { cellConfig, type SettingName, type Settings, settingTable } from '../../settings.ts';
import * as actions from '../../state/actions.ts';
import type { Frame } from '../../state/frame.ts';
import { choiceName, strings } from '../../strings.ts';
import { gradientsStrings } from './strings.ts';
import { gainOf } from './verdict.ts';

const words = gradientsStrings.cause;
type Changes = Partial<Settings>;

/** Settings that are chosen by a row of buttons: what each button says, and what it changes. */
interface Row {
  readonly name: string;
  readonly choices: readonly { readonly label: string; readonly changes: Changes }[];
  readonly note?: string;
}
const each = <Name extends SettingName>(name: Name, values: readonly Settings[Name][]): Row => ({
  name: strings.settings[name],
  choices: values.map((value) => ({
    label: choiceName(String(value)) ?? formatShort(Number(value)),
    changes: { [name]: value },
  })),
});

const fresh = (): readonly Row[] => [
  {
    name: words.title,
    note: words.freshNote(presetChanges.vanish.gain, presetChanges.explode.gain),
    choices: [
      { label: words.vanish, changes: { cell: 'rnn', init: 'orthogonal', ...presetChanges.vanish } },
      { label: words.carryFar, changes: { cell: 'relu', init: 'identity', gain: 1 } },
      { label: words.explode, changes: { init: 'orthogonal', ...presetChanges.explode } },
    ],
  },
  each('cell', ['rnn', 'relu', 'gru', 'lstm']),
  each('init', settingTable.init.choices),
  each('gain', [0.5, 1, 2]),
];
const live = (): readonly Row[] => [
  each('T', [8, 32, 64, 128]),
  {
    name: strings.settings.clip,
    choices: [
      { label: words.clipOn, changes: { clip: 5 } },
      { label: words.clipOff, changes: { clip: 0 } },
    ],
  },
];

const apply = (changes: Changes): void => {
  for (const [name, value] of Object.entries(changes)) actions.change(name as SettingName, value);
};

export class CauseCard {
  readonly element: HTMLElement;
  /** The gain of W, which stands beside the curve that it changes. */
  readonly gain: HTMLElement;
  private readonly slider = make('input', { type: 'range', id: 'flow-gain', min: -2, max: 2, step: 0.1, value: 0 });
  private readonly output = make('output', { for: 'flow-gain' }, '× 1');
  private readonly reset = button(gradientsStrings.reset, 'quiet', () => actions.edit([]));
  private readonly buttons: { readonly made: HTMLButtonElement; readonly changes: Changes }[] = [];
  private readonly rivals = ([null, ...rivalCells] as const).map((cell) => ({
    cell,
    made: button(cell ? strings.choices[cell] : words.alone, '', () => actions.compareWith(cell)),
  }));
  private readonly bar = make('i');
  private readonly progress = make('p', { class: 'note' });
  private readonly training = make(
    'div',
    { class: 'rival-progress' },
    make('span', { class: 'bar' }, this.bar),
    this.progress,
  );
  private edits: readonly Edit[] = [];
  private layers = 1;

  constructor() {
    this.slider.addEventListener('input', () => this.setGain(2 ** Number(this.slider.value)));
    const rows = (list: readonly Row[]): HTMLElement[] => list.map((row) => this.row(row));
    this.gain = make(
      'div',
      { class: 'flow-gain' },
      make(
        'div',
        { class: 'gain-row' },
        make('label', { for: 'flow-gain' }, words.gain),
        this.slider,
        this.output,
        this.reset,
      ),
      make('p', { class: 'note' }, words.gainNote),
    );
    this.element = make(
      'section',
      { class: 'card flow-cause' },
      make('h3', {}, words.title),
      make('h3', { class: 'second-title' }, words.versus),
      make(
        'div',
        { class: 'segments', role: 'group', 'aria-label': words.versus },
        ...this.rivals.map(({ made }) => made),
      ),
      this.training,
      make('p', { class: 'note' }, words.versusNote),
      make('h3', { class: 'second-title' }, words.fresh),
      ...rows(fresh()),
      make('h3', { class: 'second-title' }, words.live),
      ...rows(live()),
    );
  }

  update({ edits, settings, rivalCell, rival, flow }: Frame): void {
    this.edits = edits;
    this.layers = settings.layers;
    const gain = gainOf(edits);
    this.reset.disabled = edits.length === 0;
    this.slider.disabled = cellOf(cellConfig(settings.cell)).recurrence === 'none';
    if (gain !== null && document.activeElement !== this.slider) this.slider.value = String(Math.log2(gain));
    const label = `× ${gain === null ? '–' : formatShort(gain)}`;
    setText(this.output, label);
    this.slider.setAttribute('aria-valuetext', label);
    for (const { made, changes } of this.buttons) {
      const isSet = Object.entries(changes).every(([name, value]) => settings[name as SettingName] === value);
      made.setAttribute('aria-pressed', String(isSet));
    }
    for (const { made, cell } of this.rivals) {
      made.setAttribute('aria-pressed', String(cell === rivalCell));
      made.disabled = cell !== null && cell === settings.cell && cell !== rivalCell;
    }
    this.training.hidden = rivalCell === null;
    if (rivalCell === null) return;
    const target = rival?.target ?? flow?.step ?? 0;
    const step = rival?.step ?? 0;
    setText(this.progress, words.training(strings.choices[rivalCell], step, target));
    this.bar.style.width = `${target > 0 ? (100 * step) / target : 100}%`;
  }

  /** In every layer; what else is edited stays. */
  private setGain(gain: number): void {
    const others = this.edits.filter((edit) => edit.kind !== 'scale');
    const factor = Number(formatNumber(gain, 3));
    const scales = Array.from({ length: this.layers }, (_, l): Edit => ({ kind: 'scale', name: `W${l}`, factor }));
    actions.edit(factor === 1 ? others : [...others, ...scales]);
  }

  private row({ name, choices, note }: Row): HTMLElement {
    const segments = make('div', { class: 'segments', role: 'group', 'aria-label': name });
    for (const { label, changes } of choices) {
      const made = button(label, '', () => apply(changes));
      this.buttons.push({ made, changes });
      segments.append(made);
    }
    return make(
      'div',
      { class: 'cause-row' },
      make('span', { 'aria-hidden': 'true' }, name),
      segments,
      ...(note ? [make('p', { class: 'note' }, note)] : []),
    );
  }
}
