// Eigenvalues as points of the complex plane, with the unit circle: inside it a direction shrinks at each step, outside it grows. Both axes have the
// same scale. All points are one path, so that they can move many times a second.

import { make, setText } from '../../draw/dom.ts';
import { set, svg } from '../../draw/svg.ts';
import { formatNumber } from '../../format.ts';
import type { GradientFlow } from '../../protocol.ts';
import { gradientsStrings } from './strings.ts';
import './plane.css';

const words = gradientsStrings.why;
type Weight = GradientFlow['why'][number]['weights'][number];

const size = 300;
const edge = 42;
const middle = size / 2;

export class Plane {
  private readonly picture = svg('svg', { role: 'img', class: 'plane', viewBox: `0 0 ${size} ${size}` });
  private readonly axes = svg('g', { class: 'curve-axes' });
  private readonly circle = svg('circle', { class: 'plane-circle', cx: middle, cy: middle });
  private readonly points = svg('path', { class: 'plane-points' });
  private readonly note = make('p', { class: 'note' });
  readonly element = make('figure', { class: 'plane-box' }, this.picture, this.note);
  private limit = 0;

  constructor() {
    this.picture.append(this.axes, this.circle, this.points);
  }

  update({ eigenvalues, spectralRadius }: Weight): void {
    if (!eigenvalues) return;
    const { real, imaginary } = eigenvalues;
    const largest = Number.isFinite(spectralRadius) ? spectralRadius : 1;
    const limit =
      [1.25, 2, 3, 5, 10].find((each) => each >= largest * 1.02) ?? 10 ** Math.ceil(Math.log10(largest * 1.02));
    const scale = (middle - edge) / limit;
    if (limit !== this.limit) this.drawAxes(limit, scale);
    let path = '';
    let outside = 0;
    for (let i = 0; i < real.length; i++) {
      if (Math.hypot(real[i], imaginary[i]) > 1) outside++;
      if (Number.isFinite(real[i]))
        path += `M${(middle + scale * real[i]).toFixed(2)} ${(middle - scale * imaginary[i]).toFixed(2)}h0`;
    }
    set(this.points, { d: path });
    const sentence = words.eigenvaluesOf(real.length, spectralRadius, outside);
    set(this.picture, { 'aria-label': sentence });
    setText(this.note, `${sentence}.`);
  }

  private drawAxes(limit: number, scale: number): void {
    this.limit = limit;
    set(this.circle, { r: scale });
    const unit = limit > 3 ? limit / 2 : 1;
    const parts: SVGElement[] = [
      svg('line', { x1: edge, x2: size - edge, y1: middle, y2: middle }),
      svg('line', { y1: edge, y2: size - edge, x1: middle, x2: middle }),
    ];
    for (const value of [-unit, unit]) {
      const along = middle + scale * value;
      const label = formatNumber(value, 2).replace('.0', '');
      parts.push(svg('line', { x1: along, x2: along, y1: middle - 4, y2: middle + 4, class: 'tick' }));
      parts.push(svg('line', { y1: along, y2: along, x1: middle - 4, x2: middle + 4, class: 'tick' }));
      parts.push(svg('text', { x: along, y: size - 14, 'text-anchor': 'middle' }, label));
      parts.push(svg('text', { x: 38, y: size - along + 4, 'text-anchor': 'end' }, label));
    }
    parts.push(svg('text', { x: middle, y: size - 14, 'text-anchor': 'middle' }, words.real));
    const turned = { transform: `translate(10 ${middle}) rotate(-90)`, 'text-anchor': 'middle' };
    parts.push(svg('text', turned, words.imaginary));
    this.axes.replaceChildren(...parts);
  }
}
