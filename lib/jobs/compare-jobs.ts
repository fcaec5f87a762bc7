import type { Problem } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { Target } from '../migrations/action.ts';
import { instanceOf } from '../migrations/same-instance.ts';
import { SMS_NAME_PART, smsNamePart } from '../migrations/task-name.ts';
import { hasPlaceholder } from '../schema/placeholder-syntax.ts';
import { globOfSets } from './check-key.ts';
import { canShareKey } from './glob.ts';
import type { Job, JobTriggers } from './job.ts';

type ObjectCreated = NonNullable<JobTriggers['object_created']>;

/** More names than a message can bear. */
const MAX_NAMES = 3;

function nameList(jobs: readonly Job[]): string {
  const names = jobs.slice(0, MAX_NAMES).map(({ name }) => name);
  return jobs.length > MAX_NAMES ? `${names.join(', ')} and ${jobs.length - MAX_NAMES} more` : names.join(', ');
}

function groupBy(jobs: readonly Job[], keyOf: (job: Job) => string | undefined): Job[][] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = keyOf(job);
    if (key === undefined) continue;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(job);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

const globsOf = (trigger: ObjectCreated) => [trigger.key, ...(trigger.set ? [globOfSets(trigger.set)] : [])];

function canShareObject(a: ObjectCreated, b: ObjectCreated): boolean {
  return globsOf(a).every((one) => globsOf(b).every((other) => canShareKey(one, other)));
}

/** Jobs that import the same objects into the same instance. The later one is warned of, once. */
function sharedObjects(jobs: readonly Job[], targets: ReadonlyMap<string, Target>): Problem[] {
  const groups = groupBy(jobs, ({ kind, on, fields, policies }) => {
    if (policies.dryRun) return undefined;
    const target = kind === 'backup_import' ? instanceOf(fields['target_instance'], targets) : undefined;
    if (!on.object_created || target === undefined || fields['backup_files'] !== undefined) return undefined;
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

function textAt(fields: unknown, ...path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), fields);
  return typeof value === 'string' && value !== '' && !hasPlaceholder(value) ? value : undefined;
}

/** The ECS that a migration writes to, and the place of its id. */
function existingServer({ fields }: Job): { readonly id: string; readonly path: readonly string[] } | undefined {
  for (const path of [
    ['target', 'server'],
    ['target_server', 'vm_id'],
  ]) {
    const id = textAt(fields, ...path);
    if (id !== undefined) return { id, path };
  }
  return undefined;
}

/** Jobs of one source server, or of one existing target. The second of them is warned of, once. */
function sharedServers(jobs: readonly Job[]): Problem[] {
  const at = (job: Job | undefined, path: readonly string[]) => ['jobs', job?.name ?? '', 'server_migration', ...path];
  const bySource = groupBy(jobs, ({ fields }) => textAt(fields, 'source_server', 'id'));
  const byTarget = groupBy(jobs, (job) => existingServer(job)?.id);
  return [
    ...bySource.map((group) => ({
      path: at(group[1], ['source_server', 'id']),
      message: `is the source server of ${group.length} jobs (${nameList(group)}): SMS allows it one task, and every run after the first is refused until that task is deleted`,
    })),
    ...byTarget.map((group) => ({
      path: at(group[1], (group[1] && existingServer(group[1])?.path) ?? []),
      message: `is the target of ${group.length} jobs (${nameList(group)}): each formats the disks that the one before filled`,
    })),
  ];
}

/** The first characters of the names of its tasks, which are all that tells them from those of others for a person. */
function shownName({ name, fields }: Job): string {
  const given = typeof fields['name'] === 'string' ? fields['name'] : name;
  return smsNamePart(given, name);
}

/** Server migrations whose tasks look alike in the SMS console. The first of them is warned of, once. */
function sharedNames(jobs: readonly Job[]): Problem[] {
  const groups = groupBy(jobs, (job) => {
    const given = job.fields['name'];
    return typeof given === 'string' && hasPlaceholder(given) ? undefined : shownName(job);
  });
  const ofFixedStart = jobs.flatMap((job) => {
    const given = job.fields['name'];
    if (typeof given !== 'string' || !hasPlaceholder(given)) return [];
    const start = smsNamePart(given.slice(0, given.indexOf('{{')), '');
    if (start.length < SMS_NAME_PART) return [];
    const message = `SMS shows the first ${SMS_NAME_PART} characters: all tasks of this job are named ${start}_…; put the placeholder first`;
    return [{ path: ['jobs', job.name, 'server_migration', 'name'], message }];
  });
  return [
    ...groups.map((group) => {
      const [first] = group;
      const start = first ? shownName(first) : '';
      const hasName = typeof first?.fields['name'] === 'string';
      const message = `tasks of ${group.length} jobs (${nameList(group)}) are all named ${start}_…: SMS takes short names, and the first ${SMS_NAME_PART} characters are kept; give each server_migration.name another beginning`;
      return { path: ['jobs', first?.name ?? '', 'server_migration', ...(hasName ? ['name'] : [])], message };
    }),
    ...ofFixedStart,
  ];
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
  if (kind === 'backup_import') return { given: fields['target_instance'], path: [kind, 'target_instance'] };
  const { configure } = fields;
  const given = kind === 'online_migration' && isRecord(configure) ? configure['target_instance'] : undefined;
  return { given, path: [kind, 'configure', 'target_instance'] };
}

/** Jobs that write to the instance of an online migration. Each of the others is warned of, once. */
function sharedWithOnline(jobs: readonly Job[], targets: ReadonlyMap<string, Target>): Problem[] {
  const groups = groupBy(jobs, (job) => instanceOf(writtenInstance(job).given, targets));
  return groups.flatMap((group) => {
    const incremental = group.find(
      ({ fields }) => textAt(fields, 'configure', 'migration_method') === 'incremental_migration',
    );
    const online = incremental ?? group.find(({ kind }) => kind === 'online_migration');
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
  const servers = jobs.filter(({ kind }) => kind === 'server_migration');
  return [
    ...sharedObjects(jobs, targets),
    ...sharedWithOnline(jobs, targets),
    ...sharedServers(servers),
    ...sharedNames(servers),
    ...topicProjects(jobs),
  ];
}
