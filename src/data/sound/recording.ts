// Recordings as sequences of vectors: a WAV file becomes mel-frequency cepstra (cepstra.ts), and recordings become a table with a row for each frame,
// which `classify(table, { group: 'recording' })` learns from as from any other table of vectors. Nothing here needs Node or a page's AudioContext.

import { described, expectList, firstTwice, quoted, shortened, UnrolledError } from '../../errors.ts';
import type { Table } from '../table.ts';
import { cepstra, cepstrumColumns, type SoundSettings, samplesIn, soundSettings } from './cepstra.ts';
import { resample } from './resample.ts';
import { readWave } from './wave.ts';

/** How sound becomes vectors, and what errors call the recording. */
export interface RecordingOptions extends Partial<SoundSettings> {
  /** What to call the recording in errors. Default recording. */
  readonly where?: string;
}

/** A recording as vectors, one for each frame. */
export interface Recording {
  /** How it was read. */
  readonly sound: SoundSettings;
  /** The frames, T. */
  readonly length: number;
  /** The names of the numbers of a vector, D of them. */
  readonly columns: readonly string[];
  /** The vectors, one frame after the other. [T, D] */
  readonly vectors: Float32Array; // [T, D]
  /** Whether all samples are the same, so that there is nothing to hear. */
  readonly isSilent: boolean;
}

/**
 * Reads a WAV file: PCM of 8 to 32 bits, float, A-law or µ-law; several channels are mixed to one.
 * @param bytes the whole file
 * @param options default: the rate of the file, frames of 25 ms every 10 ms, 13 cepstra of 40 mel filters
 * @example readRecording(await (await fetch('hello.wav')).arrayBuffer()).vectors
 * @throws UnrolledError for a file that is damaged or of another kind, is shorter than a frame, or has a lower rate than is asked for
 */
export function readRecording(bytes: ArrayBuffer | Uint8Array, options: RecordingOptions = {}): Recording {
  const { where = 'recording', ...asked } = options;
  if (!(bytes instanceof ArrayBuffer || bytes instanceof Uint8Array))
    throw new UnrolledError(`${where}: expected the bytes of a WAV file, got ${described(bytes)}`);
  const { rate, samples } = readWave(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), where);
  const sound = soundSettings(asked, rate);
  if (rate < sound.rate)
    throw new UnrolledError(
      `${where}: expected at least ${sound.rate} samples a second, got ${rate}, which hold nothing above ${rate / 2} Hz; train with the rate ${rate} (--rate ${rate}), to which other recordings are resampled`,
    );
  const own = resample(samples, rate, sound.rate);
  if (own.length < samplesIn(sound.frame, sound.rate))
    throw new UnrolledError(
      `${where}: expected at least one frame of ${sound.frame} ms, got ${((1000 * samples.length) / rate).toFixed(1)} ms; leave the file out, or take shorter frames (--frame, in a program frame)`,
    );
  const columns = cepstrumColumns(sound);
  const vectors = Float32Array.from(cepstra(own, sound));
  const wrong = vectors.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new UnrolledError(`${where}: expected samples of about −1 to 1, got far larger ones; scale them down`);
  return {
    ...{ sound, columns, vectors, length: vectors.length / columns.length },
    isSilent: samples.every((sample) => sample === samples[0]),
  };
}

/** A recording with its name, and its class where that is known. */
export interface NamedRecording extends Recording {
  /** What tells it apart from the others, such as the path of its file. */
  readonly name: string;
  /** The class of the whole recording, where it has one. */
  readonly label?: string;
}

/** The column of a table that tells recordings apart. */
export const recordingColumn = 'recording';

/** What the column of classes and the recordings are called. */
export interface RecordingTableOptions {
  /** What the column of the classes is called. Default label. */
  readonly label?: string;
  /** What to call the recordings in errors. Default recordings. */
  readonly where?: string;
}

/**
 * Makes a table of recordings: a row for each frame, with the columns `recording` and, where they have classes, `label`; its vectors are columns too.
 * @example classify(recordingTable([{ ...readRecording(bytes), name: 'a.wav', label: 'yes' }, …]), { group: 'recording' })
 * @throws UnrolledError where the recordings were read in different ways, or two have one name
 */
export function recordingTable(
  recordings: readonly NamedRecording[],
  { label = 'label', where = 'recordings' }: RecordingTableOptions = {},
): Table {
  expectList(where, recordings);
  if (recordings.length === 0) throw new UnrolledError(`${where}: expected at least 1 recording, got none`);
  const [{ sound, columns, label: firstLabel }] = recordings;
  const settings = JSON.stringify(sound);
  const twice = firstTwice(recordings.map(({ name }) => name));
  if (twice !== undefined)
    throw new UnrolledError(`${where}: expected recordings of different names, got ${quoted(twice)} twice`);
  for (const one of recordings) {
    if (JSON.stringify(one.sound) !== settings)
      throw new UnrolledError(
        `${where}, ${shortened(one.name)}: expected one that was read as ${shortened(recordings[0].name)} was, ${settings}, got ${JSON.stringify(one.sound)}; read all with the same options, among them one rate`,
      );
    if ((one.label === undefined) !== (firstLabel === undefined))
      throw new UnrolledError(
        `${where}: expected a label for every recording or for none, got one for ${shortened((firstLabel === undefined ? one : recordings[0]).name)} and none for ${shortened((firstLabel === undefined ? recordings[0] : one).name)}`,
      );
  }
  const T = recordings.reduce((sum, { length }) => sum + length, 0);
  const numbers = columns.map(() => new Float64Array(T)); // [D][T]
  const rows: (readonly string[])[] = [];
  for (const { name, label: own, vectors, length } of recordings) {
    const row = own === undefined ? [name] : [name, own]; // all frames share it
    for (let t = 0; t < length; t++) {
      for (let d = 0; d < columns.length; d++) numbers[d][rows.length] = vectors[t * columns.length + d];
      rows.push(row);
    }
  }
  return {
    ...{ where, rows, sound },
    columns: firstLabel === undefined ? [recordingColumn] : [recordingColumn, label],
    lines: rows.map((_, at) => at + 1),
    numbers: new Map(columns.map((column, d) => [column, numbers[d]])),
  };
}
