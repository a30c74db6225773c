// Whether the engine joins pairs of neighboring vectors to 256 bits (src/engine/wide.ts): kernels that gain by it have a second form.

export let wide = false;

export function setWide(on: bool): void {
  wide = on;
}
