// The lines of a text file, and what a place in one is called in an error message. Nothing here reads files.

/** `data.csv, line 17`: where an error is. Lines count from 1. */
export function placeOf(where: string, line: number): string {
  return `${where}, line ${line}`;
}

/** The text without a byte order mark at its start. */
export function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The lines of a text, without their ends (\n or \r\n); the end of the last line begins no further one. */
export function linesOf(text: string): string[] {
  const lines = withoutByteOrderMark(text).split(/\r?\n/);
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

/** How a cell or a token looks in an error message: quoted, and no longer than 40 characters. */
export function quoted(text: string): string {
  const characters = Array.from(text);
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 39).join('')}…` : text);
}

/** `one, two, three` for an error message; a list of more than 20 is cut. */
export function listed(names: readonly string[]): string {
  return names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');
}
