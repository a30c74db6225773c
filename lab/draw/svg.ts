// Pieces of a picture in SVG, made and changed in one line each.

type Attributes = Readonly<Record<string, string | number>>;

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** Sets the attributes that differ; numbers are rounded to a hundredth of a pixel. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === 'number' ? String(Math.round(100 * value) / 100) : value;
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}
