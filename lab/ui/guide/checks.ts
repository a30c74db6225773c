// The checks of the tour's tasks: each looks at the page whenever something changes and says whether its task is done. What has to be done in an order is
// remembered from the beginning of the chapter. Pure: no check knows of a button that says “done”.

import { type Address, valueAt } from '../../../src/insight.ts';
import type { Frame } from '../../state/frame.ts';
import type { CheckName } from '../../text/tour.ts';
import { Program } from '../../views/debugger/program.ts';

/** What a check looks at. */
export interface Seen extends Frame {
  /** The numbers that the inspector explains, the one it shows last. */
  readonly explained: readonly Address[];
  /** Copies of the cell that the view Unrolled shows; null before it shows any. */
  readonly copies: number | null;
}

/** Whether a task is done, asked again with each change of the page. */
export type Check = (seen: Seen) => boolean;

/** An error has vanished at this share of what it is where it arises. */
export const vanishedShare = 1e-3;
/** A gradient this long has exploded. */
export const explodedNorm = 100;
/** Steps after which two networks are compared. */
export const comparedAfter = 300;

/** The check of a task, from the beginning. */
export const beginCheck = (name: CheckName): Check => starts[name]();

const starts: Readonly<Record<CheckName, () => Check>> = {
  'state-explained':
    () =>
    ({ explained }) =>
      explained.at(-1)?.quantity === 'h',

  'rolled-and-unrolled'() {
    let wasRolled = false;
    return ({ copies }) => {
      if (copies === 1) wasRolled = true;
      return wasRolled && copies !== null && copies > 1;
    };
  },

  'surprise-found':
    () =>
    ({ windowTrace, cursor }) => {
      if (!windowTrace || cursor.view !== 'unrolled' || windowTrace.window !== cursor.w) return false;
      const { loss } = windowTrace.trace;
      return loss[cursor.t] === Math.max(...loss);
    },

  'output-step-back'() {
    let program: Program | null = null;
    let reached = 0;
    return ({ windowTrace, cursor }) => {
      if (!windowTrace || cursor.view !== 'debugger') return false;
      const { config, steps } = windowTrace.trace;
      if (program?.config !== config || program.T !== steps) program = new Program(config, steps);
      if (cursor.direction !== 'backward' || cursor.t !== steps - 1) return false;
      if (cursor.op === reached + 1) reached++; // so a jump over some of them does not count
      return cursor.op <= reached && program.nameOf(program.placeOf(cursor)) === 'da';
    };
  },

  'largest-weight-gradient':
    () =>
    ({ windowTrace, explained }) => {
      const address = explained.at(-1);
      if (!windowTrace || address?.quantity !== 'dW') return false;
      const { trace } = windowTrace;
      const size = (unit: number, column: number): number => Math.abs(valueAt(trace, { ...address, unit, column }));
      const { hiddenSize } = trace.config;
      const here = size(address.unit ?? 0, address.column ?? 0);
      for (let unit = 0; unit < hiddenSize; unit++)
        for (let column = 0; column < hiddenSize; column++) if (size(unit, column) > here) return false;
      return true;
    },

  'gradient-vanished':
    () =>
    ({ flow, failure }) => {
      const layer = flow?.gradientByDistance.at(-1);
      if (!layer || failure) return false;
      const T = layer.total.length - 1;
      const row = layer.norms.subarray((T - 1) * (T + 1), T * (T + 1));
      return row[0] < vanishedShare * row[T];
    },

  'explosion-clipped'() {
    let hasExploded = false;
    return ({ history, settings, failure, status }) => {
      const { last } = history;
      const isLong = last !== null && !(last.norm <= explodedNorm);
      if (settings.clip === 0 && (failure !== null || isLong)) hasExploded = true;
      return hasExploded && settings.clip > 0 && status !== 'failed' && last?.clipped === true;
    };
  },

  'gates-compared':
    () =>
    ({ flow, rival, rivalCell, settings }) => {
      const gated = [settings.cell, rivalCell].filter((cell) => cell === 'gru' || cell === 'lstm');
      if (!flow || !rival?.flow || rival.cell !== rivalCell || gated.length !== 1) return false;
      return Math.min(flow.step, rival.flow.step) >= comparedAfter;
    },
};
