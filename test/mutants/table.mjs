// The table of planted faults in docs/reliability.md: between two marks, one row for each fault.

const begin = '<!-- faults: written by npm run test:mutants -- --write -->';
const end = '<!-- end of the faults -->';

/** The rows in Markdown. */
export function tableOf(faults) {
  const rows = faults.map(({ room, fault, file, test, name }) => {
    const cells = [room, fault, `\`${file}\``, `\`${test}\` “${name}”`];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| room | fault | in | caught by |', '|---|---|---|---|', ...rows].join('\n');
}

/** The page with this table between the marks. */
export function withTable(page, table) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md: expected the marks "${begin}" and "${end}"`);
  return `${page.slice(0, from + begin.length)}\n\n${table}\n\n${page.slice(to)}`;
}

/** The table that a page has between the marks. */
export function tableIn(page) {
  return page.slice(page.indexOf(begin) + begin.length, page.indexOf(end)).trim();
}
