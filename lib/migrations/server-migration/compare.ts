import type { Problem } from '../../kernel/errors.ts';
import { hasPlaceholder } from '../../schema/placeholder-syntax.ts';
import type { ReviewedJob } from '../action-review.ts';
import { groupJobs } from '../group-jobs.ts';
import { valueAt } from '../value-at.ts';
import { SMS_NAME_PART, smsNamePart } from './task-name.ts';

/** Maximum number of job names in a message. */
const MAX_NAMES = 3;

function nameList(jobs: readonly ReviewedJob[]): string {
  const names = jobs.slice(0, MAX_NAMES).map(({ name }) => name);
  return jobs.length > MAX_NAMES ? `${names.join(', ')} and ${jobs.length - MAX_NAMES} more` : names.join(', ');
}

function textAt(fields: unknown, path: readonly string[]): string | undefined {
  const value = valueAt(fields, path);
  return typeof value === 'string' && value !== '' && !hasPlaceholder(value) ? value : undefined;
}

/** The ECS that a migration writes to, and the path of its id. */
function existingServer({
  fields,
}: ReviewedJob): { readonly id: string; readonly path: readonly string[] } | undefined {
  for (const path of [
    ['target', 'server'],
    ['target_server', 'vm_id'],
  ]) {
    const id = textAt(fields, path);
    if (id !== undefined) return { id, path };
  }
  return undefined;
}

/** Jobs with the same source server, or the same existing target. One warning per group, at its second job. */
function sharedServers(jobs: readonly ReviewedJob[]): Problem[] {
  const at = (job: ReviewedJob | undefined, path: readonly string[]) => [
    'jobs',
    job?.name ?? '',
    'server_migration',
    ...path,
  ];
  const bySource = groupJobs(jobs, ({ fields }) => textAt(fields, ['source_server', 'id']));
  const byTarget = groupJobs(jobs, (job) => existingServer(job)?.id);
  return [
    ...bySource.map((group) => ({
      path: at(group[1], ['source_server', 'id']),
      message: `is the source server of ${group.length} jobs (${nameList(group)}): SMS allows it only one task, so every run after the first is refused until that task is deleted`,
    })),
    ...byTarget.map((group) => ({
      path: at(group[1], (group[1] && existingServer(group[1])?.path) ?? []),
      message: `is the target of ${group.length} jobs (${nameList(group)}): each formats the disks that the previous one wrote`,
    })),
  ];
}

/** The start of its tasks' names, which is all that distinguishes them from the tasks of other jobs. */
function shownName({ name, fields }: ReviewedJob): string {
  const given = typeof fields['name'] === 'string' ? fields['name'] : name;
  return smsNamePart(given, name);
}

/** Server migrations whose tasks look alike in the SMS console. One warning per group, at its first job. */
function sharedNames(jobs: readonly ReviewedJob[]): Problem[] {
  const groups = groupJobs(jobs, (job) => {
    const given = job.fields['name'];
    return typeof given === 'string' && hasPlaceholder(given) ? undefined : shownName(job);
  });
  const fixedStarts = jobs.flatMap((job) => {
    const given = job.fields['name'];
    if (typeof given !== 'string' || !hasPlaceholder(given)) return [];
    const start = smsNamePart(given.slice(0, given.indexOf('{{')), '');
    if (start.length < SMS_NAME_PART) return [];
    const message = `SMS shows only the first ${SMS_NAME_PART} characters: all tasks of this job are named ${start}_…; put the placeholder first`;
    return [{ path: ['jobs', job.name, 'server_migration', 'name'], message }];
  });
  return [
    ...groups.map((group) => {
      const [first] = group;
      const start = first ? shownName(first) : '';
      const hasName = typeof first?.fields['name'] === 'string';
      const message = `tasks of ${group.length} jobs (${nameList(group)}) are all named ${start}_…: SMS accepts only short names, so only the first ${SMS_NAME_PART} characters are kept; start each server_migration.name differently`;
      return { path: ['jobs', first?.name ?? '', 'server_migration', ...(hasName ? ['name'] : [])], message };
    }),
    ...fixedStarts,
  ];
}

/** Warnings about server migrations that affect each other. */
export function compareServerMigrations(jobs: readonly ReviewedJob[]): Problem[] {
  return [...sharedServers(jobs), ...sharedNames(jobs)];
}
