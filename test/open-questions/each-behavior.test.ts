import type { OpenQuestion } from '../../packages/local-cloud/src/cloud/open-questions/open-question.ts';
import { OPEN_QUESTIONS } from '../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { expectedEnds, unexpectedEnds, waitsForAPerson } from './expected-ends.ts';
import { type JobName, type Plan, play } from './play.ts';
import { useVirtualTime } from './virtual-time.ts';

useVirtualTime();

/** The jobs that a question can concern. */
const JOBS_OF: readonly (readonly [RegExp, readonly JobName[]])[] = [
  [/^dcs-/, ['import-landed', 'move-cache']],
  [/^backup-|^timer-/, ['import-nightly']],
  [/^sms-|^gateway-/, ['move-server']],
  [/^obs-trigger|^eventgrid|^object-event|^event-/, ['import-landed']],
];
const DISTURBED: Plan = {
  lost: ['CreateMigrationTask', 'CreateOnlineMigrationTask', 'CreateTask'],
  crash: { at: 12, effect: 'after' },
};
/** Nothing can be promised where every request is refused. */
const REFUSES_ALL = { id: 'clock-skew', behavior: 'beyond-signing' } as const;

const QUESTIONS: readonly (readonly [string, OpenQuestion])[] = Object.entries(OPEN_QUESTIONS);
const CASES = QUESTIONS.flatMap(([id, { behaviors, assumed, notPromised = {} }]) =>
  Object.keys(behaviors)
    .filter((behavior) => behavior !== assumed && !(behavior in notPromised))
    .filter((behavior) => id !== REFUSES_ALL.id || behavior !== REFUSES_ALL.behavior)
    .map((behavior) => [id, behavior] as const),
);

/** With lost responses, killed functions, a second delivery of everything, and two runs for one target. */
describe('every promise holds under each behavior of each open question', () => {
  it('and under those that are assumed', async () => {
    const { violations, ends, settled } = await play({}, DISTURBED);
    expect(violations).toEqual([]);
    expect(settled).toBe(true);
    expect(ends).toEqual({
      'import-landed': ['SUCCESS', 'SUCCESS'],
      'import-nightly': ['SUCCESS'],
      'move-cache': ['TERMINATED'],
      'move-server': ['MIGRATE_SUCCESS'],
    });
  });

  it.each(CASES)('%s=%s', async (id, behavior) => {
    const assume = { [id]: behavior };
    const jobs = JOBS_OF.find(([ids]) => ids.test(id))?.[1];
    const { violations, ends, settled } = await play(assume, { ...DISTURBED, ...(jobs && { jobs }) });
    expect(violations).toEqual([]);
    expect(unexpectedEnds(assume, ends)).toEqual([]);
    for (const [job, end] of Object.entries(expectedEnds(assume)))
      expect(new Set(ends[job] ?? [end])).toEqual(new Set([end]));
    expect(settled).toBe(!waitsForAPerson(assume));
  });

  it('and nothing is created where every request is refused', async () => {
    const { violations, ends } = await play({ [REFUSES_ALL.id]: REFUSES_ALL.behavior }, DISTURBED);
    expect(violations).toEqual([]);
    expect(ends).toEqual({});
  });
});
