import type { Job, Jobs } from '../../jobs/job.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { canonicalId } from '../../migrations/same-instance.ts';
import { hasPlaceholder, replacePlaceholders } from '../../schema/placeholder-syntax.ts';
import type { RunTask } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';

/** How to identify the task of a run, as far as the jobs file alone determines it. */
interface Identity {
  readonly service: string;
  readonly name: string;
  /** Ids of the instances or source servers of the job's tasks. Absent if its tasks have none. */
  readonly targets?: ReadonlySet<string>;
}

/** The task of an unrecorded run; `unclear` when the jobs file alone does not determine it. */
export type UnrecordedTask = RunTask | 'none' | 'unclear';

/**
 * Looks for the task of a run without a record, by the exact name that the job gives it and one of the job's targets. A caller who may use one job
 * must not see the tasks of others, so a name that another job in the file also gives is `unclear`, as is a name or target that the trigger fills in.
 *
 * @throws {CloudError} when the list can't be read
 */
export async function findUnrecordedTask(
  { job, run, jobs }: { readonly job: Job; readonly run: string; readonly jobs: Jobs },
  { services }: Pick<RunDeps, 'services'>,
): Promise<UnrecordedTask> {
  const identity = identityOf(job, run, jobs);
  if (!identity) return 'unclear';
  const others = [...jobs.jobs.values()].filter(({ name }) => name !== job.name);
  if (others.some((other) => isAlike(identity, identityOf(other, run, jobs)))) return 'unclear';
  const { name, targets } = identity;
  const task = await ACTIONS[job.kind].findNamed(services, name, targets);
  if (task) return { kind: job.kind, name, id: task.id, status: task.status };
  return choosesIdentity(job) ? 'unclear' : 'none';
}

/** Whether a caller may override fields that the identity is computed from; then the task may have another identity. */
function choosesIdentity({ kind, on }: Job): boolean {
  const accepts = on.request?.accepts ?? [];
  const { nameField, targetField } = ACTIONS[kind];
  const isOpen = targetField !== undefined && accepts.includes(targetField) && !isNamed(kind, targetField);
  return accepts.includes(nameField) || isOpen;
}

/** Whether callers choose one of `targets` in this field. */
function isNamed(kind: Job['kind'], field: string): boolean {
  return ACTIONS[kind].namedInstances.some(([first, ...inner]) => first === field && inner.length === 0);
}

function identityOf(job: Job, run: string, jobs: Jobs): Identity | undefined {
  const { service, nameField, targetField, taskName } = ACTIONS[job.kind];
  const given = job.fields[nameField];
  const filled =
    typeof given === 'string'
      ? replacePlaceholders(given, (path) => (path === 'job' ? job.name : `{{ ${path} }}`))
      : undefined;
  if (filled !== undefined && hasPlaceholder(filled)) return undefined;
  const name = taskName(filled, job.name, run);
  if (targetField === undefined) return { service, name };
  const targets = targetsOf(job, targetField, jobs);
  return targets.size === 0 ? undefined : { service, name, targets };
}

/** Empty when only the trigger determines them. */
function targetsOf({ kind, fields, on }: Job, field: string, { targets }: Jobs): ReadonlySet<string> {
  const given = fields[field];
  const named = typeof given === 'string' ? targets.get(given)?.id : undefined;
  const id = named ?? (isRecord(given) ? given['id'] : undefined);
  const own = typeof id === 'string' && !hasPlaceholder(id) ? [id] : [];
  const chosen = isNamed(kind, field) && on.request?.accepts.includes(field) ? [...targets.values()] : [];
  return new Set([...own, ...chosen.map((target) => target.id)]);
}

function isAlike(a: Identity, b: Identity | undefined): boolean {
  if (!b || a.service !== b.service || a.name !== b.name) return false;
  const [ofA, ofB] = [a.targets, b.targets];
  if (!ofA || !ofB) return true;
  const known = new Set([...ofB].map(canonicalId));
  return [...ofA].some((id) => known.has(canonicalId(id)));
}
