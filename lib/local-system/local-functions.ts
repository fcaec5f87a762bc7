import type { AsyncPolicy } from '../../packages/local-cloud/src/functiongraph/async-queue.ts';
import type { GatewayRoute } from '../../packages/local-cloud/src/functiongraph/gateway.ts';
import type { ObjectTriggerRule } from '../../packages/local-cloud/src/functiongraph/object-notification.ts';
import type { TimerTrigger } from '../../packages/local-cloud/src/functiongraph/timers.ts';
import type { Jobs } from '../jobs/job.ts';

/** How a function of this project is set up locally, and which triggers it has for a jobs file. */
export interface LocalFunction {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly async?: AsyncPolicy;
  readonly objectTriggers?: (jobs: Jobs) => Omit<ObjectTriggerRule, 'functionName'>[];
  readonly timers?: (jobs: Jobs) => Omit<TimerTrigger, 'functionName'>[];
  readonly routes?: readonly Omit<GatewayRoute, 'functionName'>[];
}

/** The function that processes unsettled runs. It ticks often, so its results are printed only if something changed. */
export const RECONCILE = 'reconcile';

/** As deployed for a jobs file with a ledger, which npm start always has. */
const RETRIES: AsyncPolicy = { retryAttempts: 3, maxAgeSeconds: 86_400 };

const WEBHOOK_PATHS = ['/jobs', '/health', '/openapi.json'];

/** The functions of this project, one row each. */
export const LOCAL_FUNCTIONS: readonly LocalFunction[] = [
  { name: 'backup-landed', timeoutSeconds: 60, async: RETRIES, objectTriggers: bucketTriggers },
  { name: 'schedule', timeoutSeconds: 60, async: RETRIES, timers: jobTimers },
  { name: 'webhook', timeoutSeconds: 30, routes: WEBHOOK_PATHS.map((prefix) => ({ prefix })) },
  // Often enough to see tasks progress, because the local cloud is faster too. When it is not, every five minutes, as deployed.
  {
    name: RECONCILE,
    timeoutSeconds: 240,
    async: { retryAttempts: 0 },
    timers: () => [
      {
        name: RECONCILE,
        schedule: { cron: '0/2 * * * * *' },
        scheduleAsDocumented: { cron: '0 0/5 * * * *' },
        userEvent: '',
      },
    ],
  },
];

/**
 * One trigger per bucket, because two on the same bucket could overlap. Its prefix is the common prefix of all jobs. It has no suffix, because
 * the marker of a set may have any name.
 */
function bucketTriggers(jobs: Jobs): Omit<ObjectTriggerRule, 'functionName'>[] {
  const prefixes = new Map<string, string>();
  for (const { on } of jobs.jobs.values()) {
    if (!on.object_created) continue;
    const { bucket, key, set } = on.object_created;
    const prefix = commonPrefix(literalPrefix(key), literalPrefix(set?.by ?? key));
    const other = prefixes.get(bucket);
    prefixes.set(bucket, other === undefined ? prefix : commonPrefix(prefix, other));
  }
  return [...prefixes].map(([bucket, prefix]) => ({
    configurationId: `backup-landed-${bucket}`,
    bucket,
    prefix,
    suffix: '',
    events: ['s3:ObjectCreated:*'],
  }));
}

/** One timer per scheduled job, with the job's name as its additional information. */
function jobTimers(jobs: Jobs): Omit<TimerTrigger, 'functionName'>[] {
  return [...jobs.jobs.values()].flatMap(({ name, on: { schedule } }) =>
    schedule ? [{ name, schedule, userEvent: name }] : [],
  );
}

/** The part of a glob before its first special character. */
function literalPrefix(glob: string): string {
  return /^[^*?[\]{}()!+@\\]*/.exec(glob)?.[0] ?? '';
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
