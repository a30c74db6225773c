// The lines of equations.ts as data: what an operation makes, of which terms, each a product of numbers; and how it is written, as plain text and as
// LaTeX. Every formula on a page comes from here, so it says what is computed.

import { exp, largest, log, logistic, tanh } from '../elementary.ts';
import { isOneHot, type ModelConfig } from '../network/config.ts';
import { equationsOf, type Pass } from './equations.ts';
import { type Address, type Quantity, quantities } from './quantities.ts';

/** The functions of one number. */
export const functions = {
  identity: { of: (x: number) => x, text: '#', latex: '#' },
  tanh: { of: tanh, text: 'tanh #', latex: '\\tanh #' },
  relu: { of: (x: number) => Math.max(0, x), text: 'max(0, #)', latex: '\\max(0, #)' },
  sigmoid: { of: logistic, text: 'σ(#)', latex: '\\sigma(#)' },
  'one-minus': { of: (x: number) => 1 - x, text: '(1 − #)', latex: '(1 - #)' },
  'one-square': { of: (x: number) => 1 - x * x, text: '(1 − #²)', latex: '(1 - (#)^2)' },
  'times-rest': { of: (x: number) => x * (1 - x), text: '# (1 − #)', latex: '# (1 - #)' },
  positive: { of: (x: number) => (x > 0 ? 1 : 0), text: '1[# > 0]', latex: '\\mathbf{1}[# > 0]' },
  'tanh-slope': { of: (x: number) => 1 - tanh(x) ** 2, text: '(1 − tanh² #)', latex: '(1 - \\tanh^2 #)' },
  'minus-log': { of: (x: number) => -log(x), text: '(−log #)', latex: '(-\\log #)' },
} as const;

/** What a factor does with a number before it is multiplied. */
export type FunctionName = keyof typeof functions;

/** Numbers of a quantity: an index is a letter, or t shifted by one. */
export interface Reference {
  /** The quantity. */
  readonly quantity: Quantity;
  /** The gate; '' for the plain cell. */
  readonly gate: string;
  /** The letter of the step, or that letter shifted by one: `t-1`. */
  readonly t?: string;
  /** The letter of the unit, row or class. */
  readonly unit?: string;
  /** The letter of the column. */
  readonly column?: string;
  /** The letter of the layer, or a layer next to it. */
  readonly layer: string;
}

/** A number in a product, and what is made of it there. */
export interface Factor {
  /** Which number. */
  readonly reference: Reference;
  /** What is made of it. */
  readonly function: FunctionName;
}

/** ± a product; summed over every index that the result does not have. */
export interface Term {
  /** Whether it is added or subtracted. */
  readonly sign: 1 | -1;
  /** What is multiplied. */
  readonly factors: readonly Factor[];
}

/** An operation of a window as data: what it makes and of which terms. Equations are numbered as in Goodfellow et al. (2016), chapter 10. */
export interface Operation {
  /** The pass that it belongs to: forward, backward, or the sums over all steps. */
  readonly pass: Pass;
  /** The number of its equation in Goodfellow et al. (2016), chapter 10; of gated cells that of the plain cell's. */
  readonly number?: string;
  /** What it makes. */
  readonly result: Reference;
  /** `sum` of the terms, or the softmax over them. */
  readonly outer: 'sum' | 'softmax';
  /** The terms, whose sum or softmax the result is. */
  readonly terms: readonly Term[];
  /** The whole equation, for one element. */
  readonly text: string;
  /** The same as LaTeX. */
  readonly latex: string;
}

const known = new Map<string, Operation[]>();

/** Every operation of a window of a model, in an order in which it can be computed: forward, backward, then the sums over time. */
export function operationsOf(config: ModelConfig): readonly Operation[] {
  const { cell, nonlinearity, embeddingSize, tieWeights } = config;
  const key = JSON.stringify([cell, nonlinearity, isOneHot(config), embeddingSize !== null, tieWeights]);
  let found = known.get(key);
  if (!found) {
    found = equationsOf(config).map(({ pass, equation, number }) => ({ pass, number, ...parse(equation) }));
    known.set(key, found);
  }
  return found;
}

const names = /^([a-zA-Z]+)(?:\.([a-z]?))?\[([^\]]+)\]$/;
const withFunction = /^([a-z-]+)\((.+)\)$/;

function parse(equation: string): Omit<Operation, 'pass' | 'number'> {
  const [left, right] = equation.split(' = ');
  const result = reference(left);
  const isSoftmax = right.startsWith('softmax(');
  const body = isSoftmax ? right.slice('softmax('.length, -1) : right;
  const terms = body
    .replaceAll(' - ', ' + -')
    .split(' + ')
    .map((part): Term => {
      const isMinus = part.startsWith('-');
      const factors = (isMinus ? part.slice(1) : part).split(' ').map((word): Factor => {
        const [, name, inner] = withFunction.exec(word) ?? [];
        return { reference: reference(inner ?? word), function: (name ?? 'identity') as FunctionName };
      });
      return { sign: isMinus ? -1 : 1, factors };
    });
  const outer = isSoftmax ? 'softmax' : 'sum';
  const written = (style: Style): string => `${style.number(result)} = ${rightSide(terms, result, outer, style)}`;
  return { result, outer, terms, text: written(text), latex: written(latex) };
}

function reference(word: string): Reference {
  const [, name, gate = '', inside] = names.exec(word)!;
  const indices = inside.split(',');
  const t = indices[0].startsWith('t') ? indices.shift() : undefined;
  const layer = indices.findIndex((index) => /^(l|top|0)/.test(index));
  const [which] = layer < 0 ? ['l'] : indices.splice(layer);
  const [unit, column] = indices;
  return { quantity: name as Quantity, gate, t, unit, column, layer: which };
}

/** The letters of a reference. */
export function lettersOf({ t, unit, column }: Reference): string[] {
  return [t && 't', unit, column].filter((letter): letter is string => letter !== undefined);
}

interface Style {
  number(reference: Reference): string;
  apply(name: FunctionName, number: string): string;
  sum(letters: string): string;
  readonly minus: string;
  softmax(result: Reference, number: string): string;
}

const layerMark = (layer: string): string => ({ 'l-1': 'l−1', 'l+1': 'l+1', top: 'L' })[layer] ?? '';

/** The letter of a quantity; gates by their own name, where the output gate of an LSTM must not look like the output. */
function letter({ quantity, gate }: Reference): { d: boolean; base: string; sub: string } {
  const d = quantity.startsWith('d');
  const bare = d ? quantity.slice(1) : quantity;
  if (bare === 'gate') return { d, base: gate, sub: gate === 'o' ? 'gate' : '' };
  const special: Partial<Record<string, [string, string]>> = {
    y: ['ŷ', ''],
    loss: ['L', ''],
    weight: ['w', ''],
    embedding: ['E', ''],
    token: ['1', 'token'],
    target: ['1', 'y'],
    bn: ['b', 'hn'],
    hAbove: ['h', 'above'],
    hLater: ['h', 'later'],
    sLater: ['s', 'later'],
  };
  const [base, sub] = special[bare] ?? [bare, gate];
  return { d, base, sub };
}

const text: Style = {
  number(ref) {
    const { d, base, sub } = letter(ref);
    const marks = [sub, layerMark(ref.layer)].filter(Boolean).join(',');
    const time = ref.t ? `(${ref.t.replace('-', '−')})` : '';
    const indices = [ref.unit, ref.column].filter(Boolean).join(',');
    return `${d ? '∇' : ''}${base}${marks ? `_${marks}` : ''}${time}${indices ? `[${indices}]` : ''}`;
  },
  apply: (name, number) => functions[name].text.replaceAll('#', number),
  sum: (letters) => `Σ_${letters} `,
  minus: '−',
  softmax: (result, number) => `exp(${number.replace('[n]', `[${result.unit}]`)}) / Σ_n exp(${number})`,
};

const latex: Style = {
  number(ref) {
    const { d, base, sub } = letter(ref);
    const plain = { ŷ: '\\hat{y}', '1': '\\mathbf{1}' }[base] ?? base;
    const up = [
      ref.t && `(${ref.t})`,
      layerMark(ref.layer).replace('−', '-') && `[${layerMark(ref.layer).replace('−', '-')}]`,
    ]
      .filter(Boolean)
      .join('');
    const down = [sub && `\\mathrm{${sub}}`, ref.unit, ref.column].filter(Boolean).join(',');
    return `${d ? '\\nabla ' : ''}${plain}${up ? `^{${up}}` : ''}${down ? `_{${down}}` : ''}`;
  },
  apply: (name, number) => functions[name].latex.replaceAll('#', number),
  sum: (letters) => `\\sum_{${letters}} `,
  minus: '-',
  softmax: (result, number) => `\\frac{e^{${number.replace(/n\}$/, `${result.unit}}`)}}}{\\sum_n e^{${number}}}`,
};

/**
 * A number by its symbol: `∇h(17)[9]`, `W_r[9,3]`. In a model of several layers the layer stands below: `h_1(17)[9]`.
 * @param layers how many the model has
 */
export function symbolOf({ quantity, gate = '', t, layer = 0, unit, column }: Address, layers = 1): string {
  const { layered }: { layered?: boolean } = quantities[quantity];
  const number = (index: number | undefined): string | undefined => (index === undefined ? undefined : String(index));
  const { d, base, sub } = letter({ quantity, gate, layer: '' });
  const marks = [sub, layered && layers > 1 ? String(layer) : ''].filter(Boolean).join(',');
  const indices = [number(unit), number(column)].filter(Boolean).join(',');
  const time = t === undefined ? '' : `(${t})`;
  return `${d ? '∇' : ''}${base}${marks ? `_${marks}` : ''}${time}${indices ? `[${indices}]` : ''}`;
}

function rightSide(terms: readonly Term[], result: Reference, outer: Operation['outer'], style: Style): string {
  const own = new Set(lettersOf(result));
  const written = ({ factors }: Term): string => {
    const letters = new Set(factors.flatMap(({ reference: ref }) => lettersOf(ref)).filter((name) => !own.has(name)));
    const product = factors.map((factor) => style.apply(factor.function, style.number(factor.reference))).join(' ');
    return letters.size > 0 && outer === 'sum' ? style.sum([...letters].join(',')) + product : product;
  };
  if (outer === 'softmax') return style.softmax(result, written(terms[0]));
  return terms
    .map(
      (term, i) =>
        (i === 0 ? (term.sign < 0 ? style.minus : '') : term.sign < 0 ? ` ${style.minus} ` : ' + ') + written(term),
    )
    .join('');
}

/** softmax over the given numbers, of number `own`. */
export function softmaxOf(values: readonly number[], own: number): number {
  const top = largest(values);
  let sum = 0;
  for (const value of values) sum += exp(value - top);
  return exp(values[own] - top) / sum;
}
