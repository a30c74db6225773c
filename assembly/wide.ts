// Whether the engine joins pairs of neighboring vectors to 256 bits (src/engine/wide.ts). Products have a second form for that case.

export let wide = false;

export function setWide(on: bool): void {
  wide = on;
}
