// WAV files and sounds that tests make.

/** Four letters. */
const letters = (name: string): number[] => Array.from(name, (letter) => letter.charCodeAt(0));
const whole = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 255);

/** A chunk of a RIFF file: its name, its length and its bytes, with a zero byte behind an odd length. */
export function chunk(name: string, bytes: ArrayLike<number>, length = bytes.length): number[] {
  return [...letters(name), ...whole(length, 4), ...Array.from(bytes), ...(bytes.length % 2 ? [0] : [])];
}

/** The chunk fmt. */
export function formChunk(format: number, bits: number, rate: number, channels = 1): number[] {
  const frame = (channels * bits) / 8;
  return chunk('fmt ', [
    ...whole(format, 2),
    ...whole(channels, 2),
    ...whole(rate, 4),
    ...whole(rate * frame, 4),
    ...whole(frame, 2),
    ...whole(bits, 2),
  ]);
}

/** A RIFF file of chunks. */
export function riff(...chunks: readonly (readonly number[])[]): Uint8Array {
  const all = chunks.flatMap((one) => [...one]);
  return Uint8Array.from([...letters('RIFF'), ...whole(4 + all.length, 4), ...letters('WAVE'), ...all]);
}

/** Samples from −1 to 1 as a WAV file of 16 bits with one channel. */
export function wav(samples: ArrayLike<number>, rate = 16_000): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  bytes.set(riff(formChunk(1, 16, rate), chunk('data', [], 2 * samples.length)));
  const view = new DataView(bytes.buffer);
  view.setUint32(4, bytes.length - 8, true);
  for (let i = 0; i < samples.length; i++)
    view.setInt16(44 + 2 * i, Math.round(Math.max(-1, Math.min(32767 / 32768, samples[i])) * 32768), true);
  return bytes;
}

/** A tone that goes from one frequency to another. */
export function chirp(from: number, to: number, seconds: number, rate = 16_000, loudness = 0.5): Float64Array {
  const count = Math.round(seconds * rate);
  return Float64Array.from({ length: count }, (_, n) => {
    const t = n / rate;
    return loudness * Math.sin(2 * Math.PI * (from * t + ((to - from) * t * t) / (2 * seconds)));
  });
}
