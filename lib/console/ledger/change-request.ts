import { z } from 'zod';
import { JOB_NAME } from '../../jobs/job-name.ts';
import { RUN_ID } from '../../kernel/run-id.ts';
import type { RUN_CHANGES } from '../../runs/operate/next-steps.ts';

const job = z.string().regex(JOB_NAME, 'must be a job name');
const why = z.string().min(1).max(500);
/** Which changes need a reason. */
const WITH_WHY = ['park', 'run_now', 'give_up'] as const;
const WITHOUT = [
  'cancel',
  'replay',
  'replay_even_succeeded',
  'try_again',
] as const satisfies readonly (typeof RUN_CHANGES)[number][];
const run = { job, run: z.string().regex(RUN_ID, 'must be a run id') };

/** A change, as the page requests it. */
export const CHANGE_REQUEST = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(WITHOUT), ...run }),
  z.strictObject({ kind: z.enum(WITH_WHY), ...run, why }),
  z.strictObject({
    kind: z.literal('task'),
    ...run,
    task_id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be a task id'),
  }),
  // Without a job: all jobs together.
  z.strictObject({ kind: z.literal('pause'), job: job.optional(), why: why.optional() }),
  z.strictObject({ kind: z.literal('resume'), job: job.optional() }),
]);
export type ChangeRequest = z.output<typeof CHANGE_REQUEST>;

/** A change that a person has confirmed. */
export const CONFIRMED_CHANGE = z.strictObject({
  change: CHANGE_REQUEST,
  /** What the person was asked, and told before it. */
  question: z.string(),
  notes: z.array(z.string()),
});
