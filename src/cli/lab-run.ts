// A run as the page of the lab shows it (lab/state/served-run.ts): its curves up to the step whose weights are in the folder, what it wrote meanwhile, and
// its settings under the names of the page.

import { bestLook } from '../formats/model-card.ts';
import { locateModel } from '../node/built-in.ts';
import { type RunRecord, readRunRecord } from './report/run-record.ts';
import { contentOf } from './run-folder.ts';

/** The share of the smoothed loss that stays with each point. */
const smoothness = 0.9;

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

function pointsOf({ updateRecords }: RunRecord, step: number): number[][] {
  let sum = 0;
  let weight = 0;
  return updateRecords
    .filter((one) => one.update <= step && Number.isFinite(one.loss))
    .map(({ update, loss, gradientNorm, learningRate }) => {
      sum = smoothness * sum + (1 - smoothness) * loss;
      weight = smoothness * weight + (1 - smoothness);
      return [update, loss, sum / weight, gradientNorm, learningRate];
    });
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
