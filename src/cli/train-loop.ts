// The loop of `unrolled train`: update after update, with saves, reports and a listener for signals. Nothing in it changes the numbers.

import process from 'node:process';
import type { Backend } from '../engine/backend.ts';
import { BrokenThreads } from '../engine/broken-threads.ts';
import type { Threads } from '../engine/threads.ts';
import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import type { TaskReport } from '../tasks/task.ts';
import { sampleText } from '../tasks/text/sample.ts';
import { turn } from '../tasks/train.ts';
import { alone } from '../training/group.ts';
import { DeviceTrainer, type RunTrainer } from './device-trainer.ts';
import type { EventLog } from './event-log.ts';
import { ClosedPipe, guardOutput } from './output.ts';
import type { Reporter } from './progress.ts';
import { sampleOf } from './progress-bar.ts';
import type { LastLook, RunFolder } from './run-folder.ts';
import { exitCodes, onSignals, type Signal } from './signals.ts';
import type { Together } from './together.ts';

interface Loop {
  readonly trainer: RunTrainer;
  readonly folder: Pick<RunFolder, 'directory' | 'log' | 'logFindings' | 'renew' | 'save' | 'writePage'>;
  /** The processes of the run, where there are several. */
  readonly together: Together | null;
  /** Makes the first save; signals are heard from before it on. */
  readonly begin: () => void;
  readonly reporter: Reporter;
  readonly model: Model;
  /** The threads that share the work, where there are several. */
  readonly threads: Threads | undefined;
  /** Generates samples while the run goes on. */
  readonly writer: Backend;
  /** The run is saved after this many updates; null stands for each epoch and each minute. */
  readonly saveEvery: number | null;
  readonly last: LastLook | null;
  /** The run is saved and ends once this many epochs are done; null stands for the end. */
  readonly pauseAfter: number | null;
  /** The epochs that are done already. */
  readonly epoch: number;
  /** What the speed counts. */
  readonly unit: string;
  /** Takes the lines of metrics too, where it is there. */
  readonly events: EventLog | undefined;
  /** The line that begins the metrics of a run, or of its continuation. */
  readonly start: object;
  /** What is found out about the weights at the end, and kept of them. */
  readonly closing: () => readonly TaskReport[];
  /** The page of the run, from what its folder has; undefined where none is wanted. */
  readonly page: (() => string) | undefined;
}

/** The event loop gets its turn this often, in milliseconds, so that signals are heard. */
const yieldEveryMs = 50;
/** Without --save-every a run is saved at least this often, */
const saveEveryMs = 60_000;
/** and at the end of an epoch only if this long has passed, as short epochs would do little else than save. */
const minMsBetweenSaves = 2_000;
/** A thread that the others wait for longer than this, in milliseconds, may hang: signals then end the process at once. */
const longestWaitMs = 5_000;

/** Trains to the end, or until a signal comes; returns the exit code. */
export async function trainLoop({
  trainer,
  folder,
  together,
  begin,
  reporter,
  model,
  threads,
  writer,
  saveEvery,
  last,
  pauseAfter,
  epoch,
  unit,
  events,
  start: startLine,
  closing,
  page,
}: Loop): Promise<number> {
  const signals = listen(reporter);
  const { group, progress } = together ?? { group: alone, progress: () => {} };
  /** Whether any process wishes it; all ask at the same moments. */
  const isWished = (wish: boolean): boolean => {
    if (!together) return wish;
    const wishes = Float64Array.of(wish ? 1 : 0);
    group.sum(wishes); // a group of processes answers at once
    return wishes[0] > 0;
  };
  let isStopped = false;
  const mayGoOn = (): boolean => {
    isStopped = isWished(signals.stop() !== null);
    return !isStopped;
  };
  const rateKey = `${unit}sPerSecond`;
  let lastLook = last;
  let epochs = epoch;
  const isPaused = (): boolean => pauseAfter !== null && epochs >= pauseAfter;
  let savedAt = performance.now();
  let savedUpdate = trainer.update;
  const device = trainer instanceof DeviceTrainer ? trainer : null;
  if (device) {
    device.onMove = (sentence) => {
      folder.log({ event: 'moved', update: device.update, sentence });
      reporter.remark(sentence);
    };
    device.onDecision = (sentence) => reporter.remark(sentence);
  }
  const save = async (): Promise<void> => {
    await device?.prepare();
    if (savedUpdate !== trainer.update) folder.save(trainer, lastLook);
    savedUpdate = trainer.update;
    savedAt = performance.now();
  };
  // at most a thousand updates are logged, and which ones depends on nothing but their number
  const every = Math.max(1, Math.ceil(trainer.settings.updates / 1000));
  // no signal is heard in a wait, as JavaScript is waiting
  if (threads) threads.whileWaiting = (ms) => void (ms >= longestWaitMs && signals.handBack());
  let start = performance.now();
  let lastTurn = start;
  try {
    begin();
    folder.log(startLine);
    start = lastTurn = savedAt = performance.now();
    while (!trainer.done && !isPaused() && mayGoOn()) {
      const before = performance.now();
      let epochEnded = false;
      const reports = device ? await device.stepTogether() : trainer.step();
      signals.takeBack();
      progress(trainer.update);
      for (const report of reports) {
        const now = performance.now();
        if (report.kind === 'update') {
          const speed = reporter.update(report, trainer.bestLoss, (now - before) / 1000, reports.length > 1);
          if (report.update % every !== 0) continue;
          const { kind: event, tokens: _, updates: __, ...numbers } = report;
          const line = { event, ...numbers, [rateKey]: speed, seconds: seconds(now - start) };
          folder.log(line);
          events?.add(line);
          reporter.json(line);
        } else if (report.kind === 'rollback') {
          const { kind: event, updates: _, ...facts } = report;
          folder.log({ event, ...facts });
          reporter.json({ event, ...facts });
          reporter.remark(
            `${report.reason}; the run goes back to ${trainer.bestLoss === null ? 'the last good weights' : 'the best weights so far'}, and on with a tenth of the learning rate`,
          );
        } else {
          epochEnded = true;
          epochs = report.epoch;
          lastLook = { loss: report.loss, validationLoss: report.validationLoss };
          const { kind: event, updates: _, ...numbers } = report;
          const line = { event, ...numbers, seconds: seconds(now - start) };
          folder.log(line);
          events?.add(line);
          reporter.json(line);
          reporter.epoch(report);
          const isWhole = Number.isFinite(report.validationLoss ?? report.loss); // a network that diverged writes nothing
          if (group.rank === 0 && model.tokenizer && isWhole && (isPowerOfTwo(report.epoch) || trainer.done)) {
            const text = sampleText(
              { ...model, parameters: trainer.parameters },
              { ...sampleOf(model), backend: writer },
            );
            const sample = { event: 'sample', update: report.update, epoch: report.epoch, text };
            folder.log(sample);
            reporter.json(sample);
          }
        }
      }
      const now = performance.now();
      const due = saveEvery
        ? trainer.update % saveEvery === 0 || epochEnded
        : now - savedAt > saveEveryMs || (epochEnded && now - savedAt > minMsBetweenSaves);
      if (isWished(due && group.rank === 0)) await save();
      reporter.tick(trainer, model, writer);
      if (now - lastTurn < yieldEveryMs) continue;
      folder.renew();
      await turn();
      lastTurn = performance.now();
    }
    await save();
  } catch (error) {
    if (!(error instanceof BrokenThreads)) throw error;
    if (!together && trainer.isWhole) await save();
    throw new UnrolledError(
      `${error.message}; everything up to update ${savedUpdate} is saved in ${folder.directory}, and --resume continues from there`,
      'failure',
      { cause: error },
    );
  } finally {
    signals.close();
    reporter.close();
  }
  signals.expectOutput();
  const reason = signals.stop() ?? (isStopped ? 'SIGTERM' : null); // which another process may have heard
  if (reason && !trainer.done) {
    if (page) folder.writePage(page);
    reporter.stopped(trainer, reason);
    return reason === 'closed pipe' ? 141 : exitCodes[reason];
  }
  if (!trainer.done) {
    if (page) folder.writePage(page);
    reporter.stopped(trainer, 'pause');
    return 0;
  }
  const findings = closing();
  folder.logFindings(findings, trainer.update);
  if (page) folder.writePage(page);
  reporter.finished(trainer, lastLook, findings);
  return 0;
}

const isPowerOfTwo = (value: number): boolean => (value & (value - 1)) === 0;

const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1000;

/** Listens for signals: the first asks to stop, the second stops at once. */
function listen(reporter: Reporter) {
  let heard: Signal | 'closed pipe' | null = null;
  let failure: Error | null = null;
  const onSignal = (signal: Signal): void => {
    if (heard) process.exit(exitCodes[signal]);
    heard = signal;
    reporter.stopping(signal);
  };
  let end: (() => void) | undefined;
  const takeBack = (): void => {
    end ??= onSignals(onSignal);
  };
  const handBack = (): void => {
    end?.();
    end = undefined;
  };
  takeBack();
  const before = guardOutput((error) => {
    heard ??= 'closed pipe'; // save first: the work is worth more than the reader
    failure ??= error;
  });
  return {
    stop: () => heard,
    takeBack,
    /** Leaves the signals to the system, by which they end the process. */
    handBack,
    /** Throws the error of standard output, unless nobody reads it any more. */
    expectOutput(): void {
      if (failure && !(failure instanceof ClosedPipe)) throw failure;
    },
    close() {
      handBack();
      if (!failure) guardOutput(before); // later lines fail on the pipe too, and nobody misses them
    },
  };
}
