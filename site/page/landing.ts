// The first page: a button, the curve of the loss, and a text that gets better while one looks. All of the computing is in the Worker.

import './site.ts';
import type { Message, Written } from './landing-worker.ts';

const find = <T extends Element = HTMLElement>(selector: string): T => document.querySelector<T>(selector)!;
const [button, written, stages] = [find<HTMLButtonElement>('#train'), find('#written'), find('#stages')];
const [line, area, grid] = [find<SVGPathElement>('.line'), find<SVGPathElement>('.area'), find<SVGGElement>('.grid')];

/** The losses that the chart has room for, in nats. */
const [highest, lowest] = [4.5, 0.8];
/** Updates at which a text stays on the page. */
const keep = [0, 10, 40, 120, 300];
const [width, height] = [600, 110];

const losses: number[] = [];
let kept = 0;
let waiting: { readonly update: number; readonly text: readonly Written[] } | undefined;

const y = (loss: number): number => ((highest - Math.min(highest, loss)) / (highest - lowest)) * height;
for (const level of [1, 2, 3, 4]) {
  const rule = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  rule.setAttribute('d', `M0 ${y(level).toFixed(1)}H${width}`);
  grid.append(rule);
}

/** Draws the curve: smoothed a little, the whole run always in the whole width. */
function draw(): void {
  let smooth = losses[0];
  const points = losses.map((loss, i) => {
    smooth += (loss - smooth) * 0.2;
    return `${((i / Math.max(1, losses.length - 1)) * width).toFixed(1)} ${y(smooth).toFixed(1)}`;
  });
  line.setAttribute('d', `M${points.join('L')}`);
  area.setAttribute('d', `M0 ${height}L${points.join('L')}L${width} ${height}Z`);
  find('#updates').textContent = String(losses.length);
  find('#loss').textContent = smooth.toFixed(2);
  find('#choices').textContent = `${Math.exp(smooth).toFixed(1)} letters`;
}

const spans = (text: readonly Written[]): HTMLElement[] =>
  text.map(([piece, certainty]) => {
    const span = document.createElement('span');
    span.className = `s${certainty}`;
    span.textContent = piece;
    return span;
  });

/** Shows a text, and puts away the one that stood there if it is worth keeping. */
function show(update: number, text: readonly Written[]): void {
  if (waiting && kept < keep.length && waiting.update >= keep[kept]) {
    while (kept < keep.length && waiting.update >= keep[kept]) kept++;
    const item = document.createElement('li');
    const label = document.createElement('b');
    label.textContent = waiting.update === 0 ? 'at first' : `after ${waiting.update}`;
    const line = document.createElement('span');
    line.textContent = waiting.text
      .map(([piece]) => piece)
      .join('')
      .replaceAll(/\s+/g, ' ')
      .slice(0, 90);
    item.append(label, line);
    stages.append(item);
  }
  const prompt = document.createElement('b');
  prompt.textContent = 'The river ';
  written.replaceChildren(prompt, ...spans(text));
  waiting = { update, text };
}

const worker = new Worker(new URL('./landing-worker.ts', import.meta.url), {
  type: 'module',
  name: new URL('.', document.baseURI).href, // where the Worker finds the story
});
let scheduled = false;
worker.onmessage = ({ data }: MessageEvent<Message>) => {
  if (data.kind === 'text') show(data.update, data.text);
  else if (data.kind === 'end') button.textContent = 'It has learned this much';
  else {
    losses.push(data.loss);
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      draw();
    });
  }
};
worker.onerror = () => {
  written.textContent = 'This browser does not run the network; the guide shows how to run it in Node.';
};
button.addEventListener('click', () => {
  button.disabled = true;
  button.textContent = 'It learns …';
  worker.postMessage('train');
});
