// What bench/run.mjs says at the end: quartiles, the machine in words, and the table of one case. No measuring here.
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** Lower quartile, median and upper quartile, by linear interpolation between the sorted values. */
export function quartiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below] + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

export const cpuModel = () => cpus()[0]?.model.trim() ?? 'unknown processor';

function git(...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

export function machine(versions) {
  return {
    date: new Date().toISOString(),
    cpu: cpuModel(),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    v8: process.versions.v8,
    nodeOptions: [...process.execArgv, process.env.NODE_OPTIONS ?? ''].filter(Boolean),
    versions,
    commit: git('rev-parse', 'HEAD'),
    uncommitted: git('status', '--porcelain', '--untracked-files=no') !== '',
  };
}

const thousands = (value) => Math.round(value).toLocaleString('en-US');
const percent = (value) => (value === null ? '' : `${Math.round(100 * value)} %`);

function row({ contestant, error, about, compileMs, ...result }) {
  const label = about ? `${contestant} (${about})` : contestant;
  if (error) return [label, error];
  const compiled = compileMs === undefined ? '' : `compiled in ${thousands(compileMs)} ms`;
  const ratio = result.toTorch === null ? '' : result.toTorch.toFixed(result.toTorch < 0.1 ? 3 : 2);
  const figures = [thousands(result.tokensPerSecond), percent(result.spread), result.gflops.toFixed(1)];
  return [label, ...figures, percent(result.ofCeiling), ratio, compiled];
}

/** The table of one case. An error stands beside its contestant's name, outside the columns. */
export function table({ case: name, B, T, H, C, ceiling, contestants }) {
  const title = `${name}: B ${B}, T ${T}, H ${H}, C ${thousands(C)}`;
  const top = ceiling ? [['ceiling', '', '', ceiling.gflops.toFixed(1), '100 %', '', ceiling.kind]] : [];
  const rows = [['', 'tokens/s', 'spread', 'GFLOP/s', 'of ceiling', 'x PyTorch', ''], ...top, ...contestants.map(row)];
  const full = rows.filter((cells) => cells.length > 2);
  const widths = [Math.max(...rows.map((cells) => cells[0].length))];
  for (let column = 1; column < 6; column++) widths[column] = Math.max(...full.map((cells) => cells[column].length));
  const line = (cells) =>
    cells.length === 2
      ? `  ${cells[0]}: ${cells[1]}`
      : `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : i < 6 ? cell.padStart(widths[i]) : cell)).join('  ')}`;
  return [title, ...rows.map((cells) => line(cells).trimEnd())].join('\n');
}
