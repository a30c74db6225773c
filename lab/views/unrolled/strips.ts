// The strips of h(t), s(t) and ∇h(t): one canvas for each of them in each layer, with one pixel for each unit of each copy. It is drawn wide, and a mask
// with a slit for each column makes strips of it, so that a window is painted in one go.

import { make } from '../../draw/dom.ts';
import { paintSigned, type Theme } from '../../draw/palette.ts';
import { columnX, type Layout, type StripName, stripX } from './layout.ts';
import { StripNumbers } from './strip-numbers.ts';

/** New copies take so many milliseconds to come out. */
export const unfoldTime = 320;

/** Numbers of a strip: [times, L, H], and the value that is fully colored. */
export interface StripValues {
  readonly values: ArrayLike<number>;
  readonly limit: number;
}

interface Strip {
  readonly name: StripName;
  readonly layer: number;
  /** h(0) stands apart, beyond the edge of the window. */
  readonly isStart: boolean;
  readonly canvas: HTMLCanvasElement;
  /** Its pixels, kept for the next time. */
  image?: ImageData;
}

function imageOf(strip: Strip, context: CanvasRenderingContext2D): ImageData {
  const { width, height } = strip.canvas;
  if (strip.image?.width !== width || strip.image.height !== height)
    strip.image = context.createImageData(width, height);
  return strip.image;
}

export class Strips {
  readonly element = make('div', { class: 'strips', 'aria-hidden': 'true' });
  private readonly numbers = new StripNumbers();
  private strips: Strip[] = [];
  private layout: Layout | null = null;

  constructor() {
    this.element.append(this.numbers.element);
  }

  arrange(layout: Layout): void {
    this.layout = layout;
    const wanted: Omit<Strip, 'canvas' | 'image'>[] = [];
    for (let layer = 0; layer < layout.layers; layer++)
      for (const name of layout.strips) {
        wanted.push({ name, layer, isStart: false });
        if (layout.hasStart && name !== 'dh') wanted.push({ name, layer, isStart: true });
      }
    while (this.strips.length > wanted.length) this.strips.pop()!.canvas.remove();
    this.strips = wanted.map((strip, i) => {
      const canvas = this.strips[i]?.canvas ?? make('canvas');
      this.element.insertBefore(canvas, this.numbers.element);
      return { ...strip, canvas };
    });
    for (const { name, layer, isStart, canvas } of this.strips) {
      const count = isStart ? 1 : layout.copies;
      if (canvas.width !== count) canvas.width = count;
      if (canvas.height !== layout.units) canvas.height = layout.units;
      canvas.dataset.strip = `${name}${layer}${isStart ? '-start' : ''}`;
      const { style } = canvas;
      style.left = `${columnX(layout, isStart ? 0 : 1) + stripX(layout, layout.strips.indexOf(name), isStart)}px`;
      style.top = `${layout.bandTops[layer]}px`;
      style.width = `${isStart ? layout.strip : count * layout.pitch}px`;
      style.height = `${layout.band}px`;
      const slit = `repeating-linear-gradient(90deg, #000 0 ${layout.strip}px, #0000 ${layout.strip}px ${layout.pitch}px)`;
      style.maskImage = isStart ? '' : slit;
    }
  }

  /** @param times t of each copy, from 1 */
  draw(of: Readonly<Record<StripName, StripValues>>, times: readonly number[], theme: Theme): void {
    const { layout } = this;
    if (!layout) return;
    const { layers: L, units: H } = layout;
    const written = this.strips.map(({ name, layer, isStart }) => ({
      name,
      layer,
      first: isStart ? 0 : 1,
      ...of[name],
    }));
    this.numbers.draw(layout, written, times, theme);
    for (const strip of this.strips) {
      const { name, layer, isStart, canvas } = strip;
      const { values, limit } = of[name];
      canvas.dataset.limit = String(limit);
      const context = canvas.getContext('2d', { alpha: false });
      if (!context || values.length === 0) continue;
      const { width } = canvas;
      const image = imageOf(strip, context);
      for (let i = 0; i < width; i++) {
        const from = ((isStart ? 0 : times[i]) * L + layer) * H;
        for (let u = 0; u < H; u++) paintSigned(image.data, 4 * (u * width + i), values[from + u], limit, theme);
      }
      context.putImageData(image, 0, 0);
    }
  }

  /** New copies come out from behind the ones that were there. */
  unfold(from: number): void {
    const { layout } = this;
    if (!layout) return;
    const hidden = (layout.copies - from) * layout.pitch;
    for (const { isStart, canvas } of this.strips)
      if (!isStart)
        canvas.animate([{ clipPath: `inset(0 ${hidden}px 0 0)` }, { clipPath: 'inset(0)' }], {
          duration: unfoldTime,
          easing: 'ease-out',
        });
  }

  /** Shows the states up to the copy `forward`, the gradients from the copy `backward` on. */
  reveal(forward: number, backward: number): void {
    const { layout } = this;
    if (!layout) return;
    const { pitch, copies } = layout;
    this.numbers.reveal(forward, backward);
    for (const { name, isStart, canvas } of this.strips) {
      const before = name === 'dh' ? pitch * Math.max(0, Math.min(copies, backward - 1)) : 0;
      const after = name === 'dh' ? 0 : pitch * Math.max(0, copies - forward);
      canvas.style.clipPath = isStart || before + after === 0 ? '' : `inset(0 ${after}px 0 ${before}px)`;
    }
  }
}
