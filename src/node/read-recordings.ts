// The reading of recordings from disk: folders with one folder of WAV files for each class, tables with a column of paths, and single files. Node only.

import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { placeOf } from '../data/lines.ts';
import type { SoundSettings } from '../data/sound/cepstra.ts';
import { type NamedRecording, readRecording, recordingTable } from '../data/sound/recording.ts';
import { rateOf } from '../data/sound/wave.ts';
import { type Table, textColumn } from '../data/table.ts';
import { largest, smallest } from '../elementary.ts';
import { listed, shortened, UnrolledError } from '../errors.ts';
import { locate } from './built-in.ts';
import { filesOf, type ReadTableOptions, readTable } from './read-examples.ts';
import { explained, isFolder, readChunks } from './read-text.ts';
import { nameOf, standardInput } from './standard-input.ts';

/** Names of files of sound. Those that are not WAV are refused where they are read, with the remedy. */
const soundNames = /\.(wav|wave|mp3|flac|ogg|oga|opus|m4a|aac|aif|aiff|wma|amr|webm|mp4)$/i;

/** Whether a file has the name of one of sound. */
export const isSoundFile = (path: string): boolean => soundNames.test(path);

/** Whether a path is a file of sound, or a folder of classes in which there is one. */
export function holdsRecordings(path: string): boolean {
  // what is not there is refused where it is read
  const isThere = path === standardInput || existsSync(locate(path));
  return isThere && isFolder(path) ? filesOf(path).some(isSoundFile) : isSoundFile(path);
}

/** The bytes of a file of sound, in pieces. */
export function* soundChunks(path: string): Generator<Uint8Array> {
  if (path !== standardInput && explained(path, (place) => statSync(place)).size === 0)
    throw new UnrolledError(`${path}: expected a WAV file, got an empty one (0 bytes)`);
  yield* readChunks(path);
}

/** The column of the classes where none is asked for. */
const usualLabel = 'label';

/** How sound becomes vectors, and where a table has the paths and the classes of its recordings. */
export interface RecordingFilesOptions extends Partial<SoundSettings> {
  /** The column of a table that has the paths of the recordings, from the folder of the table on. */
  readonly file?: string;
  /** The column of the classes; null for none. Default label. */
  readonly label?: string | null;
  /** How a table is read. */
  readonly form?: ReadTableOptions;
}

/** A file of a recording. */
export interface RecordingFile {
  readonly path: string;
  /** What it is called: its path within the folder or the table that was given. */
  readonly name: string;
  readonly label?: string;
}

/** The files of recordings of some paths: of a folder its classes, of a table its rows, else the file itself. */
export function recordingFiles(
  paths: readonly string[],
  { file, label, form }: RecordingFilesOptions = {},
): RecordingFile[] {
  const isTable = (path: string) => !isFolder(path) && !isSoundFile(path);
  if (file !== undefined && !paths.some(isTable))
    throw new UnrolledError(
      `${paths.map(nameOf).join(', ')}: expected a table, whose column ${shortened(file)} has paths (--file-column, in a program file), got none; leave the column out`,
    );
  return paths.flatMap((path): RecordingFile[] => {
    if (isFolder(path)) return filesOf(path).map((one) => inFolder(path, one, label !== null, paths.length > 1));
    if (file === undefined && /\.(csv|tsv|tab)$/i.test(path))
      throw new UnrolledError(
        `${path}: expected a WAV file, got a table; name the column that has the paths of WAV files (--file-column, in a program file)`,
      );
    if (file === undefined || isSoundFile(path)) return [{ path, name: nameOf(path) }];
    const table = readTable(path, form);
    const files = textColumn(table, file);
    // without the usual column there are no classes; one that is asked for has to be there
    const classes = label === undefined && table.columns.includes(usualLabel) ? usualLabel : label;
    if (classes === file)
      throw new UnrolledError(
        `${path}: expected two columns, got ${shortened(file)} as path and as label; name another one (--file-column and --label-column, in a program file and label)`,
      );
    const labels = classes == null ? undefined : textColumn(table, classes);
    return files.map((cell, row) => {
      const name = cell.trim();
      if (name === '' || labels?.[row].trim() === '')
        throw new UnrolledError(
          `${placeOf(table.where, table.lines[row])}, column ${shortened(name === '' ? file : classes!)}: expected a ${name === '' ? 'path' : 'name'}, got an empty cell; fill it or leave the row out`,
        );
      const own = isAbsolute(name) || path === standardInput ? name : join(dirname(path), name);
      return { path: own, name, ...(labels && { label: labels[row].trim() }) };
    });
  });
}

/** A file in the folder of its class, or where no classes are read in any; of several folders each is told by its name. */
function inFolder(folder: string, path: string, hasClass: boolean, isOneOfSeveral: boolean): RecordingFile {
  const within = relative(folder, path).replaceAll('\\', '/');
  const name = isOneOfSeveral ? path.replaceAll('\\', '/') : within;
  if (!hasClass) return { path, name };
  if (within.includes('/')) return { path, name, label: dirname(within) };
  throw new UnrolledError(
    `${path}: expected a folder for each class, with its recordings in it, got the file itself; put it into a folder with the name of its class`,
  );
}

/** A table of recordings. */
export interface Recordings extends Table {
  /** Sentences about those that were resampled and those in which there is nothing to hear. */
  readonly remarks: readonly string[];
}

/**
 * Reads recordings into a table: a row for each frame, with the columns `recording` and, where there are classes, `label`.
 * @param asked folders with a folder of WAV files for each class, WAV files, or with `file` tables
 * @param options the rate is by default the lowest of all, to which others are resampled
 * @example const task = classify(readRecordings(['words']), { group: 'recording' })
 * @throws UnrolledError for a file that is no WAV file or has a lower rate than is asked for
 */
export function readRecordings(asked: string | readonly string[], options: RecordingFilesOptions = {}): Recordings {
  const paths = [asked].flat();
  const { file: _, label, form: __, ...sound } = options;
  const files = recordingFiles(paths, options);
  if (files.length === 0) throw new UnrolledError('recordings: expected at least 1 file, got none');
  const where = paths.map(nameOf).join(', ');
  const rates = sound.rate === undefined ? files.map(({ path }) => rateOf(bytesOf(path), nameOf(path))) : [sound.rate];
  const rate = smallest(rates);
  const recordings = files.map(
    (one): NamedRecording => ({
      ...one,
      ...readRecording(bytesOf(one.path), { ...sound, rate, where: nameOf(one.path) }),
    }),
  );
  const silent = recordings.filter(({ isSilent }) => isSilent).map(({ name }) => name);
  const own = label === null ? recordings.map(({ label: _, ...one }) => one) : recordings;
  return {
    ...recordingTable(own, { label: label ?? usualLabel, where }),
    remarks: [
      ...rateRemark(where, files, rates),
      ...(silent.length === 0
        ? []
        : [
            `${where}: ${silent.length === 1 ? '1 recording' : `${silent.length} recordings`} without a sound: ${listed(silent)}; leave out what is there by mistake`,
          ]),
    ],
  };
}

/** A sentence about recordings that are read at the rate of others. */
function rateRemark(where: string, files: readonly RecordingFile[], rates: readonly number[]): string[] {
  const lowest = smallest(rates);
  const others = rates.filter((rate) => rate !== lowest);
  if (others.length === 0) return [];
  const first = files[rates.indexOf(lowest)].name;
  return [
    `${where}: all recordings are read at ${lowest} Hz, the lowest rate, which ${files.length - others.length} of ${files.length} have, such as ${shortened(first)}; the others, of up to ${largest(others)} Hz, are resampled`,
  ];
}

function bytesOf(path: string): Uint8Array {
  return Buffer.concat([...soundChunks(path)]);
}
