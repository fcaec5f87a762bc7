import type { Job, Jobs } from '../../jobs/job.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { dcsTaskName, smsTaskName } from '../../migrations/task-name.ts';
import { hasPlaceholder, replacePlaceholders } from '../../schema/placeholder-syntax.ts';
import type { RunTask } from '../report/run-result.ts';
import type { CreateDeps } from './create-task.ts';

/** What a task of one run of a job surely looks like, as far as the jobs file alone says it. */
interface Identity {
  readonly service: 'dcs' | 'sms';
  readonly name: string;
  /** Ids of the instances or source servers that the job's tasks may have. Absent: the tasks name none. */
  readonly targets?: ReadonlySet<string>;
}

/** The task of a run that nothing records; `unclear` when the jobs file alone does not tell which task that is. */
export type UnrecordedTask = RunTask | 'none' | 'unclear';

/**
 * Looks for the task of a run without any record of it: exactly the name that the job gives and one of the job's targets. Whoever may use one
 * job must not see the tasks of others, so a name that another job of the file gives as well is `unclear`; so is a name or a target that the
 * trigger fills in.
 *
 * @throws {CloudError} when the list can't be read
 */
export async function findUnrecordedTask(
  { job, run, jobs }: { readonly job: Job; readonly run: string; readonly jobs: Jobs },
  { services }: Pick<CreateDeps, 'services'>,
): Promise<UnrecordedTask> {
  const identity = identityOf(job, run, jobs);
  if (!identity) return 'unclear';
  const others = [...jobs.jobs.values()].filter(({ name }) => name !== job.name);
  if (others.some((other) => isAlike(identity, identityOf(other, run, jobs)))) return 'unclear';
  const task = identity.service === 'sms' ? await inSms(identity, services) : await inDcs(identity, services);
  if (task) return { kind: job.kind, name: identity.name, ...task };
  return choosesIdentity(job) ? 'unclear' : 'none';
}

const NAME_FIELD = { backup_import: 'task_name', online_migration: 'name', server_migration: 'name' } as const;
const TARGET_FIELD = { backup_import: 'target_instance', server_migration: 'source_server' } as const;

/** May a caller replace what the identity was computed from? Then his task may have another one. */
function choosesIdentity({ kind, on }: Job): boolean {
  const accepts = on.request?.accepts ?? [];
  return accepts.includes(NAME_FIELD[kind]) || (kind === 'server_migration' && accepts.includes(TARGET_FIELD[kind]));
}

function identityOf(job: Job, run: string, jobs: Jobs): Identity | undefined {
  const given = job.fields[NAME_FIELD[job.kind]];
  const name =
    typeof given === 'string'
      ? replacePlaceholders(given, (path) => (path === 'job' ? job.name : `{{ ${path} }}`))
      : undefined;
  if (name !== undefined && hasPlaceholder(name)) return undefined;
  if (job.kind === 'online_migration') return { service: 'dcs', name: dcsTaskName(name, job.name, run) };
  const targets = targetsOf(job, jobs);
  if (targets.size === 0) return undefined;
  return job.kind === 'server_migration'
    ? { service: 'sms', name: smsTaskName(name, job.name, run), targets }
    : { service: 'dcs', name: dcsTaskName(name, job.name, run), targets };
}

/** Empty when only the trigger tells. */
function targetsOf({ kind, fields, on }: Job, { targets }: Jobs): ReadonlySet<string> {
  if (kind === 'online_migration') return new Set();
  const field = TARGET_FIELD[kind];
  const given = fields[field];
  const named = typeof given === 'string' ? targets.get(given)?.id : undefined;
  const id = named ?? (isRecord(given) ? given['id'] : undefined);
  const own = typeof id === 'string' && !hasPlaceholder(id) ? [id] : [];
  // A caller names one of `targets`.
  const chosen = kind === 'backup_import' && on.request?.accepts.includes(field) ? [...targets.values()] : [];
  return new Set([...own, ...chosen.map((target) => target.id)]);
}

function isAlike(a: Identity, b: Identity | undefined): boolean {
  if (!b || a.service !== b.service || a.name !== b.name) return false;
  const [ofA, ofB] = [a.targets, b.targets];
  return !ofA || !ofB || [...ofA].some((id) => ofB.has(id));
}

async function inDcs({ name, targets }: Identity, services: CreateDeps['services']) {
  const tasks = await (await services.dcs()).listMigrationTasks(name);
  const task = tasks.find((row) => row.name === name && (!targets || targets.has(row.targetInstanceId ?? '')));
  return task && { id: task.id, status: task.status };
}

async function inSms({ name, targets }: Identity, services: CreateDeps['services']) {
  const sms = await services.sms();
  for (const source of targets ?? []) {
    const task = (await sms.listTasks(source)).find((row) => row.name === name);
    if (task) return { id: task.id, status: task.state };
  }
  return undefined;
}
