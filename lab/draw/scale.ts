// The legend of a color scale: a strip in the very colors of the drawing, with the numbers at its ends.

import { make, setText } from './dom.ts';
import type { Rgb } from './palette.ts';

const width = 110;

export class Scale {
  readonly element: HTMLElement;
  private readonly canvas = make('canvas', { width, height: 1 });
  private readonly low = make('span', {});
  private readonly high = make('span', {});
  private drawn = '';

  constructor(label = '') {
    this.element = make('p', { class: 'scale' }, label, this.low, this.canvas, this.high);
  }

  /** @param color of a place from 0 to 1 */
  update(low: string, high: string, key: string, color: (place: number) => Rgb): void {
    setText(this.low, low);
    setText(this.high, high);
    if (key === this.drawn) return;
    this.drawn = key;
    const context = this.canvas.getContext('2d');
    if (!context) return;
    const image = context.createImageData(width, 1);
    for (let x = 0; x < width; x++) image.data.set([...color(x / (width - 1)), 255], 4 * x);
    context.putImageData(image, 0, 0);
  }
}
