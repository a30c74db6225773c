// A page about training runs: one file of HTML that needs nothing from elsewhere. Of one run it shows the losses, what the network wrote while it
// learned, what came out and how it was made; of several, their losses beside each other.

import { bestLook } from '../../formats/model-card.ts';
import type { Picture } from '../../tasks/task.ts';
import { count, duration, nats, percent, plural } from '../text.ts';
import { confusionTable, escaped, type Line, lineChart } from './charts.ts';
import { differences, factsOf, networkOf, type RunRow, rowOf, settingsOf } from './facts.ts';
import { type RunRecord, smoothed } from './run-record.ts';

/** The page of one run. */
export function runPage(run: RunRecord): string {
  const { findings, samples, starts } = run;
  return page(run.directory, [
    `<header><h1>${escaped(run.directory)}</h1><p>${escaped(leadOf(run))}</p></header>`,
    section('How it learned', lossChart(run) + accuracyChart(run) + stepCharts(run)),
    section(
      'What came out',
      findings
        .map(({ sentence, picture }) => `<p>${escaped(sentence)}.</p>${picture ? pictured(picture) : ''}`)
        .join(''),
    ),
    section('What it wrote while it learned', samples.map(({ update, text }) => sample(update, text)).join('')),
    section(
      'How it was made',
      starts.map(({ command }) => `<pre>${escaped(command)}</pre>`).join('') + table(factsOf(run)),
    ),
    section('Its settings', table(settingsOf(run.options))),
  ]);
}

/** The page of several runs. */
export function comparisonPage(runs: readonly RunRecord[]): string {
  const rows = runs.map(rowOf);
  const columns = Object.keys(rows[0]) as (keyof RunRow)[];
  const head = columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${columns.map((name) => `<td>${escaped(row[name])}</td>`).join('')}</tr>`);
  const held = (run: RunRecord): Line['points'] =>
    run.looks.map(({ update, validationLoss }) => [update, validationLoss ?? Number.NaN]);
  const learned = (run: RunRecord): Line['points'] => smoothed(run);
  const lines = (points: (run: RunRecord) => Line['points'], look: Line['look']): Line[] =>
    runs.map((run, i) => ({ name: run.directory, color: colors[i % colors.length], points: points(run), look }));
  const units = new Set(runs.map(unitOf));
  const unit = units.size === 1 ? [...units][0] : 'each in its own unit';
  return page(`${plural(runs.length, 'run')} compared`, [
    `<header><h1>${plural(runs.length, 'run')} compared</h1></header>`,
    section(
      'Results',
      `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`,
    ),
    section(
      'How they learned',
      lineChart({ title: 'Held-out loss', x: 'updates', y: unit, lines: lines(held, 'dots') }) +
        lineChart({ title: 'Training loss, smoothed', x: 'updates', y: unit, lines: lines(learned, 'line') }),
    ),
    section(
      'Where their settings differ',
      table(differences(runs).map(({ name, values }) => [name, values.join(' · ')])),
    ),
  ]);
}

/** The classes of colors in the style sheet. */
const colors = ['a', 'b', 'c', 'd', 'e', 'f'];

const unitOf = ({ starts }: RunRecord): string => starts.at(-1)?.unit ?? 'loss';

function leadOf(run: RunRecord): string {
  const best = bestLook(run.looks);
  const parts = [
    `${networkOf(run.config)}, ${plural(run.parameters, 'parameter')}`,
    run.update < run.updates
      ? `stopped after ${count(run.update)} of ${plural(run.updates, 'update')}`
      : plural(run.update, 'update'),
    best
      ? `held-out loss ${nats(best.validationLoss as number)} ${unitOf(run)}${best.accuracy === undefined ? '' : `, ${percent(best.accuracy)} right`}`
      : '',
    run.looks.length > 0 ? duration(run.looks[run.looks.length - 1].seconds) : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function lossChart(run: RunRecord): string {
  const highest = run.updateRecords.reduce((most, { loss }) => (loss > most ? loss : most), 0);
  const levels = run.findings
    .flatMap((finding) => Object.entries(finding.levels ?? {}))
    .map(([name, y]) => ({ name, y }))
    .filter(({ y }) => y <= highest);
  return lineChart({
    levels,
    title: 'Loss',
    x: 'updates',
    y: unitOf(run),
    lines: [
      {
        name: 'each update',
        color: 'a',
        look: 'faint',
        points: run.updateRecords.map(({ update, loss }) => [update, loss]),
      },
      { name: 'training, smoothed', color: 'a', points: smoothed(run) },
      {
        name: 'held out',
        color: 'b',
        look: 'dots',
        points: run.looks.map(({ update, validationLoss }) => [update, validationLoss ?? Number.NaN]),
      },
    ],
  });
}

function accuracyChart({ looks }: RunRecord): string {
  const points = looks.flatMap(({ update, accuracy }): [number, number][] =>
    accuracy === undefined ? [] : [[update, 100 * accuracy]],
  );
  if (points.length < 2) return '';
  return lineChart({
    title: 'Held-out accuracy',
    x: 'updates',
    y: 'percent',
    lines: [{ name: 'right', color: 'b', look: 'dots', points }],
  });
}

/** What made the steps: the size of the gradient, and the learning rate. */
function stepCharts({ updateRecords }: RunRecord): string {
  const line = (name: string, color: string, value: 'gradientNorm' | 'learningRate'): string =>
    lineChart({
      isSmall: true,
      title: name,
      x: 'updates',
      y: '',
      lines: [{ name, color, points: updateRecords.map((one) => [one.update, one[value]]) }],
    });
  return `<div class="pair">${line('Norm of the gradient', 'c', 'gradientNorm')}${line('Learning rate', 'd', 'learningRate')}</div>`;
}

function pictured(picture: Picture): string {
  if (picture.kind === 'confusion')
    return (
      '<p>Each row is a true class; its numbers say how often the network took it for each class.</p>' +
      confusionTable(picture.labels, picture.counts)
    );
  const { name, rows, actual, predicted } = picture;
  const points = (values: readonly number[]): [number, number][] => values.map((value, i) => [rows[i], value]);
  return lineChart({
    title: `${name}: what came, and what was predicted`,
    x: 'row',
    y: '',
    lines: [
      { name: 'what came', color: 'a', points: points(actual) },
      { name: 'predicted', color: 'b', points: points(predicted) },
    ],
  });
}

const sample = (update: number, text: string): string =>
  `<h3>after ${plural(update, 'update')}</h3><blockquote>${escaped(text)}</blockquote>`;

/** A part of the page; nothing where there is nothing to show. */
const section = (title: string, content: string): string =>
  content ? `<section><h2>${title}</h2>${content}</section>` : '';

const table = (rows: readonly (readonly [string, string])[]): string =>
  rows.length === 0
    ? ''
    : `<table><tbody>${rows.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`).join('')}</tbody></table>`;

function page(title: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)} · unrolled</title>
<style>${style}</style>
</head>
<body><main>
${parts.filter((part) => part !== '').join('\n')}
</main></body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2430; --soft: #5d6675; --line: #d9dee6;
  --a: #2a6fb0; --b: #b4500f; --c: #3c7d3c; --d: #7a4fb5; --e: #a8325c; --f: #6f6516; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181f; --ink: #e6eaf0; --soft: #a3adbb; --line: #343c48;
  --a: #6fb1ec; --b: #f0975a; --c: #7fc77f; --d: #b89bea; --e: #ee86a8; --f: #cfc26a; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; } header p { margin: .3rem 0 0; color: var(--soft); }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; } h3 { font-size: .95rem; margin: 1.2rem 0 .3rem; color: var(--soft); font-weight: 600; }
figure { margin: 1rem 0 1.5rem; } figcaption { font-weight: 600; } small { color: var(--soft); font-weight: 400; }
svg { width: 100%; height: auto; display: block; overflow: visible; }
svg path { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .axis { stroke: var(--soft); stroke-width: 1; }
svg .level { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 5 4; }
svg .faint { opacity: .3; stroke-width: 1; } svg circle { fill: currentColor; }
svg .mark { fill: var(--soft); font-size: 12px; }
@media (max-width: 34rem) { figure:not(.small) .mark { font-size: 20px; } }
.a { color: var(--a); } .b { color: var(--b); } .c { color: var(--c); } .d { color: var(--d); } .e { color: var(--e); } .f { color: var(--f); }
.legend { margin: .2rem 0 0; font-size: .9rem; } .legend span { margin-right: 1.2rem; }
.legend i { display: inline-block; width: 1.2em; border-top: 3px solid currentColor; vertical-align: middle; margin-right: .4em; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 0 1.5rem; }
blockquote { margin: 0; padding: .6rem .9rem; border-left: 3px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .88rem; }
pre { padding: .7rem .9rem; background: color-mix(in srgb, var(--line) 40%, transparent); border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .88rem; }
table { border-collapse: collapse; font-size: .92rem; } th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; white-space: nowrap; } .wide { overflow-x: auto; }
.confusion { font-size: .8rem; } .confusion td { text-align: right; padding: .2rem .45rem; border: 1px solid var(--line); min-width: 1.6em; }
.confusion thead td { border: 0; } .confusion thead th { vertical-align: bottom; border: 0; padding: .2rem; } .confusion thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
.confusion .right { background: color-mix(in srgb, var(--a) calc(var(--share) * .55), transparent); }
.confusion .wrong { background: color-mix(in srgb, var(--b) calc(var(--share) * .55 + 6%), transparent); }
`;
