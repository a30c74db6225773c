// Nodes of an ONNX graph that move, cut and join the axes of a value (values.ts) without computing anything, and those that take the last step or
// the mean of all.

import type { Constant } from './constants.ts';
import { shortList, sizeOfShape } from './constants.ts';
import type { ReadNode } from './onnx-file.ts';
import {
  axesIn,
  axesOf,
  axisIn,
  type Flow,
  floatTypes,
  integerAttribute,
  integerTypes,
  type Known,
  notOurs,
  orderOf,
  piecesOf,
  type Source,
  slicesOf,
} from './values.ts';

type States = Source & { kind: 'states' };
/** The size of an axis of the inputs; undefined where it is free. */
type Sizes = (label: string) => number | undefined;

/** The most states side by side: of 1000 layers both directions. */
const maxParts = 2000;
/** Functions that leave the order of the scores as it is, so that they are no part of the network. */
const afterScores = new Set(['Softmax', 'LogSoftmax', 'Sigmoid']);

/** The width of the features of a value that has them. */
export function featuresOf({ axes, source }: Flow): number {
  if (source.kind === 'embedding') return source.table.shape[1];
  if (source.kind === 'onehot') return source.depth;
  if (source.kind === 'scores') return source.V.shape[0];
  if (source.kind === 'input') return 0;
  const { hiddenSize } = source.parts[0].layer;
  return axes.includes('tracks') ? hiddenSize : hiddenSize * source.parts.length;
}

/** What a node makes of the axes of its first input; undefined where it is no such node, or cannot be told. */
export function alongAxes(
  node: ReadNode,
  flow: Flow,
  rest: readonly (Constant | undefined)[],
  second: Known | undefined,
  sizes: Sizes,
  time: string | undefined,
): readonly Known[] | undefined {
  const { axes, source } = flow;
  const rank = axes.length;
  const one = (made: Flow): readonly Known[] => [made];
  switch (node.op) {
    case 'Identity':
      return one(flow);
    case 'Dropout':
      if (rest[1] && shortList(rest[1])?.[0] !== 0) return notOurs('no dropout', 'training_mode');
      return one(flow);
    case 'Cast': {
      const to = integerAttribute(node, 'to', 0);
      if (floatTypes.includes(to)) return source.kind === 'input' && source.isWhole ? undefined : one(flow);
      // ids may come in as floats
      if (integerTypes.includes(to) && source.kind === 'input')
        return one({ ...flow, source: { ...source, isWhole: true } });
      return undefined;
    }
    case 'Transpose':
      return one({ ...flow, axes: orderOf(node, rank).map((axis) => axes[axis]) });
    case 'Unsqueeze': {
      const given = axesOf(node, rest[0]) ?? notOurs('axes that are constants', 'others');
      const places = axesIn(given, rank + given.length).toSorted((a, b) => a - b);
      return one({ ...flow, axes: places.reduce((all, place) => all.toSpliced(place, 0, 'one'), [...axes]) });
    }
    case 'Squeeze': {
      const given = axesOf(node, rest[0]) ?? notOurs('axes that are constants', 'others');
      const places = axesIn(given, rank);
      for (const place of places)
        if (sizeOfAxis(flow, axes[place], sizes) !== 1) notOurs('axes of size 1', nameOf(axes[place]));
      return one({ ...flow, axes: axes.filter((_, axis) => !places.includes(axis)) });
    }
    case 'Flatten': {
      const at = integerAttribute(node, 'axis', 1);
      const place = at === rank ? rank : axisIn(at, rank);
      return one({ ...flow, axes: [merged(axes.slice(0, place)), merged(axes.slice(place))] });
    }
    case 'Reshape':
      if (integerAttribute(node, 'allowzero', 0) !== 0 && rest[0] && shortList(rest[0])?.includes(0)) return undefined;
      return one({ ...flow, axes: reshapedAxes(flow, rest[0] && shortList(rest[0]), second, sizes) });
    case 'Gather': {
      const axis = axisIn(integerAttribute(node, 'axis', 0), rank);
      const places = rest[0] && shortList(rest[0]);
      if (!places || source.kind !== 'states') return undefined;
      const isList = rest[0]!.shape.length > 0;
      if (axes[axis] === 'tracks') {
        const { parts } = source;
        const taken = places.map((place) => parts[axisIn(place, parts.length)]);
        if (taken.length === 0) return undefined;
        return one({ ...flow, axes: isList ? axes : axes.toSpliced(axis, 1), source: { ...source, parts: taken } });
      }
      if (places.length !== 1) return undefined;
      const made = atStep(flow, source, axis, places[0], sizes, time);
      return made && one({ ...made, axes: isList ? made.axes : made.axes.toSpliced(axis, 1) });
    }
    case 'Slice': {
      let made: Flow = flow;
      for (const { axis: at, from, to } of slicesOf(node, [undefined, ...rest])) {
        const axis = axisIn(at, rank);
        const cut = cutAt(made, axis, from, to, sizes, time);
        if (!cut) return undefined;
        made = cut;
      }
      return one(made);
    }
    case 'Split': {
      const axis = axisIn(integerAttribute(node, 'axis', 0), rank);
      const size = source.kind === 'states' ? sizeOfAxis(flow, axes[axis], sizes) : undefined;
      if (size === undefined) return undefined;
      return piecesOf(node, rest[0], size).map(
        ([from, to]) => cutAt(flow, axis, from, to, sizes, time) ?? notOurs('pieces of whole directions', 'others'),
      );
    }
    case 'ReduceMean': {
      const given = axesOf(node, rest[0]);
      if (source.kind !== 'states' || source.of !== 'every' || given?.length !== 1) return undefined;
      const axis = axisIn(given[0], rank);
      if (axes[axis] !== time) return notOurs('the mean over time', `that over ${nameOf(axes[axis])}`);
      if (source.parts.some(({ layer }) => layer.hasLengths))
        return notOurs('the mean over the steps of each sequence', 'that over all, padding too');
      const kept = integerAttribute(node, 'keepdims', 1) === 1;
      return one({
        ...flow,
        axes: axes.toSpliced(axis, 1, ...(kept ? ['one'] : [])),
        source: { ...source, of: 'mean' },
      });
    }
    default: {
      if (!afterScores.has(node.op) || source.kind !== 'scores') return undefined;
      if (node.op === 'Sigmoid' && source.V.shape[0] > 1)
        return notOurs('one output before a Sigmoid', String(source.V.shape[0]));
      if (node.op !== 'Sigmoid' && axes[axisIn(integerAttribute(node, 'axis', -1), rank)] !== 'features')
        return notOurs('the outputs as its axis', 'another axis');
      return one({ ...flow, source: { ...source, after: [...source.after, node.op] } });
    }
  }
}

/** Values side by side along an axis. */
export function concatenatedFlow(flows: readonly Flow[], axis: number): Known {
  const [{ axes }] = flows;
  const sources = flows.map(({ source }) =>
    source.kind === 'states' ? source : notOurs('states side by side', 'other values'),
  );
  const isLike = (flow: Flow): boolean => flow.axes.join() === axes.join();
  if (!flows.every(isLike) || sources.some(({ of }) => of !== sources[0].of))
    return notOurs('states of the same axes', 'others');
  const label = axes[axis];
  if (label !== 'tracks' && !((label === 'features' || label === 'one') && !axes.includes('tracks')))
    return notOurs('states of layers or directions side by side', `joined along ${nameOf(label)}`);
  const parts = sources.flatMap((source) => source.parts);
  if (parts.length > maxParts) return notOurs(`at most ${maxParts} states side by side`, 'more');
  const source: States = { ...sources[0], parts };
  return { kind: 'flow', axes: label === 'one' ? axes.with(axis, 'tracks') : axes, source };
}

/** The places `from` to before `to` of an axis: directions, or one step. */
function cutAt(
  flow: Flow,
  axis: number,
  from: number,
  to: number,
  sizes: Sizes,
  time: string | undefined,
): Flow | undefined {
  const { axes, source } = flow;
  const size = sizeOfAxis(flow, axes[axis], sizes);
  if (from === 0 && (to >= 2 ** 31 - 1 || to === size)) return flow;
  if (source.kind !== 'states') return undefined;
  if (axes[axis] !== 'tracks' && axes[axis] !== 'features')
    return (from === -1 ? to >= 2 ** 31 - 1 : to === from + 1)
      ? atStep(flow, source, axis, from, sizes, time)
      : undefined;
  // directions side by side, each of H features
  const H = axes[axis] === 'features' ? source.parts[0].layer.hiddenSize : 1;
  if (axes[axis] === 'features' && axes.includes('tracks')) return undefined;
  const [first, last] = [from, to].map((place) => Math.min(size!, Math.max(0, place < 0 ? place + size! : place)) / H);
  if (!Number.isInteger(first) || !Number.isInteger(last) || last <= first) return undefined;
  return { ...flow, source: { ...source, parts: source.parts.slice(first, last) } };
}

/** One step of the states: the last that each direction makes. */
function atStep(
  flow: Flow,
  source: States,
  axis: number,
  step: number,
  sizes: Sizes,
  time: string | undefined,
): Flow | undefined {
  const { axes } = flow;
  if (axes[axis] !== time || source.of !== 'every') return undefined;
  const steps = sizes(axes[axis]);
  const isEnd = step === -1 || (steps !== undefined && step === steps - 1);
  for (const { layer, direction } of source.parts) {
    if (layer.hasLengths) notOurs('the last step of each sequence', 'a step that may be padding');
    if (direction === 0 ? !isEnd : step !== 0)
      notOurs(
        'the last state of each direction',
        `the ${isEnd ? 'last' : step === 0 ? 'first' : 'another'} step of the ${direction === 0 ? 'forward' : 'reverse'} direction`,
      );
  }
  return { ...flow, axes: axes.with(axis, 'one'), source: { ...source, of: 'last' } };
}

/** The size of an axis; undefined where it is free. */
function sizeOfAxis(flow: Flow, label: string, sizes: Sizes): number | undefined {
  if (label === 'one') return 1;
  if (label === 'tracks') return flow.source.kind === 'states' ? flow.source.parts.length : undefined;
  if (label === 'features') return featuresOf(flow);
  const all = label.split('*').map(sizes);
  return all.includes(undefined) ? undefined : sizeOfShape(all as number[]);
}

/** Several axes in one. */
function merged(axes: readonly string[]): string {
  const large = axes.filter((label) => label !== 'one');
  if (large.length === 0) return 'one';
  if (large.length === 1) return large[0];
  if (large.join() === 'tracks,features') return 'features'; // the directions side by side
  if (large.every((label) => label.startsWith('#'))) return large.join('*');
  return notOurs('axes that belong together', `${large.map(nameOf).join(', ')} in one`);
}

const nameOf = (label: string): string =>
  ({ tracks: 'directions', features: 'features', one: 'an axis of size 1' })[label] ?? 'time or batch';

/** The axes after a Reshape to `target`, which is undefined where it is computed. */
function reshapedAxes(
  flow: Flow,
  target: readonly number[] | undefined,
  second: Known | undefined,
  sizes: Sizes,
): string[] {
  const { axes } = flow;
  const split = axes.flatMap((label) => label.split('*'));
  const isSplit =
    split.length > axes.length && (target === undefined ? second?.kind === 'sizes' : target.length === split.length);
  if (isSplit) return split; // back to what was one axis for a product
  if (!target) return notOurs('a shape that is a constant', 'a computed one');
  const size = (label: string): number | undefined => sizeOfAxis(flow, label, sizes);
  const open = target.indexOf(-1);
  const made: string[] = [];
  let [begin, end] = [0, axes.length];
  const wrong = (): never => notOurs(`a shape of the axes ${axes.map(nameOf).join(', ')}`, `[${target.join(', ')}]`);

  /** Takes the axes of one size of the target, from the left or from the right. */
  const take = (wanted: number, isLeft: boolean, at: number): string => {
    const next = (): string => (begin < end ? axes[isLeft ? begin++ : --end] : wrong());
    if (wanted === 0)
      return (isLeft ? at === begin : at === end - 1 && target.length === axes.length) ? next() : wrong();
    const near = axes[isLeft ? begin : end - 1];
    if (wanted === 1 && !(begin < end && size(near) === 1)) return 'one';
    const group = [next()];
    let product = size(group[0]);
    if (product === undefined) return group[0]; // a free axis, of which the graph knows the size
    while (product < wanted && begin < end) {
      const label = next();
      const more = size(label);
      if (more === undefined) return wrong();
      product *= more;
      if (isLeft) group.push(label);
      else group.unshift(label);
    }
    return product === wanted ? merged(group) : wrong();
  };

  const head = open < 0 ? target : target.slice(0, open);
  head.forEach((wanted, i) => void made.push(take(wanted, true, i)));
  if (open >= 0) {
    const tail: string[] = [];
    for (let i = target.length - 1; i > open; i--) tail.unshift(take(target[i], false, i));
    made.push(merged(axes.slice(begin, end)));
    for (const axis of tail) made.push(axis);
  } else if (axes.slice(begin, end).some((label) => size(label) !== 1)) wrong();
  return made;
}
