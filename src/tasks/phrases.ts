// Numbers as people read them, for the sentences with which a task describes its data and its results.

/** 1,234,567. (`toLocaleString` takes 30 ms when it is first called.) */
export function count(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** 1 token, 2 tokens */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A loss: 1.234, 12.3, 4.1e+7 */
export function nats(loss: number): string {
  return loss < 100 ? loss.toFixed(3) : loss < 1e6 ? loss.toFixed(0) : loss.toExponential(1);
}

/** 95.1 % */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A measured number with 4 digits: 1234, 0.01234, 1.234e-7 */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e7 || (size > 0 && size < 1e-4)) return value.toExponential(3);
  return size >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}
