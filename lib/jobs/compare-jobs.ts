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

/** Jobs that import the same objects into the same instance. One warning for each later job. */
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
      const message = `can match the same objects as ${theirs} of job ${other.name}, and both import into the same instance: such an object would be imported twice`;
      return [{ path: ['jobs', job.name, 'on', 'object_created', 'key'], message }];
    }),
  );
}

/** Topics of more than one project. One warning, at the first job whose topic is in another project than the first topic. */
function topicProjects(jobs: readonly Job[]): Problem[] {
  const projectOf = ({ policies }: Job) => policies.notify?.smn.split(':')[3];
  const first = jobs.find((job) => projectOf(job) !== undefined);
  const other = first && jobs.find((job) => projectOf(job) !== undefined && projectOf(job) !== projectOf(first));
  if (!other) return [];
  const message = `is a topic in another project than the topic of job ${first.name}: nobody is notified unless its policy lets the functions' project publish`;
  return [{ path: ['jobs', other.name, 'notify', 'smn'], message }];
}

/** The instance that a job writes to, and the path of its field. For an online migration, only if `configure` names it. */
function writtenInstance({ kind, fields }: Job): { readonly given: unknown; readonly path: readonly string[] } {
  const { writes } = REVIEWS[kind];
  return { given: writes && valueAt(fields, writes), path: [kind, ...(writes ?? [])] };
}

/** Jobs that write to the target of an online migration. One warning for each of the others. */
function sharedWithOnline(jobs: readonly Job[], targets: ReadonlyMap<string, Target>): Problem[] {
  const groups = groupJobs(jobs, (job) => instanceOf(writtenInstance(job).given, targets));
  return groups.flatMap((group) => {
    const incremental = group.find(({ kind, fields }) => ACTIONS[kind].isIncremental?.(fields) === true);
    const online = incremental ?? group.find(({ kind }) => ACTIONS[kind].isIncremental);
    if (!online) return [];
    const until = incremental ? 'someone stops it (target_in_online_migration)' : 'it has ended';
    const message = `is also the target of online migration ${online.name}: runs of this job wait until ${until}`;
    return group
      .filter((job) => job !== online)
      .map((job) => ({ path: ['jobs', job.name, ...writtenInstance(job).path], message }));
  });
}

/** Warnings about jobs that affect each other. Leave out jobs that have problems of their own. */
export function compareJobs(jobs: readonly Job[], targets: ReadonlyMap<string, Target>): Problem[] {
  return [
    ...sharedObjects(jobs, targets),
    ...sharedWithOnline(jobs, targets),
    ...ACTION_KINDS.flatMap((kind) => REVIEWS[kind].compare?.(jobs.filter((job) => job.kind === kind)) ?? []),
    ...topicProjects(jobs),
  ];
}
