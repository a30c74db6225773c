// A run as the page of the lab shows it (lab/state/served-run.ts): its curves up to the step whose weights are in the folder, what it wrote meanwhile, and
// its settings under the names of the page.

import { bestLook } from '../formats/model-card.ts';
import { locateModel } from '../node/built-in.ts';
import { type RunRecord, readRunRecord, smoothed } from './report/run-record.ts';
import { contentOf } from './run-folder.ts';

/** The run of a folder; undefined where there is a model alone. */
export function labRun(directory: string): { readonly step: number; readonly json: string } | undefined {
  const place = locateModel(directory);
  if (contentOf(place) !== 'run') return undefined;
  const record = readRunRecord(place);
  const step = bestLook(record.looks)?.update ?? record.update;
  const looks = record.looks.filter((look) => look.update <= step && look.validationLoss !== null);
  return {
    step,
    json: JSON.stringify({
      step,
      data: record.starts[0]?.data ?? 'other data',
      settings: settingsOf(record),
      points: pointsOf(record, step),
      looks: looks.map(({ update, validationLoss }) => [update, validationLoss]),
      samples: record.samples.map(({ update, text }) => ({ update, text })),
    }),
  };
}

function pointsOf(record: RunRecord, step: number): number[][] {
  const curve = smoothed(record);
  return record.updateRecords
    .map(({ update, loss, gradientNorm, learningRate }, i) => [update, loss, curve[i][1], gradientNorm, learningRate])
    .filter(([update, loss]) => update <= step && Number.isFinite(loss));
}

/** The settings that the page has too, with the share of the text that was learned. */
function settingsOf({ options }: RunRecord): Record<string, unknown> {
  const { bptt, batch, optimizer, lr, clip, restart, seed, validation } = options;
  return {
    ...{ T: bptt, batch, opt: optimizer, clip, restart, seed },
    ...(lr !== null && { lr }),
    decay: options['weight-decay'],
    ...(typeof validation === 'number' && { share: 1 - validation }),
  };
}
