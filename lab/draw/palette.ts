// From a number to a color. Signed values: blue to orange with 0 exactly in the middle (ColorBrewer's blues and oranges; in the dark a dark
// middle). Magnitudes: cividis. Categories: Okabe and Ito. Probabilities and surprisals: one blue ramp. All made for every kind of color vision.

export type Rgb = readonly [red: number, green: number, blue: number];
export type Theme = 'light' | 'dark';

const parse = (colors: string): Rgb[] =>
  colors.split(' ').map((hex) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as unknown as Rgb);

const ramps = {
  light: {
    signed: parse('#2166ac #4393c3 #92c5de #d1e5f0 #f7f7f7 #fee0b6 #fdb863 #e08214 #b35806'),
    probability: parse('#ffffff #deebf7 #c6dbef #9ecae1 #6baed6 #4292c6 #2171b5 #08519c'),
  },
  dark: {
    signed: parse('#9ecff0 #5ea9d8 #3878ab #274a69 #1b1f26 #5a3c1c #96591a #d8862b #fdc47d'),
    probability: parse('#171b21 #15293f #163d63 #1a548a #2a70ad #4a91c9 #7db5df #b5d8f0'),
  },
};
const cividis = parse('#00224e #123570 #3b496c #575d6d #707173 #8a8678 #a59c74 #c3b369 #e1cc55 #fee838');
/** What is not a finite number. */
export const notFinite: Rgb = [213, 0, 50];

/** Okabe and Ito's colors, for runs and gates; never color alone, always with a dash or a label. */
export const categories = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'] as const;

function along(ramp: readonly Rgb[], position: number): Rgb {
  const x = Math.min(1, Math.max(0, position)) * (ramp.length - 1);
  const i = Math.min(ramp.length - 2, Math.floor(x));
  const f = x - i;
  const [low, high] = [ramp[i], ramp[i + 1]];
  const mix = (c: 0 | 1 | 2): number => Math.round(low[c] + f * (high[c] - low[c]));
  return [mix(0), mix(1), mix(2)];
}

/** A value of [−limit, limit]; 0 is exactly the middle. */
export function signed(value: number, limit: number, theme: Theme): Rgb {
  return Number.isFinite(value) ? along(ramps[theme].signed, 0.5 + value / (2 * limit)) : notFinite;
}

/** A share of [0, 1]. */
export function probability(value: number, theme: Theme): Rgb {
  return Number.isFinite(value) ? along(ramps[theme].probability, value) : notFinite;
}

/** A positive value on a logarithmic scale from `low` to `high`. */
export function magnitude(value: number, low: number, high: number): Rgb {
  if (!Number.isFinite(value)) return notFinite;
  return along(cividis, value <= low ? 0 : Math.log(value / low) / Math.log(high / low));
}

export const css = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

/** Relative luminance (WCAG 2). */
export function luminance(color: Rgb): number {
  const [r, g, b] = color.map((part) => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colors (WCAG 2). */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const black: Rgb = [12, 14, 18];
const white: Rgb = [255, 255, 255];

/** Black or white, whichever can be read on the color. */
export function inkOn(color: Rgb): Rgb {
  return contrast(color, white) > contrast(color, black) ? white : black;
}
