// The live numbers of the chapters, as text with their units. text/slots.ts says what each of them means.

import { formatCount, formatNumber, formatShare } from '../format.ts';
import { strings } from '../strings.ts';
import type { Frame } from './frame.ts';

const words = strings.live;

/** The numbers by the name of their slot. A number that does not exist yet is left out, and the chapter keeps its words. */
export function liveNumbers(frame: Frame): Readonly<Record<string, string>> {
  const { info, history, settings, step } = frame;
  const numbers: Record<string, string> = {
    ...ofWindow(frame),
    units: words.units(settings.hidden),
    window: words.steps(formatCount(settings.T)),
    'learning-rate': formatNumber(settings.lr),
    temperature: formatNumber(settings.temperature),
  };
  if (settings.clip > 0) numbers['clip.threshold'] = formatNumber(settings.clip);
  if (info?.taskData) return { ...numbers, parameters: words.parameters(info.parameters) }; // the text speaks of texts
  if (info) {
    numbers.characters = words.characters(info.tokens);
    numbers.vocabulary = words.kinds(info.vocabulary.length);
    numbers.parameters = words.parameters(info.parameters);
    numbers['loss.guess'] = strings.nats(formatNumber(info.baselines.guess));
    numbers['loss.pairs'] = strings.nats(formatNumber(info.baselines.bigram));
  }
  const { points } = history;
  const { n } = frame.cursor; // of the step that the time machine shows
  const last = n === null ? history.last : history.at(n);
  const heldOut = history.heldOut.findLast((each) => n === null || each.step <= n);
  if (heldOut) numbers['loss.held-out'] = strings.nats(formatNumber(heldOut.loss));
  if (!last) return numbers;
  numbers.updates = words.updates(n ?? step);
  numbers.loss = strings.nats(formatNumber(last.loss));
  numbers.perplexity = formatNumber(Math.exp(last.loss));
  numbers['gradient.norm'] = formatNumber(last.norm);
  if (history.stride === 1) {
    const recent = points.slice(-100);
    numbers['clip.share'] = formatShare(recent.filter(({ clipped }) => clipped).length / recent.length);
  }
  return numbers;
}

/** The numbers of the window at the cursor. */
function ofWindow({ windowTrace, flow, cursor }: Frame): Record<string, string> {
  const numbers: Record<string, string> = {};
  const { l } = cursor;
  if (windowTrace) {
    const { h, y, loss, targets, config, steps: T, gradients } = windowTrace.trace;
    const { hiddenSize: H, numLayers: L, vocabSize: C } = config;
    const t = Math.min(cursor.t, T - 1);
    const norm = (states: ArrayLike<number>, time: number): number => {
      const from = (time * L + Math.min(l, L - 1)) * H;
      return Math.sqrt(
        Array.from({ length: H }, (_, u) => states[from + u] ** 2).reduce((sum, square) => sum + square, 0),
      );
    };
    const states = Array.from(h.subarray(L * H));
    numbers['loss.here'] = strings.nats(formatNumber(loss[t]));
    numbers['state.norm'] = formatNumber(norm(h, t + 1));
    numbers['state.saturated'] = formatShare(states.filter((value) => Math.abs(value) > 0.97).length / states.length);
    if (targets) numbers['target.probability'] = formatShare(y[t * C + targets[t]]);
    if (gradients) {
      numbers['gradient.last'] = formatNumber(norm(gradients.h, T));
      numbers['gradient.first'] = formatNumber(norm(gradients.h, 1));
    }
  }
  const layer = Math.min(l, (flow?.gradientByDistance.length ?? 1) - 1);
  const decay = flow?.gradientByDistance[layer].decay;
  if (decay && Number.isFinite(decay.factor)) {
    numbers['gradient.factor'] = formatNumber(decay.factor);
    if (Number.isFinite(decay.halfLife)) numbers['gradient.half-life'] = words.steps(formatNumber(decay.halfLife));
  }
  const radius = flow?.why[0].weights[0]?.spectralRadius;
  if (radius !== undefined) numbers['spectral-radius'] = formatNumber(radius);
  return numbers;
}
