// What training does with the gradient, in words, with this window's numbers: clip, optimizer, new weights. A step of training takes the mean over a batch of
// windows and has averages from before; this says so, and computes what one window alone says.

import { layoutOf } from '../../../src/core.ts';
import { type Address, addressOfParameter, type Trace, valueAt } from '../../../src/insight.ts';
import { symbolFrom1 } from '../../explain/names.ts';

import { formatExactly } from '../../format.ts';
import type { Frame } from '../../state/frame.ts';
import { strings } from '../../strings.ts';
import type { UpdatePart } from './program.ts';
import { debuggerStrings } from './strings.ts';

const words = debuggerStrings;

export interface UpdateWords {
  readonly title: string;
  readonly sentences: readonly string[];
  /** The one that says it all. */
  readonly summary: string;
  /** Numbers in the sentences that can be asked. */
  readonly addresses: readonly Address[];
}

/** ‖∇θ‖ of the loss summed over the window. */
export function gradientNorm({ gradients }: Trace): number {
  let sum = 0;
  for (const value of gradients?.parameters ?? []) sum += value * value;
  return Math.sqrt(sum);
}

/** What clipping would multiply by: 1 for nothing. */
export function clipScale(norm: number, clip: number): number {
  return clip > 0 && norm > clip ? clip / norm : 1;
}

/** The address of the largest gradient of a parameter. */
function largest({ config, gradients }: Trace): Address {
  const { parameters } = gradients!;
  let at = 0;
  for (let i = 1; i < parameters.length; i++) if (Math.abs(parameters[i]) > Math.abs(parameters[at])) at = i;
  const { name, offset } = layoutOf(config).findLast((block) => block.offset <= at)!;
  return addressOfParameter(config, { name, index: at - offset });
}

export function updateWords(part: UpdatePart, trace: Trace, frame: Frame): UpdateWords {
  const { settings, history, windowTrace } = frame;
  if (!trace.gradients) return { title: '', sentences: [words.noGradients], summary: words.noGradients, addresses: [] };
  const { clip, batch, lr, opt } = settings;
  const T = trace.steps;
  const sum = gradientNorm(trace);
  const mean = sum / T;
  if (part === 'clip') {
    const point = history.at(windowTrace?.step ?? 0);
    const verdict = clip <= 0 ? words.clipOff : mean > clip ? words.clipAbove(mean, clip) : words.clipBelow(mean, clip);
    return {
      title: words.clipTitle,
      sentences: [
        words.clipNorm(sum),
        words.clipMean(sum, T, mean),
        verdict,
        words.batch(batch),
        ...(point ? [words.trained(point.step, point.norm, point.clipped)] : []),
      ],
      summary: verdict,
      addresses: [],
    };
  }
  if (part === 'optimizer')
    return {
      title: words.optimizerTitle,
      sentences: [
        words.optimizer(strings.choices[opt], lr),
        words.rule(opt),
        ...(opt === 'sgd' ? [] : [words.averages]),
      ],
      summary: words.optimizer(strings.choices[opt], lr),
      addresses: [],
    };
  const address = largest(trace);
  const gradient = { ...address, quantity: `d${address.quantity}` as Address['quantity'] };
  const [weight, slope] = [valueAt(trace, address), valueAt(trace, gradient)];
  const scale = clipScale(mean, clip);
  const after = formatExactly(Number((weight - (lr * scale * slope) / T).toPrecision(6)));
  const symbol = symbolFrom1(address, trace.config.numLayers);
  return {
    title: words.weightsTitle,
    sentences: [words.weightsNote(symbol), words.weightsLine(weight, lr, scale, slope, T, after), words.batch(batch)],
    summary: words.weightsSummary(symbol, weight, after),
    addresses: [address, gradient],
  };
}
