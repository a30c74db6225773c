// WAV files: RIFF/WAVE with samples as whole numbers of 8 to 32 bits, as floating-point numbers of 32 or 64 bits, or in 8 bits by A-law or µ-law
// (G.711); the channels are mixed to one by their mean. A file is a list of chunks, each a name of four letters, a length and its bytes, with a zero
// byte behind an odd length; `fmt ` says how the samples are written, `data` holds them, and other chunks are skipped. A program that writes into a
// pipe cannot know the length of `data` and writes 0 or the largest number; then the samples end with the file.

import { shortened, UnrolledError } from '../../errors.ts';

/** A recording with one channel. */
export interface Wave {
  /** Samples in a second. */
  readonly rate: number;
  /** From −1 to 1, but for floating-point samples beyond. */
  readonly samples: Float64Array;
}

/** The rates that are read: what is outside is no recording of sound that people hear. */
export const rates = { least: 1000, most: 768_000 } as const;
/** The most channels that are mixed. */
const maxChannels = 256;

const pcm = 1;
const float = 3;
const aLaw = 6;
const muLaw = 7;
const extensible = 0xfffe;
/** What other numbers of formats stand for, for errors. */
const otherFormats: Readonly<Record<number, string>> = {
  ...{ 2: 'ADPCM', 17: 'ADPCM', 49: 'GSM', 80: 'MPEG', 85: 'MP3', 255: 'AAC' },
};

/** How the samples of a file are written, and where they are. */
interface Layout {
  readonly rate: number;
  readonly channels: number;
  readonly bytesPerSample: number;
  /** Reads the sample at a place. */
  readonly sample: (view: DataView, at: number) => number;
  /** Where the first sample is, and how many moments there are. */
  readonly start: number;
  readonly count: number;
}

/** Files of sound that are not WAV, by what they begin with. */
const otherFiles: readonly { readonly name: string; readonly start: string; readonly at?: number }[] = [
  { name: 'an MP3 file', start: 'ID3' },
  { name: 'an MP3 file', start: '\xff\xfb' },
  { name: 'an MP3 file', start: '\xff\xf3' },
  { name: 'an MP3 file', start: '\xff\xf2' },
  { name: 'an AAC file', start: '\xff\xf1' },
  { name: 'an AAC file', start: '\xff\xf9' },
  { name: 'a FLAC file', start: 'fLaC' },
  { name: 'an Ogg file (Vorbis or Opus)', start: 'OggS' },
  { name: 'an AIFF file', start: 'FORM' },
  { name: 'an AU file', start: '.snd' },
  { name: 'a WebM or Matroska file', start: '\x1a\x45\xdf\xa3' },
  { name: 'an MP4 or M4A file', start: 'ftyp', at: 4 },
  { name: 'a WAV file of 64-bit lengths (RF64)', start: 'RF64' },
  { name: 'a WAV file of 64-bit lengths (W64)', start: 'riff' },
  { name: 'a big-endian WAV file (RIFX)', start: 'RIFX' },
];

/** Reads a WAV file. Throws an error that begins with `where` on one that is damaged, of another kind or without samples. */
export function readWave(bytes: Uint8Array, where: string): Wave {
  const view = viewOf(bytes);
  const { rate, channels, bytesPerSample, sample, start, count } = layoutOf(view, where);
  const samples = new Float64Array(count);
  for (let i = 0, at = start; i < count; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++, at += bytesPerSample) sum += sample(view, at);
    samples[i] = sum / channels;
    if (!Number.isFinite(samples[i]))
      throw new UnrolledError(`${where}: expected samples that are finite, got ${samples[i]} at ${i / rate} s`);
  }
  return { rate, samples };
}

/** The sample rate of a WAV file, whose samples are not read. */
export function rateOf(bytes: Uint8Array, where: string): number {
  return layoutOf(viewOf(bytes), where).rate;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength);

/** Some bytes as letters. */
function lettersAt(view: DataView, at: number, count: number): string {
  let text = '';
  for (let i = at; i < Math.min(at + count, view.byteLength); i++) text += String.fromCharCode(view.getUint8(i));
  return text;
}

function layoutOf(view: DataView, where: string): Layout {
  const size = view.byteLength;
  if (size === 0) throw new UnrolledError(`${where}: expected a WAV file, got an empty one (0 bytes)`);
  if (lettersAt(view, 0, 4) !== 'RIFF' || lettersAt(view, 8, 4) !== 'WAVE') throw notWave(view, where);
  let form: Omit<Layout, 'start' | 'count'> | undefined;
  let at = 12;
  while (at + 8 <= size) {
    const name = lettersAt(view, at, 4);
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    if (name === 'fmt ') form ??= formOf(view, start, Math.min(length, size - start), where);
    else if (name === 'data') {
      if (!form)
        throw new UnrolledError(`${where}: expected the chunk fmt before the samples, got none; the file is damaged`);
      return { ...form, ...extent(view, start, length, form, where) };
    }
    // a chunk may not reach beyond the end; what is damaged so has no samples either
    at = start + length + (length % 2);
  }
  throw new UnrolledError(
    `${where}: expected ${form ? 'the chunk data with samples' : 'the chunks fmt and data'}, got the end of the file; the file is cut or damaged`,
  );
}

/** Where the samples are. A file that was streamed does not say how many they are, and one that was cut has fewer than it says: they end with it. */
function extent(
  view: DataView,
  start: number,
  length: number,
  { channels, bytesPerSample }: Omit<Layout, 'start' | 'count'>,
  where: string,
): Pick<Layout, 'start' | 'count'> {
  const frame = channels * bytesPerSample;
  const rest = view.byteLength - start;
  // an honest length of 0 has at most other chunks behind it
  const isStreamed = length === 0xffffffff || length === 0xfffffffe || (length === 0 && !chunksFill(view, start));
  const count = Math.floor((isStreamed ? rest : Math.min(length, rest)) / frame);
  if (!isStreamed && length > rest)
    throw new UnrolledError(
      `${where}: expected ${length} bytes of samples, as the file says, got ${rest}; it was cut: record or copy it again, or mend its length with ffmpeg -i FILE -c copy mended.wav`,
    );
  if (count === 0) throw new UnrolledError(`${where}: expected samples, got none; leave the file out`);
  return { start, count };
}

/** Whether there is nothing but whole chunks from a place to the end. */
function chunksFill(view: DataView, start: number): boolean {
  let at = start;
  while (at + 8 <= view.byteLength) {
    if (!/^[ -~]{4}$/.test(lettersAt(view, at, 4))) return false;
    const length = view.getUint32(at + 4, true);
    at += 8 + length + (length % 2);
  }
  return at >= view.byteLength && at <= view.byteLength + 1;
}

function formOf(view: DataView, at: number, length: number, where: string): Omit<Layout, 'start' | 'count'> {
  if (length < 16)
    throw new UnrolledError(
      `${where}: expected a chunk fmt of at least 16 bytes, got ${Math.max(0, length)}; the file is damaged`,
    );
  const channels = view.getUint16(at + 2, true);
  const rate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  const given = view.getUint16(at, true);
  // the true format is in the first two bytes of a GUID
  const format = given === extensible && length >= 26 ? view.getUint16(at + 24, true) : given;
  if (channels < 1 || channels > maxChannels)
    throw new UnrolledError(`${where}: expected 1 to ${maxChannels} channels, got ${channels}; the file is damaged`);
  if (rate < rates.least || rate > rates.most)
    throw new UnrolledError(
      `${where}: expected ${rates.least} to ${rates.most} samples a second, got ${rate}; the file is damaged`,
    );
  const sample = sampleReader(format, bits);
  if (!sample) {
    const name = Object.hasOwn(otherFormats, format) ? otherFormats[format] : `format ${format}`;
    const got = [pcm, float, aLaw, muLaw].includes(format) ? `samples of ${bits} bits` : `samples in ${name}`;
    throw new UnrolledError(
      `${where}: expected PCM of 8, 16, 24 or 32 bits, float of 32 or 64, A-law or µ-law, got ${got}; ${convert}`,
    );
  }
  return { rate, channels, bytesPerSample: bits / 8, sample };
}

/** Reads a sample of a format; undefined where there is none such. */
function sampleReader(format: number, bits: number): Layout['sample'] | undefined {
  if (format === pcm) {
    if (bits === 8) return (view, at) => (view.getUint8(at) - 128) / 128;
    if (bits === 16) return (view, at) => view.getInt16(at, true) / 2 ** 15;
    if (bits === 24) return (view, at) => (view.getUint16(at, true) + 65536 * view.getInt8(at + 2)) / 2 ** 23;
    if (bits === 32) return (view, at) => view.getInt32(at, true) / 2 ** 31;
  }
  if (format === float && bits === 32) return (view, at) => view.getFloat32(at, true);
  if (format === float && bits === 64) return (view, at) => view.getFloat64(at, true);
  if (format === aLaw && bits === 8) return (view, at) => fromALaw(view.getUint8(at)) / 2 ** 15;
  if (format === muLaw && bits === 8) return (view, at) => fromMuLaw(view.getUint8(at)) / 2 ** 15;
  return undefined;
}

/** A sample of A-law (G.711) as a whole number of 16 bits: sign, exponent and mantissa, with every second bit turned. */
function fromALaw(byte: number): number {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 7;
  const mantissa = ((code & 15) << 4) + 8;
  const value = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return code & 0x80 ? value : -value;
}

/** A sample of µ-law (G.711) as a whole number of 16 bits: sign, exponent and mantissa, with all bits turned. */
function fromMuLaw(byte: number): number {
  const code = ~byte & 0xff;
  const value = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
  return code & 0x80 ? -value : value;
}

const convert = 'convert it: ffmpeg -i FILE file.wav';

function notWave(view: DataView, where: string): UnrolledError {
  const start = lettersAt(view, 0, 12);
  const other = otherFiles.find((one) => start.startsWith(one.start, one.at ?? 0));
  if (other) return new UnrolledError(`${where}: expected a WAV file, got ${other.name}; ${convert}`);
  if ('RIFF'.startsWith(start.slice(0, 4)) && start.length < 12)
    return new UnrolledError(
      `${where}: expected a WAV file, got the first ${view.byteLength} bytes of one; it was cut`,
    );
  const got = start.startsWith('RIFF')
    ? `a RIFF file of ${shortened(start.slice(8))}`
    : `one that begins with ${shortened(JSON.stringify(start.slice(0, 4)))}`;
  return new UnrolledError(`${where}: expected a WAV file, which begins with RIFF…WAVE, got ${got}; ${convert}`);
}
