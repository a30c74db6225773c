// Everything that a view may show, at one moment.

import type { Edit } from '../../src/insight.ts';
import type { Theme } from '../draw/palette.ts';
import type {
  DerivativeCheck,
  FailureOrigin,
  GeneratedText,
  GradientFlow,
  Held,
  Memory,
  MemoryQuestion,
  RivalCell,
  RunInfo,
  SeriesMemory,
  Status,
  TwoBasins,
  Units,
  WeightsFound,
  WindowTrace,
} from '../protocol.ts';
import type { Settings } from '../settings.ts';
import type { Outcome, Reading } from '../task-data.ts';
import type { Cursor } from './cursor.ts';
import type { History } from './history.ts';
import type { LinkExtras } from './link-extras.ts';
import type { Race } from './race-plan.ts';

/** A text that the model of a step wrote, with the surprisal of each token in nats. */
export interface Sample {
  readonly step: number;
  readonly ids: Int32Array;
  readonly surprisals: Float32Array;
}

/** How far the rival is trained, and what was last seen of it. */
export interface RivalProgress {
  readonly cell: RivalCell;
  readonly step: number;
  readonly target: number;
  readonly flow: GradientFlow | null;
  readonly memory: Memory | null;
}

export interface Frame {
  /** null until the first text is ready. */
  readonly info: RunInfo | null;
  readonly text: string;
  /** Whether the run began with a model that was opened. */
  readonly isOpened: boolean;
  /** Why its model cannot be trained here; null where it can. */
  readonly refusal: string | null;
  readonly status: Status;
  readonly step: number;
  readonly tokensPerSecond: number;
  /** Steps that the time machine can show, in order. */
  readonly snapshots: readonly number[];
  readonly history: History;
  /** The newest last. */
  readonly samples: readonly Sample[];
  /** The sample of the step that the time machine shows. */
  readonly past: Sample | null;
  /** What the model of the step that is shown makes of held-out data, where the task is no text. */
  readonly outcome: { readonly step: number; readonly outcome: Outcome } | null;
  /** A text that somebody typed, as the model reads it. */
  readonly reading: { readonly step: number; readonly reading: Reading } | null;
  readonly seriesMemory: SeriesMemory | null;
  /** The text that the view Generate asked for, and the step of the model that wrote it. */
  readonly generated: (GeneratedText & { readonly step: number }) | null;
  /** The window that the cursor is at, with the edits, under the model of the step that is shown. Null until a view that needs it has it. */
  readonly windowTrace: WindowTrace | null;
  readonly flow: GradientFlow | null;
  /** The text from the cursor's window on, read from a state and from its opposite. */
  readonly basins: TwoBasins | 'too short' | null;
  /** How the predictions of the window depend on its tokens, in the model that is shown and in that of the step beside it. */
  readonly memory: { readonly memory: Memory; readonly beside: Memory | null } | null;
  readonly memoryQuestion: MemoryQuestion;
  /** The units of the cursor's layer on the text from its window on, and how the loss changes without each of them. */
  readonly units: Units | null;
  readonly held: Held | null;
  /** The loss with one unit held at a value. */
  readonly hold: Held | null;
  /** The scale of colors that a link may name. */
  readonly scale: LinkExtras['scale'];
  /** The cell to compare with, while somebody does. */
  readonly rivalCell: RivalCell | null;
  readonly rival: RivalProgress | null;
  /** Runs that are compared with each other. */
  readonly race: Race | null;
  /** The matrix that the view Weights looks at. */
  readonly weights: WeightsFound | null;
  /** After training has stopped at a number that is not finite. */
  readonly failure: { readonly step: number; readonly origin: FailureOrigin | null; readonly undoTo: number } | null;
  /** What the visitor has changed in the window and its model. */
  readonly edits: readonly Edit[];
  /** The operation that the debugger is at, or is asked to go to, by its name. */
  readonly operation: string | null;
  /** The latest check of derivatives by differences. */
  readonly checked: { readonly step: number; readonly results: readonly DerivativeCheck[] } | null;
  readonly settings: Settings;
  readonly cursor: Cursor;
  readonly theme: Theme;
}
