// Equations in the plain notation of docs/math.md, such as ∇h(t) = Wᵀ diag(1 − h(t+1)²) ∇h(t+1) + Vᵀ ∇o(t), turned into TeX, into MathML
// (by Temml, at build time) and into words for those who listen, in each language. So the text, the mathematics page and the comments of the reference say an
// equation in the same letters, and a test can compare them. What the notation knows: a time in parentheses right after a letter is a
// superscript, h(t); an index in brackets right after it a subscript, ŷ(t)[i]; [a ; b] is a column and [a, b ; c, d] a matrix; ∇h is the
// gradient of L for h; A / B with spaces, and ∂A/∂B, are fractions; _hn is a subscript, ^20, ᵀ and ² are superscripts.

import temml from 'temml';
import { inPieces } from './line-breaks.ts';
import type { FunctionName, OperatorSign } from './words/form.ts';
import { type Words, wordsOf } from './words.ts';

export interface Equation {
  readonly tex: string;
  readonly words: string;
}

interface Term extends Equation {
  readonly applies?: boolean; // a function, which what follows is read "of"
  readonly gradient?: boolean; // ∇ of something: in parentheses before a factor
  readonly inside?: string; // TeX without the outer parentheses, where there are any
}

const functions: Readonly<Record<FunctionName, string>> = {
  tanh: '\\tanh',
  log: '\\log',
  ln: '\\ln',
  max: '\\max',
  softmax: '\\operatorname{softmax}',
  diag: '\\operatorname{diag}',
};

const greek: Readonly<Record<string, string>> = {
  τ: '\\tau',
  α: '\\alpha',
  ε: '\\varepsilon',
  σ: '\\sigma',
  θ: '\\theta',
};

const operators: Readonly<Record<OperatorSign, string>> = {
  '=': '=',
  '≈': '\\approx',
  '<': '<',
  '>': '>',
  '≤': '\\le',
  '+': '+',
  '−': '-',
  '·': '\\cdot',
  '×': '\\times',
  '⊙': '\\odot',
  '←': '\\leftarrow',
  '→': '\\to',
  '…': '\\ldots',
  ',': ',',
};

const isOperator = (sign: string): sign is OperatorSign => sign in operators;

const time = /^\((?:[tτkn]|\d+)(?:[+−]\d+)?\)/;

/** A recursive-descent reader of one equation; `flat` writes columns and matrices in a line. */
class Reader {
  private at = 0;
  private readonly source: string;
  private readonly flat: boolean;
  private readonly words: Words;

  constructor(source: string, flat: boolean, words: Words) {
    this.source = source;
    this.flat = flat;
    this.words = words;
  }

  all(): Equation {
    const whole = this.until('');
    if (this.at < this.source.length) this.fail();
    return whole;
  }

  private fail(): never {
    throw new Error(`equation ${this.source}: cannot read ${this.source.slice(this.at)}`);
  }

  private rest(): string {
    return this.source.slice(this.at);
  }

  private take(pattern: RegExp): string | undefined {
    const match = pattern.exec(this.rest());
    if (match?.index !== 0) return undefined;
    this.at += match[0].length;
    return match[0];
  }

  private expect(text: string): void {
    if (!this.rest().startsWith(text)) this.fail();
    this.at += text.length;
  }

  /** Terms and operators up to one of the characters of `ends`, which is not taken. */
  private until(ends: string): Equation {
    const { spoken } = this.words;
    const tex: string[] = [];
    const words: string[] = [];
    let before: 'operator' | 'function' | 'term' = 'operator';
    while (this.take(/^ +/) !== undefined || this.at < this.source.length) {
      const next = this.source[this.at];
      if (next === undefined || ends.includes(next)) break;
      const sign = before === 'operator' ? this.take(/^−(?=\d)/) : undefined; // of a number, not between two
      if (sign === undefined && isOperator(next)) {
        this.at++;
        tex.push(operators[next]);
        words.push(spoken.operators[next]);
        before = 'operator';
        continue;
      }
      const called = next === '(' && this.source[this.at - 1] !== ' ' && before !== 'operator';
      if (before === 'function' || called) words.push(spoken.of);
      else if (before === 'term') words.push(spoken.times);
      const term = this.term();
      const below = this.take(/^ \/ /) === undefined ? undefined : this.term();
      const factor = term.gradient && /^ [^ ,;\])‖]/.test(this.rest()) && !isOperator(this.source[this.at + 1]);
      const alone = (sign ? '{-}' : '') + (factor ? `\\left(${term.tex}\\right)` : term.tex);
      tex.push(below ? `\\frac{${term.inside ?? term.tex}}{${below.inside ?? below.tex}}` : alone);
      words.push((sign ? `${spoken.negative} ` : '') + (below ? spoken.over(term.words, below.words) : term.words));
      before = term.applies ? 'function' : 'term';
    }
    return { tex: tex.join(' '), words: words.join(' ').replaceAll(' ,', ',') };
  }

  /** A letter, number, function or something in brackets, with all that hangs on it. */
  private term(): Term {
    const { decimal, spoken } = this.words;
    const number = this.take(/^\d+(\.\d+)?/);
    if (number !== undefined) return this.hung({ tex: number, words: number.replace('.', decimal) }, number === '1');
    if (this.take(/^∇/)) {
      const of = this.term();
      return { tex: `\\nabla_{${of.tex}} L`, words: spoken.gradient(of.words), gradient: true };
    }
    if (this.take(/^∂/)) {
      const above = this.term();
      this.expect('/∂');
      const below = this.term();
      return this.hung(
        {
          tex: `\\frac{\\partial ${above.tex}}{\\partial ${below.tex}}`,
          words: spoken.derivative(above.words, below.words),
        },
        false,
      );
    }
    if (this.take(/^Σ_/)) {
      const index = this.take(/^[a-z]/) ?? this.fail();
      return { tex: `\\sum_{${index}}`, words: spoken.sum(index), applies: true };
    }
    if (this.take(/^\(/)) {
      const inside = this.until(')');
      this.expect(')');
      const whole = { tex: `\\left(${inside.tex}\\right)`, words: `(${inside.words})` };
      const term = this.hung(whole, false);
      return term.tex === whole.tex ? { ...term, inside: inside.tex } : term;
    }
    if (this.take(/^‖/)) {
      const inside = this.until('‖');
      this.expect('‖');
      return this.hung({ tex: `\\lVert ${inside.tex}\\rVert`, words: spoken.norm(inside.words) }, false);
    }
    if (this.take(/^\[/)) return this.hung(this.matrix(), false);
    const name = this.take(/^(?:tanh|log|ln|max|softmax|diag)(?![a-z])/) as FunctionName | undefined;
    if (name !== undefined) {
      const square = this.take(/^²/) ? ['^2', ` ${spoken.squared}`] : ['', ''];
      return { tex: functions[name] + square[0], words: spoken.functions[name] + square[1], applies: true };
    }
    if (this.take(/^ŷ/)) return this.hung({ tex: '\\hat{y}', words: spoken.hat }, false);
    const letter = this.take(/^\p{L}/u);
    if (letter === undefined) this.fail();
    return this.hung({ tex: greek[letter] ?? letter, words: spoken.greek[letter] ?? letter }, false);
  }

  /** Subscripts, times, indices and powers right behind a term. */
  private hung(base: Equation, isOne: boolean): Equation {
    const { spoken } = this.words;
    let { tex, words } = base;
    let above = '';
    let below = '';
    if (isOne && this.rest().startsWith('[')) {
      this.at++;
      const condition = this.until(']');
      this.expect(']');
      return { tex: `\\mathbf{1}_{${condition.tex}}`, words: spoken.indicator(condition.words) };
    }
    const prime = this.take(/^′/);
    if (prime) [tex, words] = [`${tex}'`, `${words} ${spoken.prime}`];
    const subscript = this.take(/^_[a-z]+/)?.slice(1);
    if (subscript !== undefined) {
      below = subscript.length > 1 ? `\\mathit{${subscript}}` : subscript;
      words += ` ${spoken.sub([...subscript].join(' '))}`;
    }
    const when = /^\p{L}|^\\/u.test(tex) && !tex.startsWith('\\left') ? this.take(time) : undefined;
    if (when !== undefined) {
      const inner = when.slice(1, -1);
      above = `(${inner.replace('τ', '\\tau').replace('−', '-')})`;
      words += ` ${spoken.at(inner.replace('τ', spoken.greek.τ).replace(/[−+]/, (sign) => ` ${spoken.operators[sign as OperatorSign]} `))}`;
    }
    if (this.rest().startsWith('[')) {
      this.at++;
      const index = this.until(']');
      this.expect(']');
      below = index.tex;
      words += `, ${spoken.entry(index.words)}`;
    }
    if (this.take(/^ᵀ/)) [above, words] = [`${above}\\top`, `${words} ${spoken.transposed}`];
    if (this.take(/^²/)) {
      words += ` ${spoken.squared}`;
      if (above) return { tex: `\\left(${scripts(tex, above, below)}\\right)^{2}`, words };
      above = '2';
    }
    const power = this.take(/^\^[−\w]+/)?.slice(1);
    if (power !== undefined) [above, words] = [power.replace('−', '-'), `${words} ${spoken.power(power)}`];
    return { tex: scripts(tex, above, below), words };
  }

  private matrix(): Equation {
    const rows: Equation[][] = [[]];
    for (;;) {
      rows.at(-1)!.push(this.until(',;]'));
      const next = this.source[this.at++];
      if (next === ']') break;
      if (next === ';') rows.push([]);
      else if (next !== ',') this.fail();
    }
    const column = rows.every((row) => row.length === 1);
    const { decimal, spoken } = this.words;
    const words = (column ? spoken.column : spoken.matrix)(
      rows.map((row) => row.map((cell) => cell.words).join(', ')).join('; '),
    );
    // where a comma is in the numbers, none stands between them
    const between = decimal === ',' ? '\\quad ' : ',\\, ';
    const flat = rows.map((row) => row.map((cell) => cell.tex).join(between)).join(';\\; ');
    const tall = rows.map((row) => row.map((cell) => cell.tex).join(' & ')).join(' \\\\ ');
    return { tex: this.flat ? `[${flat}]` : `\\begin{bmatrix} ${tall} \\end{bmatrix}`, words };
  }
}

const scripts = (tex: string, above: string, below: string): string =>
  tex + (below && `_{${below}}`) + (above && `^{${above}}`);

/** An equation of the plain notation; `flat` for one in a line of text. */
export const readEquation = (plain: string, flat = false, words: Words = wordsOf.en): Equation =>
  new Reader(plain, flat, words).all();

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** An equation of more characters than this in the plain notation may be broken, because it is wider than a column of text. */
const longEquation = 34;

/**
 * MathML with its words as `alttext`. Styles that Temml writes into attributes are left out: a page whose content policy allows only its own
 * style sheet would refuse them. A long equation that is displayed is several elements, between which a line may break.
 */
export function mathml(plain: string, display: boolean, language: Words = wordsOf.en): string {
  const { tex, words } = readEquation(plain, !display, language);
  const inside = insideOf(tex, display).replaceAll(/(<mn>\d+)\.(\d+<\/mn>)/g, `$1${language.decimal}$2`);
  return display && plain.length > longEquation ? inPieces(inside, escaped(words)) : element(inside, words, display);
}

/** TeX with the words that say it, as a block: for formulas that are TeX already. */
export const mathmlOfTex = (tex: string, words: string): string => element(insideOf(tex, true), words, true);

function element(inside: string, words: string, display: boolean): string {
  return `<math${display ? ' display="block"' : ''} alttext="${escaped(words)}">${inside}</math>`;
}

/** The content of the element `<math>`. */
function insideOf(tex: string, display: boolean): string {
  return temml
    .renderToString(tex, { displayMode: display, throwOnError: true })
    .replace(/^<math[^>]*>|<\/math>$/g, '')
    .replaceAll(/ (?:style="[^"]*"|class="[^"]*"|fence="true")/g, '')
    .replaceAll(/<mrow><\/mrow>/g, '');
}
