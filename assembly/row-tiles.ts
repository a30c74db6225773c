// The register tiles for one row: c [1, 8 · panels], written once for eight panels as the tiles of tiles.ts are for six rows. Six panels are
// twelve sums, as many as registers hold; with vectors joined to 256 bits (wide-tiles.ts) eight panels are eight sums, and hide the latency.

import { madd } from './vectors';

/**
 * c [1, 8 · panels] = start + a [1, k] · `panels` (1 to 8) neighboring panels, `strideP` apart. One element of a serves all of them, and many
 * sums at once hide the latency of an addition.
 */
// @ts-expect-error: decorator
@inline
function tileRow(panels: i32, a: usize, p0: usize, strideP: usize, start: usize, c: usize, k: usize): void {
  let p1 = p0 + strideP;
  let p2 = p1 + strideP;
  let p3 = p2 + strideP;
  let p4 = p3 + strideP;
  let p5 = p4 + strideP;
  let p6 = p5 + strideP;
  let p7 = p6 + strideP;
  let s00 = v128.load(start);
  let s01 = v128.load(start, 16);
  let s10 = panels > 1 ? v128.load(start, 32) : s00;
  let s11 = panels > 1 ? v128.load(start, 48) : s00;
  let s20 = panels > 2 ? v128.load(start, 64) : s00;
  let s21 = panels > 2 ? v128.load(start, 80) : s00;
  let s30 = panels > 3 ? v128.load(start, 96) : s00;
  let s31 = panels > 3 ? v128.load(start, 112) : s00;
  let s40 = panels > 4 ? v128.load(start, 128) : s00;
  let s41 = panels > 4 ? v128.load(start, 144) : s00;
  let s50 = panels > 5 ? v128.load(start, 160) : s00;
  let s51 = panels > 5 ? v128.load(start, 176) : s00;
  let s60 = panels > 6 ? v128.load(start, 192) : s00;
  let s61 = panels > 6 ? v128.load(start, 208) : s00;
  let s70 = panels > 7 ? v128.load(start, 224) : s00;
  let s71 = panels > 7 ? v128.load(start, 240) : s00;
  const end = p0 + (k << 5);
  while (p0 < end) {
    const x = v128.load32_splat(a);
    s00 = madd(x, v128.load(p0), s00);
    s01 = madd(x, v128.load(p0, 16), s01);
    if (panels > 1) {
      s10 = madd(x, v128.load(p1), s10);
      s11 = madd(x, v128.load(p1, 16), s11);
      p1 += 32;
    }
    if (panels > 2) {
      s20 = madd(x, v128.load(p2), s20);
      s21 = madd(x, v128.load(p2, 16), s21);
      p2 += 32;
    }
    if (panels > 3) {
      s30 = madd(x, v128.load(p3), s30);
      s31 = madd(x, v128.load(p3, 16), s31);
      p3 += 32;
    }
    if (panels > 4) {
      s40 = madd(x, v128.load(p4), s40);
      s41 = madd(x, v128.load(p4, 16), s41);
      p4 += 32;
    }
    if (panels > 5) {
      s50 = madd(x, v128.load(p5), s50);
      s51 = madd(x, v128.load(p5, 16), s51);
      p5 += 32;
    }
    if (panels > 6) {
      s60 = madd(x, v128.load(p6), s60);
      s61 = madd(x, v128.load(p6, 16), s61);
      p6 += 32;
    }
    if (panels > 7) {
      s70 = madd(x, v128.load(p7), s70);
      s71 = madd(x, v128.load(p7, 16), s71);
      p7 += 32;
    }
    a += 4;
    p0 += 32;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  if (panels > 1) {
    v128.store(c, s10, 32);
    v128.store(c, s11, 48);
  }
  if (panels > 2) {
    v128.store(c, s20, 64);
    v128.store(c, s21, 80);
  }
  if (panels > 3) {
    v128.store(c, s30, 96);
    v128.store(c, s31, 112);
  }
  if (panels > 4) {
    v128.store(c, s40, 128);
    v128.store(c, s41, 144);
  }
  if (panels > 5) {
    v128.store(c, s50, 160);
    v128.store(c, s51, 176);
  }
  if (panels > 6) {
    v128.store(c, s60, 192);
    v128.store(c, s61, 208);
  }
  if (panels > 7) {
    v128.store(c, s70, 224);
    v128.store(c, s71, 240);
  }
}

export function tile1x8(a: usize, p: usize, strideP: usize, start: usize, c: usize, k: usize): void {
  tileRow(1, a, p, strideP, start, c, k);
}

export function tile1x16(a: usize, p: usize, strideP: usize, start: usize, c: usize, k: usize): void {
  tileRow(2, a, p, strideP, start, c, k);
}

export function tile1x24(a: usize, p: usize, strideP: usize, start: usize, c: usize, k: usize): void {
  tileRow(3, a, p, strideP, start, c, k);
}

export function tile1x32(a: usize, p: usize, strideP: usize, start: usize, c: usize, k: usize): void {
  tileRow(4, a, p, strideP, start, c, k);
}

export function tile1x40(a: usize, p: usize, strideP: usize, start: usize, c: usize, k: usize): void {
  tileRow(5, a, p, strideP, start, c, k);
}

export function tile1x48(a: usize, p: usize, strideP: usize, start: usize, c: usize, k: usize): void {
  tileRow(6, a, p, strideP, start, c, k);
}

export function tile1x56(a: usize, p: usize, strideP: usize, start: usize, c: usize, k: usize): void {
  tileRow(7, a, p, strideP, start, c, k);
}

export function tile1x64(a: usize, p: usize, strideP: usize, start: usize, c: usize, k: usize): void {
  tileRow(8, a, p, strideP, start, c, k);
}
