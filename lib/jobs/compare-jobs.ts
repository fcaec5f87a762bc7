import type { Problem } from '../kernel/errors.ts';
import type { Target } from '../migrations/action.ts';
import { ACTION_KINDS, ACTIONS, REVIEWS } from '../migrations/actions.ts';
import { groupJobs } from '../migrations/group-jobs.ts';
import { instanceOf } from '../migrations/same-instance.ts';
import { valueAt } from '../migrations/value-at.ts';
import { globOfSets } from './check-key.ts';
import { canShareKey } from './glob.ts';
import type { Job } from './job.ts';
import type { ObjectCreated } from './set-place.ts';

const globsOf = (trigger: ObjectCreated) => [trigger.key, ...(trigger.set ? [globOfSets(trigger.set)] : [])];

function canShareObject(a: ObjectCreated, b: ObjectCreated): boolean {
  return globsOf(a).every((one) => globsOf(b).every((other) => canShareKey(one, other)));
}

/** Jobs that import the same objects into the same instance. The later one is warned of, once. */
function sharedObjects(jobs: readonly Job[], targets: ReadonlyMap<string, Target>): Problem[] {
  const groups = groupJobs(jobs, (job) => {
    const { kind, on, fields, policies } = job;
    const takesObject = ACTIONS[kind].fromObject?.every((name) => fields[name] === undefined);
    const target = instanceOf(writtenInstance(job).given, targets);
    if (policies.dryRun || !on.object_created || !takesObject || target === undefined) return undefined;
    return JSON.stringify([on.object_created.bucket, target]);
  });
  return groups.flatMap((group) =>
    group.flatMap((job, i) => {
      const trigger = job.on.object_created;
      const other = group
        .slice(0, i)
        .find(({ on }) => trigger && on.object_created && canShareObject(trigger, on.object_created));
      if (!trigger || !other) return [];
      const theirs = JSON.stringify(other.on.object_created?.key);
      const message = `can match the same objects as ${theirs} of job ${other.name}, and both import into the same instance: such an object is imported twice`;
      return [{ path: ['jobs', job.name, 'on', 'object_created', 'key'], message }];
    }),
  );
}

/** Topics of more than one project. The first job of another project than the first one is warned of, once. */
function topicProjects(jobs: readonly Job[]): Problem[] {
  const projectOf = ({ policies }: Job) => policies.notify?.smn.split(':')[3];
  const first = jobs.find((job) => projectOf(job) !== undefined);
  const other = first && jobs.find((job) => projectOf(job) !== undefined && projectOf(job) !== projectOf(first));
  if (!other) return [];
  const message = `is a topic of another project than that of job ${first.name}: unless its policy lets the functions' project publish, nobody is told`;
  return [{ path: ['jobs', other.name, 'notify', 'smn'], message }];
}

/** The instance that a job writes to, and the place where it is named; of an online migration only where `configure` has it. */
function writtenInstance({ kind, fields }: Job): { readonly given: unknown; readonly path: readonly string[] } {
  const { writes } = REVIEWS[kind];
  return { given: writes && valueAt(fields, writes), path: [kind, ...(writes ?? [])] };
}

/** Jobs that write to the instance of an online migration. Each of the others is warned of, once. */
function sharedWithOnline(jobs: readonly Job[], targets: ReadonlyMap<string, Target>): Problem[] {
  const groups = groupJobs(jobs, (job) => instanceOf(writtenInstance(job).given, targets));
  return groups.flatMap((group) => {
    const incremental = group.find(({ kind, fields }) => ACTIONS[kind].isIncremental?.(fields) === true);
    const online = incremental ?? group.find(({ kind }) => ACTIONS[kind].isIncremental);
    if (!online) return [];
    const until = incremental ? 'somebody stops it (target_in_online_migration)' : 'it is over';
    const message = `is the target of online migration ${online.name}, too: while that has it, runs of this job wait until ${until}`;
    return group
      .filter((job) => job !== online)
      .map((job) => ({ path: ['jobs', job.name, ...writtenInstance(job).path], message }));
  });
}

/** What is doubtful about jobs beside each other. Those that have problems of their own are best left out. */
export function compareJobs(jobs: readonly Job[], targets: ReadonlyMap<string, Target>): Problem[] {
  return [
    ...sharedObjects(jobs, targets),
    ...sharedWithOnline(jobs, targets),
    ...ACTION_KINDS.flatMap((kind) => REVIEWS[kind].compare?.(jobs.filter((job) => job.kind === kind)) ?? []),
    ...topicProjects(jobs),
  ];
}
