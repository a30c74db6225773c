// The live numbers of the chapters that the page can give now, as text with their units. text/slots.ts says what each of them means.

import { formatCount, formatNumber, formatShare } from '../draw/format.ts';
import type { Flow } from '../protocol.ts';
import type { Frame } from './frame.ts';

/** By the name of the slot; what is not there yet is left out, and the chapter keeps its words. */
export function liveNumbers({ info, history, settings, step, flow }: Frame): Readonly<Record<string, string>> {
  const numbers: Record<string, string> = {
    units: `${settings.hidden} units`,
    window: `${settings.T} steps`,
    'learning-rate': formatNumber(settings.lr),
    temperature: formatNumber(settings.temperature),
  };
  if (flow) addFlow(numbers, flow);
  if (settings.clip > 0) numbers['clip.threshold'] = formatNumber(settings.clip);
  if (info) {
    numbers.characters = `${formatCount(info.trainingTokens + info.heldOutTokens)} characters`;
    numbers.vocabulary = `${formatCount(info.vocabulary.length)} different characters`;
    numbers.parameters = `${formatCount(info.parameters)} parameters`;
    numbers['loss.guess'] = `${formatNumber(info.baselines.guess)} nats`;
    numbers['loss.pairs'] = `${formatNumber(info.baselines.bigram)} nats`;
  }
  const { last, points } = history;
  const heldOut = history.heldOut.at(-1);
  if (heldOut) numbers['loss.held-out'] = `${formatNumber(heldOut.loss)} nats`;
  if (!last) return numbers;
  numbers.updates = `${formatCount(step)} updates`;
  numbers.loss = `${formatNumber(last.loss)} nats`;
  numbers.perplexity = formatNumber(Math.exp(last.loss));
  numbers['gradient.norm'] = formatNumber(last.norm);
  if (history.stride === 1) {
    const recent = points.slice(-100);
    numbers['clip.share'] = formatShare(recent.filter(({ clipped }) => clipped).length / recent.length);
  }
  return numbers;
}

/** Of the first layer. */
function addFlow(numbers: Record<string, string>, { itemized: [{ total, decay }], why: [{ weights }] }: Flow): void {
  const found = {
    'gradient.last': total[total.length - 1],
    'gradient.first': total[1],
    'gradient.factor': decay.factor,
    'spectral-radius': weights[0]?.spectralRadius,
  };
  for (const [name, value] of Object.entries(found)) if (Number.isFinite(value)) numbers[name] = formatNumber(value);
  if (decay.halfLife > 0 && Number.isFinite(decay.halfLife))
    numbers['gradient.half-life'] = `${formatNumber(decay.halfLife)} steps`;
}
