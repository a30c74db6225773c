// Numbers as a person reads them, the same on the page, in tables and in files: three significant digits, a true minus, powers of ten below
// 0.001 and from a million on. Full precision is for the inspector.

const minus = '−';
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

const withMinus = (text: string): string => text.replace('-', minus);

function power(exponent: number): string {
  const digits = Array.from(String(Math.abs(exponent)), (digit) => superscripts[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** Three significant digits: 3.14, 0.0123, −4.50·10⁻⁵, 1,230. */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${minus}∞`;
  if (value === 0) return '0';
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const e = Number(exponent);
  if (e < -3 || e >= 6) return `${withMinus(mantissa)}·${power(e)}`;
  if (e >= digits - 1) return formatCount(Number(`${mantissa}e${e}`));
  return withMinus(value.toPrecision(digits));
}

/** As `formatNumber`, without zeros at the end: what a person typed. */
export function formatShort(value: number): string {
  const text = formatNumber(value);
  return /^[^·]*\.[^·]*$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}

/** Whole numbers with their thousands set apart: 12,345. */
export function formatCount(value: number): string {
  return withMinus(
    Math.round(value)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, ','),
  );
}

/** 0.123 → 12.3 %. */
export function formatShare(value: number): string {
  const percent = 100 * value;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent >= 99.95 || percent === 0 ? percent.toFixed(0) : percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** Every digit that a float64 has. */
export function formatExactly(value: number): string {
  return withMinus(String(value));
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

/** Reads what a person writes, and what `formatNumber` does; not a number where it is none. */
export function readNumber(text: string): number {
  const plain = text
    .trim()
    .replaceAll(',', '')
    .replace(
      /·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/,
      (_, power: string) =>
        `e${Array.from(power, (digit) => (digit === '⁻' ? '-' : superscripts.indexOf(digit))).join('')}`,
    )
    .replaceAll(minus, '-')
    .replace(/%$/, '')
    .trim();
  return plain === '' ? Number.NaN : Number(plain);
}
