import fc from 'fast-check';
import { matchEvent } from '../../../../lib/cli/explain/match-event.ts';
import { planVerdict } from '../../../../lib/cli/plan/plan-run.ts';
import { makeStandIns } from '../../../../lib/cli/plan/stand-ins.ts';
import { makePlanningCloud } from '../../../../lib/cloud/programs/planning-cloud.ts';
import { parseAnyEvent } from '../../../../lib/events/any-event.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { EventError } from '../../../../lib/kernel/errors.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import { readSettings } from '../../../../lib/kernel/settings.ts';
import { eventFile } from '../../../fixtures/event-file.ts';
import { fixtureJobs } from '../../../fixtures/jobs.ts';

const KEYS = { direct: 'encoded', eventgrid: 'encoded', smn: 'encoded' } as const;

/** Replaces some values of an event at any depth, or drops them. */
function mutated(event: unknown): fc.Arbitrary<unknown> {
  const isContainer = typeof event === 'object' && event !== null;
  const deeper = !isContainer
    ? fc.constant(event)
    : Array.isArray(event)
      ? fc.tuple(...event.map(mutated))
      : fc.record(Object.fromEntries(Object.entries(event).map(([key, value]) => [key, mutated(value)])), {});
  return fc.oneof({ weight: 25, arbitrary: deeper }, { weight: 1, arbitrary: fc.jsonValue() });
}

describe('any JSON', () => {
  let jobs: Jobs;

  beforeAll(async () => {
    jobs = await fixtureJobs();
  });

  const EVENTS = [
    eventFile('obs-legacy-put'),
    eventFile('obs-eventgrid-multipart'),
    eventFile('smn-obs-notification'),
    { ...eventFile('timer'), user_event: 'refresh-nightly,move-session-cache' },
    {
      ...eventFile('apig-plain-body-post'),
      path: '/jobs/import-on-demand/runs',
      body: '{"backup_files":{"backup_id":"b"}}',
    },
    { ...eventFile('apig-plain-body-post'), path: '/jobs/move-session-cache/runs', body: '' },
  ];

  it.each(EVENTS.map((event, i) => [i, event]))(
    'made out of event %i is explained and planned, or refused with our own error',
    async (_i, sample) => {
      const settings = readSettings(() => undefined);
      const standIns = makeStandIns();
      const cloud = makePlanningCloud(
        {
          settings,
          jobs,
          region: jobs.region,
          credentials: () => ({ accessKey: 'plan', secretKey: new Secret('plan') }),
          projectId: () => standIns.standIn('project id'),
          remainingMs: () => 60_000,
        },
        { reads: false },
      );
      const secret = () => {
        throw new Error('not set');
      };
      await fc.assert(
        fc.asyncProperty(mutated(sample), async (event) => {
          let parsed: ReturnType<typeof parseAnyEvent>;
          try {
            parsed = parseAnyEvent(event, KEYS);
          } catch (error) {
            expect(error).toBeInstanceOf(EventError);
            return;
          }
          for (const { verdicts } of matchEvent(parsed, {
            jobs,
            settings,
            secrets: { secret, isGenerated: () => false },
          })) {
            for (const verdict of verdicts) {
              const plan = await planVerdict(verdict, {
                cloud,
                standIns,
                live: false,
                recorded: async () => undefined,
              });
              if (plan) expect(['planned', 'rejected']).toContain(plan.outcome);
            }
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});
