// The power spectrum of a real frame by the fast Fourier transform (Cooley and Tukey, radix 2, in place):
//
//   X(k) = Σ_n x(n) e^(−2πi kn / N)        |X(k)|² for k = 0 … N / 2
//
// Two halves make a whole: with E and O the transforms of the samples at even and odd places, X(k) = E(k) + w O(k) and X(k + N/2) = E(k) − w O(k),
// where w = e^(−2πi k / N). The even samples are read as the real part and the odd ones as the imaginary part of half as many complex numbers.

import { sineOfTurn } from '../../elementary.ts';

/** Makes a function that writes |X(k)|² of a frame of `size` samples, a power of two from 4 on, into `power`, [size / 2 + 1]. */
export function powerSpectrum(size: number): (frame: Float64Array, power: Float64Array) => void {
  const half = size / 2;
  // e^(−2πi k / size) for k below half
  const cosines = Float64Array.from({ length: half }, (_, k) => sineOfTurn(0.25 + k / size));
  const sines = Float64Array.from({ length: half }, (_, k) => -sineOfTurn(k / size));
  const places = reversedPlaces(half);
  const real = new Float64Array(half);
  const imaginary = new Float64Array(half);
  return (frame, power) => {
    for (let n = 0; n < half; n++) {
      real[places[n]] = frame[2 * n];
      imaginary[places[n]] = frame[2 * n + 1];
    }
    for (let width = 1; width < half; width *= 2) {
      const stride = half / width; // of w in the table, whose turn is `size`
      for (let start = 0; start < half; start += 2 * width)
        for (let k = 0; k < width; k++) {
          const [c, s] = [cosines[k * stride], sines[k * stride]];
          const [a, b] = [start + k, start + k + width];
          const re = c * real[b] - s * imaginary[b];
          const im = c * imaginary[b] + s * real[b];
          real[b] = real[a] - re;
          imaginary[b] = imaginary[a] - im;
          real[a] += re;
          imaginary[a] += im;
        }
    }
    // E and O from Z = E + iO: E(k) = (Z(k) + Z*(−k)) / 2, O(k) = (Z(k) − Z*(−k)) / 2i
    power[0] = (real[0] + imaginary[0]) ** 2;
    power[half] = (real[0] - imaginary[0]) ** 2;
    for (let k = 1; k < half; k++) {
      const evenReal = (real[k] + real[half - k]) / 2;
      const evenImaginary = (imaginary[k] - imaginary[half - k]) / 2;
      const oddReal = (imaginary[k] + imaginary[half - k]) / 2;
      const oddImaginary = (real[half - k] - real[k]) / 2;
      const re = evenReal + cosines[k] * oddReal - sines[k] * oddImaginary;
      const im = evenImaginary + cosines[k] * oddImaginary + sines[k] * oddReal;
      power[k] = re * re + im * im;
    }
  };
}

/** Where each number goes so that halves of halves lie side by side: its index with the bits in reverse. */
function reversedPlaces(count: number): Uint32Array {
  const places = new Uint32Array(count);
  for (let i = 1, bit = count / 2; i < count; i++) {
    places[i] = (places[i >> 1] >> 1) + (i & 1 ? bit : 0);
  }
  return places;
}
