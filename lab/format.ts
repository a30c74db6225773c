// Numbers as a person reads them: three significant digits, a true minus, powers of ten below 0.001 and from a million on, with the signs of the language
// of the page. Full precision is for the inspector. Files, links and code have numbers as programs write them, and nothing of this.

/** How a language writes numbers. */
export interface NumberStyle {
  readonly decimal: '.' | ',';
  /** Stands between groups of three digits, in numbers of `groupFrom` digits or more before the decimal sign. */
  readonly group: string;
  readonly groupFrom: number;
  readonly notNumber: string;
}

/** As English and programs have it. */
const plainStyle: NumberStyle = { decimal: '.', group: ',', groupFrom: 4, notNumber: 'not a number' };
let style = plainStyle;

/** From now on numbers are written, and read, as a language has them. */
export function writeNumbersAs(next: NumberStyle): void {
  style = next;
}

const minus = '−';
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number as programs write it, with the signs of the language and a true minus. */
const inStyle = (text: string): string => text.replace('-', minus).replace('.', style.decimal);

function power(exponent: number): string {
  const digits = Array.from(String(Math.abs(exponent)), (digit) => superscripts[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** Three significant digits: 3.14, 0.0123, −4.50·10⁻⁵, 1,230. */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return style.notNumber;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${minus}∞`;
  if (value === 0) return '0';
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const e = Number(exponent);
  if (e < -3 || e >= 6) return `${inStyle(mantissa)}·${power(e)}`;
  if (e >= digits - 1) return formatCount(Number(`${mantissa}e${e}`));
  return inStyle(value.toPrecision(digits));
}

/** As `formatNumber`, without zeros at the end: what a person typed. */
export function formatShort(value: number): string {
  const text = formatNumber(value);
  const [whole, fraction, ...more] = text.split(style.decimal);
  if (fraction === undefined || more.length > 0 || text.includes('·')) return text;
  const kept = fraction.replace(/0+$/, '');
  return kept === '' ? whole : whole + style.decimal + kept;
}

/** Whole numbers with their thousands set apart: 12,345. */
export function formatCount(value: number): string {
  const text = Math.round(value).toString();
  const isLong = text.replace('-', '').length >= style.groupFrom;
  return (isLong ? text.replace(/\B(?=(\d{3})+$)/g, style.group) : text).replace('-', minus);
}

/** 0.123 → 12.3 %. */
export function formatShare(value: number): string {
  const percent = 100 * value;
  if (percent > 0 && percent < 0.1) return `< ${inStyle('0.1')} %`;
  return `${inStyle(percent >= 99.95 || percent === 0 ? percent.toFixed(0) : percent.toFixed(percent < 10 ? 1 : 0))} %`;
}

/** Every digit that a float64 has. */
export function formatExactly(value: number): string {
  return inStyle(String(value));
}

/** What a person sees of a token: white space by signs. */
export function formatToken(token: string): string {
  return token
    .replaceAll(' ', '␣')
    .replaceAll('\n', '⏎')
    .replaceAll('\t', '⇥')
    .replaceAll('\r', '␍')
    .replaceAll('\0', '␀');
}

/** The digits of a whole number, without what stands between its groups of three; null where they are none. */
function digitsOf(text: string, group: string): string | null {
  for (const mark of [group, ' ', '\u00a0', '\u202f']) {
    const [first, ...groups] = text.split(mark);
    const isGrouped = groups.length > 0 && /^[1-9]\d{0,2}$/.test(first) && groups.every((each) => /^\d{3}$/.test(each));
    if (isGrouped) return first + groups.join('');
  }
  return /^\d*$/.test(text) ? text : null;
}

/**
 * Reads what a person writes, and what `formatNumber` does; not a number where it is none. What can be no number of the language, but one with the other
 * decimal sign, is that: 0.5 in German, 0,5 in English.
 */
export function readNumber(text: string): number {
  return read(text, style);
}

/** Reads a number of a link or a file, which have those of programs whatever the language. */
export function readPlainNumber(text: string): number {
  return read(text, plainStyle);
}

function read(text: string, { decimal, group }: NumberStyle): number {
  const plain = text
    .trim()
    .replace(
      /·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/,
      (_, power: string) =>
        `e${Array.from(power, (digit) => (digit === '⁻' ? '-' : superscripts.indexOf(digit))).join('')}`,
    )
    .replaceAll(minus, '-')
    .replace(/%$/, '')
    .trim();
  const [, sign, digits, exponent = ''] = /^([-+]?)([\d.,\s]*)(e[-+]?\d+)?$/i.exec(plain) ?? [];
  if (!digits || !/\d/.test(digits)) return Number.NaN;
  for (const point of [decimal, decimal === '.' ? ',' : '.']) {
    const [whole, fraction = '', ...more] = digits.split(point);
    const written = more.length > 0 || !/^\d*$/.test(fraction) ? null : digitsOf(whole, group);
    if (written !== null) return Number(`${sign}${written}.${fraction}${exponent}`);
  }
  return Number.NaN;
}
