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

/** Of a run that is never made. */
const NO_RUN = '0'.repeat(32);

/** What is looked at, and where. */
export interface JobsQuestion {
  readonly services: AllServices;
  readonly jobs: Jobs;
  readonly region: string;
  readonly projectId: string;
}

/**
 * Looks at what each job migrates from and to, as a run does before it changes anything. What only a trigger or a caller brings can't be looked at.
 */
export async function lookAtJobs(question: JobsQuestion, found: LiveFindings): Promise<void> {
  for (const job of question.jobs.jobs.values()) await lookAtJob(question, job, found);
}

async function lookAtJob(
  { services, jobs: { targets }, region, projectId }: JobsQuestion,
  job: Job,
  found: LiveFindings,
): Promise<void> {
  const at = ['jobs', job.name, job.kind];
  const whatComes = unknownBefore(job);
  if (whatComes !== undefined) {
    found.add({
      level: 'unknown',
      jobs: [job.name],
      path: [...at, whatComes],
      asked: 'nothing',
      message: 'is only known when the job runs, and was not looked at',
      advice:
        'nothing is to be done: the run looks at it before it changes anything, unless the job says preflight: off',
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
  const say: Say = (level, path, message) =>
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
  if (seen) sayAll(seen, say);
}

type Say = (level: LiveLevel, path: Problem['path'], message: string) => void;

/** What a run would wait for is a warning here; what OBS did not tell for now is not known. */
function sayAll({ problems, temporaryProblems, warnings }: PreflightFindings, say: Say): void {
  for (const { path, message } of problems) say('problem', path, message);
  for (const { path, message, reason } of temporaryProblems) {
    say(reason instanceof CloudError ? 'unknown' : 'warning', path, message);
  }
  for (const warning of warnings) if (!warning.endsWith(IMPORT_MERGES)) say('warning', [], warning);
}

function adviceFor(level: LiveLevel, place: string): string {
  switch (level) {
    case 'problem':
      return `put it right there, or correct the jobs file; it was looked for in ${place}`;
    case 'warning':
      return 'see that it is meant so';
    case 'unknown':
      return 'try again; a run waits until it can be looked at';
  }
}

/** A field that decides what is looked at, and that is not known before a run. */
function unknownBefore({ kind, fields, on }: Job): string | undefined {
  const isOpen = (name: string) =>
    on.request?.accepts.includes(name) || JSON.stringify(fields[name] ?? '').includes('{{');
  return REVIEWS[kind].liveCheckFields.find(isOpen);
}

/** The plan that a run would have, without the files that the trigger brings or a placeholder names. */
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

/** Where the file says it: an instance that is given by its name stands under `targets`. */
function pathInFile({ name, kind, fields }: Job, path: Problem['path']): Problem['path'] {
  for (const place of ACTIONS[kind].namedInstances) {
    const named = valueAt(fields, place);
    const isThere = place.every((key, i) => key === path[i]);
    if (isThere && typeof named === 'string') return ['targets', named, ...path.slice(place.length)];
  }
  return ['jobs', name, kind, ...path];
}
