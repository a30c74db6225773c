// The operations of a window in the order in which they are computed, as a program with a place in it: forward t = 1 … T, backward T … 0, the sums over
// time, and what training does with them. A place is a number from 0; the shared cursor has it as t, direction and op, the number of the operation
// within its step: those of t = 0, the sums and the update follow after the last of a backward step. Pure; the order is the library's schedule().

import type { ModelConfig } from '../../../src/index.ts';
import {
  type Address,
  type Operation,
  quantities,
  type ScheduledOperation,
  schedule,
  sizesOf,
} from '../../../src/insight.ts';

import type { Cursor } from '../../state/cursor.ts';

export const updateParts = ['clip', 'optimizer', 'weights'] as const;
export type UpdatePart = (typeof updateParts)[number];
export type Step = ScheduledOperation | { readonly update: UpdatePart };
export type ProgramPlace = Pick<Cursor, 't' | 'op' | 'direction'>;

const isUpdate = (step: Step): step is { readonly update: UpdatePart } => 'update' in step;

export class Program {
  readonly steps: readonly Step[];
  readonly config: ModelConfig;
  readonly T: number;
  /** The operations of one step, in order. */
  readonly forward: readonly ScheduledOperation[];
  readonly backward: readonly ScheduledOperation[];
  /** Where what follows after step 1's backward pass begins. */
  readonly tail: number;
  /** Where the sums over time begin. */
  readonly sums: number;

  constructor(config: ModelConfig, T: number) {
    this.config = config;
    this.T = T;
    const list = schedule(config, T);
    this.steps = [...list, ...updateParts.map((update) => ({ update }))];
    const at = (pass: Operation['pass'], t: number) =>
      list.filter(({ operation, t: own }) => operation.pass === pass && own === t);
    this.forward = at('forward', 1);
    this.backward = at('backward', T);
    this.tail = T * (this.forward.length + this.backward.length);
    this.sums = list.findIndex(({ operation }) => operation.pass === 'total');
  }

  get last(): number {
    return this.steps.length - 1;
  }

  operation(place: number): ScheduledOperation | null {
    const step = this.steps[place];
    return isUpdate(step) ? null : step;
  }

  update(place: number): UpdatePart | null {
    const step = this.steps[place];
    return isUpdate(step) ? step.update : null;
  }

  /** The place of the cursor. */
  placeOf({ t, op, direction }: ProgramPlace): number {
    const { T, forward, backward, tail, last } = this;
    const time = Math.min(T - 1, Math.max(0, t));
    if (direction === 'forward') return time * forward.length + Math.min(forward.length - 1, op);
    if (op >= backward.length) return Math.min(last, tail + op - backward.length);
    return T * forward.length + (T - 1 - time) * backward.length + op;
  }

  cursorAt(place: number): ProgramPlace {
    const { T, forward, backward, tail } = this;
    const begin = T * forward.length;
    if (place < begin)
      return { t: Math.floor(place / forward.length), op: place % forward.length, direction: 'forward' };
    if (place >= tail) return { t: 0, op: place - tail + backward.length, direction: 'backward' };
    const back = place - begin;
    return {
      t: T - 1 - Math.floor(back / backward.length),
      op: back % backward.length,
      direction: 'backward',
    };
  }

  /** The gradient's operation for a number's, and back, at the same step. */
  mirror(place: number): number {
    const { t, direction } = this.cursorAt(place);
    const here = this.operation(place);
    const isForward = direction === 'forward';
    const others = isForward ? this.backward : this.forward;
    const { quantity = '', gate = '' } = here?.operation.result ?? {};
    const bare = quantity.replace(/^d/, '').replace(/Above|Later/, '');
    const wanted = isForward ? `d${quantity}` : bare;
    const found = others.findIndex(
      ({ operation: { result }, layer }) =>
        result.quantity === wanted && result.gate === gate && (layer === here?.layer || layer === undefined),
    );
    const op = found < 0 ? 0 : found;
    return this.placeOf({ t, op, direction: isForward ? 'backward' : 'forward' });
  }

  /** The first place of the next step in time. */
  nextTime(place: number): number {
    const now = this.operation(place)?.t;
    let next = place;
    while (next < this.last && this.operation(next)?.t === now) next++;
    return next;
  }

  /** A short name, the same in every window: `da`, `a-r`, `h-1` of layer 1, `clip`. For links. */
  nameOf(place: number): string {
    const step = this.steps[place];
    if (isUpdate(step)) return step.update;
    const { operation, layer } = step;
    const { quantity, gate } = operation.result;
    return [quantity, gate, layer ? String(layer) : ''].filter(Boolean).join('-');
  }

  /** `op` and `direction` of a name; null where this program has none such. Of what is at t = 0 too, the place at a later step. */
  named(name: string): Pick<Cursor, 'op' | 'direction'> | null {
    const place = this.steps.findIndex((_, i) => this.nameOf(i) === name);
    if (place < 0) return null;
    const { op, direction } = this.cursorAt(place);
    return { op, direction };
  }

  /** Whether a result has a number for each token, for each unit, for each row and column, or one alone. */
  shapeOf({ operation, layer = 0 }: ScheduledOperation): { rows: number; columns: number; isTokens: boolean } {
    const { quantity } = operation.result;
    const { fields }: { fields: readonly string[] } = quantities[quantity];
    const sizes = sizesOf(this.config, quantity, layer);
    const isOneHot = this.config.embeddingSize === null && layer === 0;
    const isTokens =
      ['o', 'y', 'do', 'dc', 'dV', 'dembedding'].includes(quantity) || (isOneHot && /^d?x$/.test(quantity));
    return {
      rows: fields.includes('unit') ? sizes.unit : 1,
      columns: fields.includes('column') ? sizes.column : 1,
      isTokens,
    };
  }

  /** The address of a number of a result. */
  addressOf({ operation, t, layer }: ScheduledOperation, unit: number, column: number): Address {
    const { quantity, gate } = operation.result;
    const { fields }: { fields: readonly string[] } = quantities[quantity];
    return {
      quantity,
      ...(gate && { gate }),
      ...(t !== undefined && { t }),
      ...(layer !== undefined && { layer }),
      ...(fields.includes('unit') && { unit }),
      ...(fields.includes('column') && { column }),
    };
  }
}

/** The name of the operation that the cursor is at. */
export const operationName = (program: Program, cursor: ProgramPlace): string =>
  program.nameOf(program.placeOf(cursor));
