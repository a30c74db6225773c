// Where a line may break in a displayed equation: MathML itself never does, so a long equation becomes several elements `<math>`.

/** The operators before which a line may break. */
const breaks = new Set(['=', '≈', '+', '−', '⊙']);

/**
 * A displayed equation in pieces, each with the operator that it begins with. Only the first is read aloud, in the words of the whole.
 * @param inside the content of its element `<math>`
 * @param words escaped
 */
export function inPieces(inside: string, words: string): string {
  const parts = elementsOf(unwrapped(inside));
  const pieces: string[] = [''];
  let depth = 0;
  for (const part of parts) {
    const operator = /^<mo[^>]*>([^<]*)<\/mo>$/.exec(part)?.[1] ?? '';
    if (operator === '(' || operator === '[') depth++;
    if (operator === ')' || operator === ']') depth--;
    const isBreak = depth === 0 && breaks.has(operator) && pieces.at(-1) !== '';
    if (isBreak) pieces.push('');
    pieces[pieces.length - 1] += isBreak ? part.replace('<mo', '<mo form="infix"') : part;
  }
  const math = pieces.map((piece, i) => {
    const said = i === 0 ? `alttext="${words}"` : 'aria-hidden="true"';
    return `<math displaystyle="true" ${said}><mrow>${piece}</mrow></math>`;
  });
  return `<span class="pieces">${math.join(' ')}</span>`;
}

/** What is inside of elements that hold one row and nothing else. */
function unwrapped(html: string): string {
  const [only, ...others] = elementsOf(html);
  return others.length === 0 && only.startsWith('<mrow>') ? unwrapped(only.slice(6, -7)) : html;
}

/** The elements that follow one another in a piece of MathML. */
function elementsOf(html: string): string[] {
  const found: string[] = [];
  let [depth, start] = [0, 0];
  for (const { 0: tag, index } of html.matchAll(/<\/?[^>]+>/g)) {
    if (!tag.endsWith('/>')) depth += tag.startsWith('</') ? -1 : 1;
    if (depth > 0) continue;
    found.push(html.slice(start, index + tag.length));
    start = index + tag.length;
  }
  return found;
}
