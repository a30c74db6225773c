// The paths of arrows: a line with a head, one with a body, and the loop of a rolled cell.

/** A line with a head at its end, along an axis. */
export function arrow(x1: number, y1: number, x2: number, y2: number, head = 5): string {
  const [dx, dy] = [Math.sign(x2 - x1), Math.sign(y2 - y1)];
  const [bx, by] = [x2 - dx * head * 1.3, y2 - dy * head * 1.3];
  return `M${x1} ${y1}L${bx} ${by}M${x2} ${y2}L${bx + dy * head * 0.7} ${by + dx * head * 0.7}L${bx - dy * head * 0.7} ${by - dx * head * 0.7}Z`;
}

/** An arrow with a body, as wide as it is told. */
export function block(x1: number, y1: number, x2: number, y2: number, width: number): string {
  const [dx, dy] = [Math.sign(x2 - x1), Math.sign(y2 - y1)];
  const length = Math.abs(x2 - x1) + Math.abs(y2 - y1);
  const head = Math.min(length, 4 + width / 2);
  const [w, v] = [width / 2, width / 2 + 3];
  const at = (along: number, across: number): string =>
    `${Math.round(10 * (x1 + dx * along + dy * across)) / 10} ${Math.round(10 * (y1 + dy * along + dx * across)) / 10}`;
  const body = length - head;
  return `M${at(0, w)}L${at(body, w)}L${at(body, v)}L${at(length, 0)}L${at(body, -v)}L${at(body, -w)}L${at(0, -w)}Z`;
}

/** From the side of a box around to its side again; turned, it comes back above. */
export function loop(x: number, y: number, size: number, isTurned = false): string {
  const s = isTurned ? -1 : 1;
  const [from, to] = [y - s * size * 0.42, y + s * size * 0.42];
  const bend = `C${x + size * 1.5} ${y - s * size},${x + size * 1.5} ${y + s * size},${x + 7} ${to}`;
  return `M${x} ${from}${bend}`;
}

/** The head of a loop, which points to the left. */
export const loopHead = (x: number, y: number, size: number, isTurned = false, head = 5): string => {
  const to = y + (isTurned ? -1 : 1) * size * 0.42;
  return `M${x} ${to}L${x + head * 1.5} ${to - head}L${x + head * 1.5} ${to + head}Z`;
};
