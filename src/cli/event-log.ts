// `--tensorboard DIR`: what metrics.jsonl has of updates and of looks at the held-out data, as an event file of TensorBoard, while the run goes on.

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { eventFileName, firstRecord, scalarsRecord } from '../formats/tensorboard.ts';
import { cannotBeSaved } from '../node/system-errors.ts';

/** The numbers of a line that TensorBoard shows, and what it calls them. */
const tags: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  update: { loss: 'loss/training', gradientNorm: 'gradient norm', learningRate: 'learning rate' },
  validation: {
    ...{ validationLoss: 'loss/held out', accuracy: 'accuracy/held out' },
    ...{ clippedShare: 'share/clipped updates', saturatedShare: 'share/saturated states' },
  },
};

/** What is kept is written after so many bytes, and at every look at the held-out data. */
const maxBytesKept = 4_096;

export class EventLog {
  private readonly path: string;
  private readonly file: number;
  private kept: Uint8Array[] = [];
  private keptBytes = 0;

  /** Begins a file in the folder, which is made if it is missing. */
  constructor(directory: string) {
    const seconds = Date.now() / 1000;
    this.path = join(directory, eventFileName(seconds, hostname(), process.pid));
    try {
      mkdirSync(directory, { recursive: true });
      this.file = openSync(this.path, 'w');
    } catch (error) {
      throw cannotBeSaved(this.path, error);
    }
    this.keep(firstRecord(seconds));
    this.flush();
  }

  /** Adds the numbers of a line of metrics.jsonl. */
  add(line: Readonly<Record<string, unknown>>): void {
    const { event, update } = line as { readonly event: string; readonly update: number };
    const scalars = Object.entries(tags[event] ?? {}).flatMap(([name, tag]) => {
      const value = line[name];
      return typeof value === 'number' ? [[tag, value] as const] : [];
    });
    if (scalars.length === 0) return;
    this.keep(scalarsRecord(Date.now() / 1000, update, Object.fromEntries(scalars)));
    if (event === 'validation' || this.keptBytes > maxBytesKept) this.flush();
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.file);
    }
  }

  private keep(record: Uint8Array): void {
    this.kept.push(record);
    this.keptBytes += record.length;
  }

  private flush(): void {
    try {
      for (const record of this.kept)
        for (let done = 0; done < record.length; ) done += writeSync(this.file, record, done);
    } catch (error) {
      throw cannotBeSaved(this.path, error);
    }
    this.kept = [];
    this.keptBytes = 0;
  }
}
