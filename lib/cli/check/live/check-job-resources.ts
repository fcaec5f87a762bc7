import type { Job, Jobs } from '../../../jobs/job.ts';
import { CloudError, type Problem } from '../../../kernel/errors.ts';
import type { PlannedTask } from '../../../migrations/action.ts';
import { ACTIONS, REVIEWS } from '../../../migrations/actions.ts';
import { IMPORT_MERGES } from '../../../migrations/backup-import/preflight.ts';
import type { PreflightFindings } from '../../../migrations/preflight-findings.ts';
import { valueAt } from '../../../migrations/value-at.ts';
import type { AllServices } from '../../../ports/services.ts';
import { hasPlaceholder } from '../../../schema/placeholder-syntax.ts';
import type { LiveFindings, LiveLevel, Question } from './live-findings.ts';

/** The id of a run that is never made. */
const NO_RUN = '0'.repeat(32);

/** What to check, and where. */
export interface JobsToCheck {
  readonly services: AllServices;
  readonly jobs: Jobs;
  readonly region: string;
  readonly projectId: string;
}

/**
 * Checks what each job migrates from and to, as a run does before it changes anything. What only a trigger or a caller provides can't be checked.
 */
export async function checkJobResources(question: JobsToCheck, found: LiveFindings): Promise<void> {
  for (const job of question.jobs.jobs.values()) await checkJob(question, job, found);
}

async function checkJob(
  { services, jobs: { targets }, region, projectId }: JobsToCheck,
  job: Job,
  found: LiveFindings,
): Promise<void> {
  const at = ['jobs', job.name, job.kind];
  const unknownField = fieldUnknownUntilRun(job);
  if (unknownField !== undefined) {
    found.add({
      level: 'unknown',
      jobs: [job.name],
      path: [...at, unknownField],
      asked: 'nothing',
      message: 'is only known when the job runs, and was not checked',
      advice: 'no action needed: the run checks it before it changes anything, unless the job has preflight: off',
    });
    return;
  }
  const { live } = REVIEWS[job.kind];
  const question: Question = {
    jobs: [job.name],
    path: at,
    asked: `${live.asked} for job ${job.name}`,
    needs: live.needs,
  };
  const report: Report = (level, path, message) =>
    found.add({
      level,
      jobs: [job.name],
      path: pathInFile(job, path),
      asked: question.asked,
      message,
      advice: adviceFor(level, `region ${region}, project ${projectId}`),
    });
  const look = live.inspect ?? ACTIONS[job.kind].preflight;
  const seen = look && (await found.ask(question, () => look(services, planOf(job, targets))));
  if (seen) reportAll(seen, report);
}

type Report = (level: LiveLevel, path: Problem['path'], message: string) => void;

/** What a run would wait for is a warning; if OBS did not respond, it is unknown. */
function reportAll({ problems, temporaryProblems, warnings }: PreflightFindings, report: Report): void {
  for (const { path, message } of problems) report('problem', path, message);
  for (const { path, message, reason } of temporaryProblems) {
    report(reason instanceof CloudError ? 'unknown' : 'warning', path, message);
  }
  for (const warning of warnings) if (!warning.endsWith(IMPORT_MERGES)) report('warning', [], warning);
}

function adviceFor(level: LiveLevel, place: string): string {
  switch (level) {
    case 'problem':
      return `fix it there, or correct the jobs file; checked in ${place}`;
    case 'warning':
      return 'check that this is intended';
    case 'unknown':
      return 'try again; a run waits until it can be checked';
  }
}

/** A field that determines what is checked, and that is not known before a run. */
function fieldUnknownUntilRun({ kind, fields, on }: Job): string | undefined {
  const isOpen = (name: string) =>
    on.request?.accepts.includes(name) || JSON.stringify(fields[name] ?? '').includes('{{');
  return REVIEWS[kind].liveCheckFields.find(isOpen);
}

/** The plan that a run would have, without files that come from the trigger or a placeholder. */
function planOf({ name, kind, fields, policies }: Job, targets: Jobs['targets']): PlannedTask {
  const { fromObject = [], plan } = ACTIONS[kind];
  const isBrought = fromObject.some((field) => fields[field] === undefined);
  const planned = plan(fields, {
    job: name,
    run: NO_RUN,
    targets,
    policies,
    ...(isBrought ? { object: { bucket: 'bucket', key: 'brought-by-the-trigger.rdb' } } : {}),
  });
  const isKnown = ([field, value]: readonly [string, unknown]) =>
    !fromObject.includes(field) || !(fields[field] === undefined || hasPlaceholder(JSON.stringify(value)));
  return { ...planned, body: Object.fromEntries(Object.entries(planned.body).filter(isKnown)) };
}

/** The path in the file: an instance given by name is under `targets`. */
function pathInFile({ name, kind, fields }: Job, path: Problem['path']): Problem['path'] {
  for (const place of ACTIONS[kind].namedInstances) {
    const named = valueAt(fields, place);
    const isThere = place.every((key, i) => key === path[i]);
    if (isThere && typeof named === 'string') return ['targets', named, ...path.slice(place.length)];
  }
  return ['jobs', name, kind, ...path];
}
