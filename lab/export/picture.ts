// What a view shows as a picture: everything in it is read where the browser has put it (boxes, lines of text, drawings in SVG, canvases) and written down
// as an SVG of its own, without a piece of HTML in it, so that any program opens it. A PNG is that SVG, drawn on a canvas.

const namespace = 'http://www.w3.org/2000/svg';
/** What decides how a piece of a drawing looks. */
const drawn = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'vector-effect',
  'paint-order',
] as const;
/** Room around the view. */
const margin = 16;

const escapeXml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
const round = (value: number): string => String(Math.round(100 * value) / 100);
const isClear = (color: string): boolean => color === 'transparent' || /[,/] ?0\)$/.test(color);

interface Frame {
  readonly left: number;
  readonly top: number;
}

/** The view as SVG: its text, and its size in pixels. */
export function pictureOf(element: HTMLElement, title: string): { svg: string; width: number; height: number } {
  const box = element.getBoundingClientRect();
  const [width, height] = [Math.ceil(box.width) + 2 * margin, Math.ceil(box.height) + 2 * margin];
  const frame = { left: box.left - margin, top: box.top - margin };
  const parts: string[] = [];
  write(element, frame, parts);
  const paper = getComputedStyle(document.documentElement).backgroundColor;
  const svg = `<svg xmlns="${namespace}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${escapeXml(title)}</title><rect width="100%" height="100%" fill="${paper}"/>${parts.join('')}</svg>\n`;
  return { svg, width, height };
}

/** @param scale pixels of the picture for each of the page */
export async function pngOf(element: HTMLElement, title: string, scale = 2): Promise<Blob> {
  const { svg, width, height } = pictureOf(element, title);
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width * scale, height * scale];
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large'))), 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

function write(node: Node, frame: Frame, parts: string[]): void {
  if (node instanceof Text) writeText(node, frame, parts);
  if (!(node instanceof Element)) return;
  const style = getComputedStyle(node);
  if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0') return;
  const box = node.getBoundingClientRect();
  if (node.matches('.visually-hidden') || (box.width === 0 && box.height === 0 && node.childElementCount === 0)) return;
  if (node instanceof SVGSVGElement) {
    writeDrawing(node, box, frame, parts);
    return;
  }
  writeBox(box, style, frame, parts);
  if (node instanceof HTMLCanvasElement) writeCanvas(node, box, style, frame, parts);
  else if (node instanceof HTMLInputElement || node instanceof HTMLSelectElement)
    writeControl(node, box, style, frame, parts);
  else for (const child of node.childNodes) write(child, frame, parts);
}

function writeBox(box: DOMRect, style: CSSStyleDeclaration, { left, top }: Frame, parts: string[]): void {
  const sides = (['Top', 'Right', 'Bottom', 'Left'] as const).map((side) => ({
    side,
    width: style[`border${side}Style`] === 'none' ? 0 : Number.parseFloat(style[`border${side}Width`]),
    color: style[`border${side}Color`],
  }));
  const isClearBox = isClear(style.backgroundColor);
  const isFramed = sides.every(({ width, color }) => width > 0 && !isClear(color));
  const at = { x: box.left - left, y: box.top - top };
  if (!isClearBox || isFramed) {
    const inset = isFramed ? sides[0].width / 2 : 0;
    const radius = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, box.height / 2);
    parts.push(
      `<rect x="${round(at.x + inset)}" y="${round(at.y + inset)}" width="${round(Math.max(0, box.width - 2 * inset))}" height="${round(Math.max(0, box.height - 2 * inset))}" rx="${round(radius)}" fill="${isClearBox ? 'none' : style.backgroundColor}"${isFramed ? ` stroke="${sides[0].color}" stroke-width="${sides[0].width}"` : ''}/>`,
    );
  }
  if (isFramed) return;
  for (const { side, width, color } of sides) {
    if (width === 0 || isClear(color)) continue;
    const [x1, x2] = side === 'Left' ? [0, 0] : side === 'Right' ? [box.width, box.width] : [0, box.width];
    const [y1, y2] = side === 'Top' ? [0, 0] : side === 'Bottom' ? [box.height, box.height] : [0, box.height];
    const kind = style[`border${side}Style`];
    const dash =
      kind === 'dashed'
        ? ` stroke-dasharray="${3 * width} ${2 * width}"`
        : kind === 'dotted'
          ? ` stroke-dasharray="${width} ${width}"`
          : '';
    parts.push(
      `<line x1="${round(at.x + x1)}" y1="${round(at.y + y1)}" x2="${round(at.x + x2)}" y2="${round(at.y + y2)}" stroke="${color}" stroke-width="${width}"${dash}/>`,
    );
  }
}

const fontOf = (style: CSSStyleDeclaration): string =>
  `font-family="${escapeXml(style.fontFamily)}" font-size="${style.fontSize}" font-weight="${style.fontWeight}"${style.fontStyle === 'normal' ? '' : ` font-style="${style.fontStyle}"`} fill="${style.color}" xml:space="preserve"`;

/** Each line of a text where it stands. */
function writeText(node: Text, { left, top }: Frame, parts: string[]): void {
  const { data } = node;
  if (data.trim() === '' || !node.parentElement) return;
  const style = getComputedStyle(node.parentElement);
  const range = document.createRange();
  let line: { text: string; box: DOMRect } | null = null;
  const finish = (): void => {
    if (!line || line.text.trim() === '') return;
    const { text, box } = line;
    const size = Number.parseFloat(style.fontSize);
    // the baseline of a line of Latin text lies some four fifths down its letters
    const y = box.top + box.height / 2 + 0.35 * size - top;
    parts.push(`<text x="${round(box.left - left)}" y="${round(y)}" ${fontOf(style)}>${escapeXml(text)}</text>`);
  };
  let at = 0;
  for (const character of data) {
    range.setStart(node, at);
    range.setEnd(node, at + character.length);
    at += character.length;
    const box = range.getClientRects()[0];
    if (!box || box.width === 0) continue;
    const shown = /\s/.test(character) ? ' ' : character;
    if (line && Math.abs(box.top - line.box.top) < 2) line.text += shown;
    else {
      finish();
      line = { text: shown, box };
    }
  }
  finish();
}

function writeControl(
  node: HTMLInputElement | HTMLSelectElement,
  box: DOMRect,
  style: CSSStyleDeclaration,
  { left, top }: Frame,
  parts: string[],
): void {
  if (node instanceof HTMLInputElement && node.type !== 'text') return;
  const text = node instanceof HTMLSelectElement ? (node.selectedOptions[0]?.text ?? '') : node.value;
  const x = box.left - left + Number.parseFloat(style.paddingLeft);
  const y = box.top - top + box.height / 2 + 0.35 * Number.parseFloat(style.fontSize);
  parts.push(`<text x="${round(x)}" y="${round(y)}" ${fontOf(style)}>${escapeXml(text)}</text>`);
}

function writeCanvas(
  canvas: HTMLCanvasElement,
  box: DOMRect,
  style: CSSStyleDeclaration,
  { left, top }: Frame,
  parts: string[],
): void {
  if (canvas.width === 0 || canvas.height === 0) return;
  const sharp = style.imageRendering === 'pixelated' ? ' image-rendering="pixelated"' : '';
  parts.push(
    `<image x="${round(box.left - left)}" y="${round(box.top - top)}" width="${round(box.width)}" height="${round(box.height)}" preserveAspectRatio="none"${sharp} href="${canvas.toDataURL('image/png')}"/>`,
  );
}

/** A copy of a drawing whose looks are in it, and no longer in the style sheet. */
function writeDrawing(svg: SVGSVGElement, box: DOMRect, { left, top }: Frame, parts: string[]): void {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [own, copies] = [svg.querySelectorAll('*'), copy.querySelectorAll('*')];
  for (const [i, element] of own.entries()) {
    const style = getComputedStyle(element);
    if (style.display === 'none') copies[i].setAttribute('display', 'none');
    for (const name of drawn) copies[i].setAttribute(name, style.getPropertyValue(name));
    copies[i].removeAttribute('class');
    copies[i].removeAttribute('style');
  }
  for (const name of ['class', 'style', 'role', 'aria-label']) copy.removeAttribute(name);
  copy.setAttribute('x', round(box.left - left));
  copy.setAttribute('y', round(box.top - top));
  copy.setAttribute('width', round(box.width));
  copy.setAttribute('height', round(box.height));
  const { color, fill, stroke } = getComputedStyle(svg);
  copy.setAttribute('color', color);
  copy.setAttribute('fill', fill);
  copy.setAttribute('stroke', stroke);
  parts.push(new XMLSerializer().serializeToString(copy));
}
