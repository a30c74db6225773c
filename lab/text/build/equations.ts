// Equations in the plain notation of docs/math.md, such as ∇h(t) = Wᵀ diag(1 − h(t+1)²) ∇h(t+1) + Vᵀ ∇o(t), turned into TeX, into MathML
// (by Temml, at build time) and into words for those who listen. So the text, the mathematics page and the comments of the reference say an
// equation in the same letters, and a test can compare them. What the notation knows: a time in parentheses right after a letter is a
// superscript, h(t); an index in brackets right after it a subscript, ŷ(t)[i]; [a ; b] is a column and [a, b ; c, d] a matrix; ∇h is the
// gradient of L for h; A / B with spaces, and ∂A/∂B, are fractions; _hn is a subscript, ^20, ᵀ and ² are superscripts.

import temml from 'temml';

export interface Equation {
  readonly tex: string;
  readonly words: string;
}

interface Term extends Equation {
  readonly applies?: boolean; // a function, which what follows is read "of"
  readonly gradient?: boolean; // ∇ of something: in parentheses before a factor
  readonly inside?: string; // TeX without the outer parentheses, where there are any
}

const functions: Record<string, [tex: string, words: string]> = {
  tanh: ['\\tanh', 'tanh'],
  log: ['\\log', 'log'],
  ln: ['\\ln', 'log'],
  max: ['\\max', 'the larger'],
  softmax: ['\\operatorname{softmax}', 'softmax'],
  diag: ['\\operatorname{diag}', 'the diagonal matrix'],
};

const greek: Record<string, string> = { τ: '\\tau', α: '\\alpha', ε: '\\varepsilon', σ: '\\sigma', θ: '\\theta' };
const greekWords: Record<string, string> = { τ: 'tau', α: 'alpha', ε: 'epsilon', σ: 'sigma', θ: 'theta' };

const operators: Record<string, [tex: string, words: string]> = {
  '=': ['=', 'equals'],
  '≈': ['\\approx', 'is about'],
  '<': ['<', 'is less than'],
  '>': ['>', 'is greater than'],
  '≤': ['\\le', 'is at most'],
  '+': ['+', 'plus'],
  '−': ['-', 'minus'],
  '·': ['\\cdot', 'times'],
  '×': ['\\times', 'times'],
  '⊙': ['\\odot', 'times, element by element,'],
  '←': ['\\leftarrow', 'becomes'],
  '→': ['\\to', 'to'],
  '…': ['\\ldots', 'and so on,'],
  ',': [',', ','],
};

const time = /^\((?:[tτkn]|\d+)(?:[+−]\d+)?\)/;

/** A recursive-descent reader of one equation; `flat` writes columns and matrices in a line. */
class Reader {
  private at = 0;
  private readonly source: string;
  private readonly flat: boolean;

  constructor(source: string, flat: boolean) {
    this.source = source;
    this.flat = flat;
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
    const tex: string[] = [];
    const words: string[] = [];
    let before: 'operator' | 'function' | 'term' = 'operator';
    while (this.take(/^ +/) !== undefined || this.at < this.source.length) {
      const next = this.source[this.at];
      if (next === undefined || ends.includes(next)) break;
      const sign = before === 'operator' ? this.take(/^−(?=\d)/) : undefined; // of a number, not between two
      if (sign === undefined && next in operators) {
        this.at++;
        tex.push(operators[next][0]);
        words.push(operators[next][1]);
        before = 'operator';
        continue;
      }
      const called = next === '(' && this.source[this.at - 1] !== ' ' && before !== 'operator';
      if (before === 'function' || called) words.push('of');
      else if (before === 'term') words.push('times');
      const term = this.term();
      const below = this.take(/^ \/ /) === undefined ? undefined : this.term();
      const factor = term.gradient && /^ [^ ,;\])‖]/.test(this.rest()) && !(this.source[this.at + 1] in operators);
      const alone = (sign ? '{-}' : '') + (factor ? `\\left(${term.tex}\\right)` : term.tex);
      tex.push(below ? `\\frac{${term.inside ?? term.tex}}{${below.inside ?? below.tex}}` : alone);
      words.push((sign ? 'minus ' : '') + (below ? `${term.words} over ${below.words}` : term.words));
      before = term.applies ? 'function' : 'term';
    }
    return { tex: tex.join(' '), words: words.join(' ').replaceAll(' ,', ',') };
  }

  /** A letter, number, function or something in brackets, with all that hangs on it. */
  private term(): Term {
    const number = this.take(/^\d+(\.\d+)?/);
    if (number !== undefined) return this.hung({ tex: number, words: number }, number === '1');
    if (this.take(/^∇/)) {
      const of = this.term();
      return { tex: `\\nabla_{${of.tex}} L`, words: `the gradient for ${of.words}`, gradient: true };
    }
    if (this.take(/^∂/)) {
      const above = this.term();
      this.expect('/∂');
      const below = this.term();
      return this.hung(
        {
          tex: `\\frac{\\partial ${above.tex}}{\\partial ${below.tex}}`,
          words: `the derivative of ${above.words} by ${below.words}`,
        },
        false,
      );
    }
    if (this.take(/^Σ_/)) {
      const index = this.take(/^[a-z]/) ?? this.fail();
      return { tex: `\\sum_{${index}}`, words: `the sum over ${index}`, applies: true };
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
      return this.hung({ tex: `\\lVert ${inside.tex}\\rVert`, words: `the norm of ${inside.words}` }, false);
    }
    if (this.take(/^\[/)) return this.hung(this.matrix(), false);
    const name = this.take(/^(?:tanh|log|ln|max|softmax|diag)(?![a-z])/);
    if (name !== undefined) {
      const square = this.take(/^²/) ? ['^2', ' squared'] : ['', ''];
      return { tex: functions[name][0] + square[0], words: functions[name][1] + square[1], applies: true };
    }
    if (this.take(/^ŷ/)) return this.hung({ tex: '\\hat{y}', words: 'y hat' }, false);
    const letter = this.take(/^\p{L}/u);
    if (letter === undefined) this.fail();
    return this.hung({ tex: greek[letter] ?? letter, words: greekWords[letter] ?? letter }, false);
  }

  /** Subscripts, times, indices and powers right behind a term. */
  private hung(base: Equation, isOne: boolean): Equation {
    let { tex, words } = base;
    let above = '';
    let below = '';
    if (isOne && this.rest().startsWith('[')) {
      this.at++;
      const condition = this.until(']');
      this.expect(']');
      return { tex: `\\mathbf{1}_{${condition.tex}}`, words: `1 if ${condition.words}, else 0` };
    }
    const prime = this.take(/^′/);
    if (prime) [tex, words] = [`${tex}'`, `${words} prime`];
    const subscript = this.take(/^_[a-z]+/)?.slice(1);
    if (subscript !== undefined) {
      below = subscript.length > 1 ? `\\mathit{${subscript}}` : subscript;
      words += ` sub ${[...subscript].join(' ')}`;
    }
    const when = /^\p{L}|^\\/u.test(tex) && !tex.startsWith('\\left') ? this.take(time) : undefined;
    if (when !== undefined) {
      const inner = when.slice(1, -1);
      above = `(${inner.replace('τ', '\\tau').replace('−', '-')})`;
      words += ` at ${inner.replace('τ', 'tau').replace('−', ' minus ').replace('+', ' plus ')}`;
    }
    if (this.rest().startsWith('[')) {
      this.at++;
      const index = this.until(']');
      this.expect(']');
      below = index.tex;
      words += `, entry ${index.words}`;
    }
    if (this.take(/^ᵀ/)) [above, words] = [`${above}\\top`, `${words} transposed`];
    if (this.take(/^²/)) {
      words += ' squared';
      if (above) return { tex: `\\left(${scripts(tex, above, below)}\\right)^{2}`, words };
      above = '2';
    }
    const power = this.take(/^\^[−\w]+/)?.slice(1);
    if (power !== undefined) [above, words] = [power.replace('−', '-'), `${words} to the power of ${power}`];
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
    const words = `${column ? 'the column' : 'the matrix'} ${rows.map((row) => row.map((cell) => cell.words).join(', ')).join('; ')}`;
    const flat = rows.map((row) => row.map((cell) => cell.tex).join(',\\, ')).join(';\\; ');
    const tall = rows.map((row) => row.map((cell) => cell.tex).join(' & ')).join(' \\\\ ');
    return { tex: this.flat ? `[${flat}]` : `\\begin{bmatrix} ${tall} \\end{bmatrix}`, words };
  }
}

const scripts = (tex: string, above: string, below: string): string =>
  tex + (below && `_{${below}}`) + (above && `^{${above}}`);

/** An equation of the plain notation; `flat` for one in a line of text. */
export const readEquation = (plain: string, flat = false): Equation => new Reader(plain, flat).all();

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/**
 * MathML with its words as `alttext`. Styles that Temml writes into attributes are left out: a page whose content policy allows only its own
 * style sheet would refuse them.
 */
export function mathml(plain: string, display: boolean): string {
  const { tex, words } = readEquation(plain, !display);
  return markup(tex, words, display);
}

/** TeX with the words that say it, as a block: for formulas that are TeX already. */
export const mathmlOfTex = (tex: string, words: string): string => markup(tex, words, true);

function markup(tex: string, words: string, display: boolean): string {
  return temml
    .renderToString(tex, { displayMode: display, throwOnError: true })
    .replace(/^<math[^>]*>/, `<math${display ? ' display="block"' : ''} alttext="${escaped(words)}">`)
    .replaceAll(/ (?:style="[^"]*"|class="[^"]*"|fence="true")/g, '')
    .replaceAll(/<mrow><\/mrow>/g, '');
}
