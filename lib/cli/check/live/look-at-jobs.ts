import type { Job, Jobs } from '../../../jobs/job.ts';
import { CloudError, type Problem, RunError } from '../../../kernel/errors.ts';
import { isRecord } from '../../../kernel/is-record.ts';
import type { PlannedTask } from '../../../migrations/action.ts';
import { ACTIONS } from '../../../migrations/actions.ts';
import { IMPORT_MERGES, preflightImport } from '../../../migrations/backup-import/preflight.ts';
import { preflightOnline } from '../../../migrations/online-migration/preflight.ts';
import type { PreflightFindings } from '../../../migrations/preflight-findings.ts';
import { completeServerMigration } from '../../../migrations/server-migration/derive-server-migration.ts';
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
  const isServer = job.kind === 'server_migration';
  const question: Question = {
    jobs: [job.name],
    path: at,
    asked: `${isServer ? 'the servers in SMS and ECS' : 'DCS ShowInstance'} for job ${job.name}`,
    needs: isServer
      ? 'sms:server:get, sms:template:get and ECS ReadOnlyAccess'
      : 'dcs:instance:get and dcs:instance:getDataBackupLog',
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
  const seen = await found.ask(question, () => look(services, planOf(job, targets)));
  if (seen) sayAll(seen, say);
}

type Say = (level: LiveLevel, path: Problem['path'], message: string) => void;

/** What a run would wait for is a warning here; what OBS did not tell for now is not known. */
function sayAll({ problems, passing, warnings }: PreflightFindings, say: Say): void {
  for (const { path, message } of problems) say('problem', path, message);
  for (const { path, message, reason } of passing) {
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
  const deciding = {
    backup_import: ['target_instance'],
    online_migration: ['configure'],
    server_migration: ['source_server', 'target'],
  }[kind];
  return deciding.find(isOpen);
}

/** The plan that a run would have, with a file of no name where the trigger brings it. */
function planOf({ name, kind, fields, policies }: Job, targets: Jobs['targets']): PlannedTask {
  const brings = kind === 'backup_import' && fields['backup_files'] === undefined;
  const planned = ACTIONS[kind].plan(fields, {
    job: name,
    run: NO_RUN,
    targets,
    policies,
    ...(brings ? { object: { bucket: 'bucket', key: 'brought-by-the-trigger.rdb' } } : {}),
  });
  const isKnown = !brings && !hasPlaceholder(JSON.stringify(planned.body['backup_files'] ?? ''));
  if (kind !== 'backup_import' || isKnown) return planned;
  const { backup_files: _, ...body } = planned.body;
  return { ...planned, body };
}

/** @throws {CloudError} when something can't be read */
async function look(services: AllServices, planned: PlannedTask): Promise<PreflightFindings> {
  if (planned.kind === 'backup_import') return preflightImport(services, planned);
  if (planned.kind === 'online_migration') return preflightOnline(services, planned);
  if (!planned.derive) return lookAtServers(services, planned);
  try {
    const { warnings } = await completeServerMigration(services, planned);
    return { problems: [], passing: [], warnings: warnings.filter((warning) => !planned.warnings.includes(warning)) };
  } catch (error) {
    if (error instanceof CloudError || !(error instanceof RunError)) throw error;
    return { problems: error.problems, passing: [], warnings: [] };
  }
}

/** A server migration whose request the file has: are both servers there? */
async function lookAtServers(services: AllServices, { target, body }: PlannedTask): Promise<PreflightFindings> {
  const problems: Problem[] = [];
  const source = target === undefined ? undefined : await (await services.smsServers()).showServer(target);
  const path = ['source_server', 'id'];
  if (!source) problems.push({ path, message: 'there is no such source server in SMS' });
  else if (!source.connected)
    problems.push({ path, message: 'the source server is not connected: see that its Agent runs' });
  const { target_server: given } = body;
  const id = isRecord(given) ? given['vm_id'] : undefined;
  if (body['exist_server'] === true && typeof id === 'string' && !(await (await services.ecs()).showServer(id))) {
    problems.push({ path: ['target_server', 'vm_id'], message: 'there is no such ECS in this region and project' });
  }
  return { problems, passing: [], warnings: [] };
}

/** Where the file says it: an instance that is given by its name stands under `targets`. */
function pathInFile({ name, kind, fields }: Job, path: Problem['path']): Problem['path'] {
  const inJob = ['jobs', name, kind, ...path];
  const [first, second, ...rest] = path;
  if (first === 'target_instance' && typeof fields['target_instance'] === 'string') {
    return ['targets', fields['target_instance'], ...path.slice(1)];
  }
  const { configure } = fields;
  if (first !== 'configure' || !isRecord(configure) || typeof second !== 'string') return inJob;
  const named = configure[second];
  return typeof named === 'string' ? ['targets', named, ...rest] : inJob;
}
