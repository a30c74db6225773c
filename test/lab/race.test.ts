// Compare, without a browser: the runs of a race are the runs that one would train alone, each spends what it may, one that fails ends alone, and a run
// can be taken out as a session. And what a link says of a comparison.

import { describe, expect, test } from 'vitest';
import { Answers } from '../../lab/engine/answers.ts';
import { pack } from '../../lab/engine/exchange.ts';
import { Jobs } from '../../lab/engine/jobs.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { Race } from '../../lab/engine/race.ts';
import { decodeSession } from '../../lab/files/session.ts';
import { type LaneNews, type RaceRequest, type Reply, type ReplyOf, recordSize } from '../../lab/protocol.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { changed } from '../../lab/task-settings.ts';
import { atOnce } from '../../src/generators.ts';
import { lostStarts } from '../../src/insight.ts';
import { backend, flowOf, sampleOf, tale, trained } from './trained.ts';

const small: Settings = { ...defaultSettings, text: 'opening', hidden: 8, T: 16, batch: 4 };
const settingsOf = (list: readonly Partial<Settings>[]): Settings[] => list.map((each) => changed(small, each));

/** Holds a race with a clock that goes on by a millisecond at every look. */
function hold(race: RaceRequest) {
  let time = 0;
  const replies: ReplyOf<'race'>[] = [];
  const jobs = new Jobs(() => 0);
  const answers = new Answers(backend, jobs, {
    now: () => time++,
    post: (reply: Reply) => void replies.push(reply as ReplyOf<'race'>),
    refuse: (_id, _to, error) => {
      throw error;
    },
  });
  answers.take(trained(0, small), { id: 7, type: 'race', race });
  while (jobs.size > 0) jobs.run(1);
  const lanes = race.settings.map((_, i) => {
    const news = replies.map((reply) => reply.lanes[i]);
    const joined = (part: (lane: LaneNews) => ArrayLike<number>): number[] =>
      news.flatMap((lane) => Array.from(part(lane)));
    return {
      records: joined(({ records }) => records),
      heldOut: joined(({ heldOut }) => heldOut),
      times: joined(({ times }) => times),
      last: news.at(-1)!,
      end: news.find(({ end }) => end)?.end ?? null,
    };
  });
  return { replies, lanes, answers };
}

describe('a race', () => {
  test.each<[string, readonly Partial<Settings>[]]>([
    ['cells', [{ cell: 'rnn' }, { cell: 'gru' }, { cell: 'lstm' }, { cell: 'mingru' }]],
    ['layers', [{ layers: 1 }, { layers: 2 }]],
    ['learning rates', [{ lr: 0.001 }, { lr: 0.01 }]],
  ])('has the losses, texts and gradients of the runs alone: %s', (_, changes) => {
    const settings = settingsOf(changes);
    const { replies, lanes } = hold({ settings, budget: { unit: 'updates', amount: 24 }, place: 0 });
    expect(replies[0].info!.parameters).toHaveLength(settings.length);
    expect(replies.at(-1)!.isOver).toBe(true);
    for (const [i, each] of settings.entries()) {
      const alone = trained(0, each);
      expect(lanes[i].heldOut[1]).toBe(atOnce(alone.measure()).loss);
      for (let step = 1; step <= 24; step++) {
        const { loss, smoothed } = alone.advance();
        expect(lanes[i].records.slice((step - 1) * recordSize, (step - 1) * recordSize + 3)).toEqual([
          step,
          loss,
          smoothed,
        ]);
      }
      expect(lanes[i].heldOut.slice(-3, -1)).toEqual([24, atOnce(alone.measure()).loss]);
      const { sentence, sample, layers, starts } = lanes[i].end!;
      expect(sentence).toBeNull();
      const { model, ids } = alone.modelOnText(null);
      const { tried, lost } = lostStarts(model, ids, { starts: 30 }, backend)!;
      expect(starts).toEqual({ tried, lost: lost.length });
      expect(tried).toBeGreaterThan(5);
      expect(sample!.ids).toEqual(sampleOf(alone).ids);
      const flows = flowOf(alone).gradientByDistance;
      expect(flows).toHaveLength(each.layers);
      expect(layers!.map(({ decay }) => decay)).toEqual(flows.map(({ decay }) => decay));
      for (const [l, { norms }] of layers!.entries()) {
        expect(norms[0]).toBe(flows[l].norms.at(-1));
        expect(norms).toHaveLength(17);
      }
    }
  });

  test('by seconds, each run computes for as long, whatever its updates cost', () => {
    const settings = settingsOf([{ cell: 'rnn' }, { cell: 'gru' }]);
    const { lanes } = hold({ settings, budget: { unit: 'seconds', amount: 0.03 }, place: 0 });
    for (const { last, times, heldOut } of lanes) {
      expect([last.step, last.milliseconds]).toEqual([30, 30]); // a millisecond each, by this clock
      expect(times.at(-1)).toBe(30);
      expect(heldOut.slice(-3)[2]).toBe(30);
    }
  });

  test('that is ended has measured what its runs have come to', () => {
    const race = new Race(
      backend,
      new Microscope(backend),
      tale,
      { settings: [small, changed(small, { lr: 0.01 })], budget: { unit: 'updates', amount: 1000 }, place: 0 },
      () => 0,
    );
    let looks = 0;
    atOnce(
      race.run(() => {
        if (++looks === 20) race.endHere();
      }, String),
    );
    const alone = trained(10, { ...small, text: 'tale' });
    const [lane, other] = race.news();
    expect([lane.step, other.step]).toEqual([10, 10]);
    expect(Array.from(lane.heldOut.slice(-3, -1))).toEqual([10, atOnce(alone.measure()).loss]);
    expect(lane.end!.sample!.ids).toEqual(sampleOf(alone).ids);
  });

  test('a run whose loss is not finite ends with a sentence, and the other goes on', () => {
    const settings = settingsOf([{ cell: 'relu', gain: 4, clip: 0, opt: 'sgd', lr: 1 }, { cell: 'gru' }]);
    const { lanes } = hold({ settings, budget: { unit: 'updates', amount: 40 }, place: 0 });
    expect(lanes[0].end!.sentence).toMatch(/not finite/);
    expect(lanes[0].end!.sample).toBeNull();
    expect(lanes[1].last.step).toBe(40);
    expect(lanes[1].end!.sentence).toBeNull();
  });

  test('a run of it is a session that goes on bit for bit', () => {
    const [settings] = settingsOf([{ cell: 'gru' }]);
    const { answers } = hold({ settings: [settings, small], budget: { unit: 'updates', amount: 12 }, place: 0 });
    const sessionData = { history: {}, page: {} };
    const { bytes, step } = pack(answers.laneOf(0), { type: 'save-session', id: 1, lane: 0, sessionData });
    expect(step).toBe(12);
    const { frozen } = decodeSession(bytes, 'run');
    const [here, alone] = [trained(0, settings), trained(12, settings)];
    here.back(frozen);
    for (let i = 0; i < 5; i++) expect(here.advance()).toEqual(alone.advance());
    expect(() => answers.laneOf(2)).toThrow(/expected a run of the comparison, got 2/);
  });
});
