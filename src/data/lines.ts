// The lines of a text file, and how places and cells are named in error messages. Nothing here reads files.

/** The place of an error, such as `data.csv, line 17`. Lines count from 1. */
export function placeOf(where: string, line: number): string {
  return `${where}, line ${line}`;
}

/** The text without the byte order mark that may stand at its start. */
export function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The lines of a text, without their ends (\n or \r\n). A line end at the very end of the text does not begin another line. */
export function linesOf(text: string): string[] {
  const lines = withoutByteOrderMark(text).split(/\r?\n/);
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}
