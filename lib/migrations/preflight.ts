import type { Code } from '../codes.ts';
import { CloudError, type Problem, RunError } from '../errors.ts';
import type { PlannedTask } from './action.ts';
import type { AllServices } from './all-services.ts';
import { problemLine } from './check-fields.ts';
import type { PreflightFindings } from './preflight-findings.ts';
import { preflightImport } from './preflight-import.ts';
import { preflightOnline } from './preflight-online.ts';
import { DEFAULT_TASK_POLICIES } from './task-policies.ts';

const NOTHING: PreflightFindings = { problems: [], passing: [], warnings: [] };

/**
 * Looks at what a task needs, as far as the job wants it, before anything changes in the cloud. A server migration is looked at where it is
 * derived, whatever the job wants: without that there is no body.
 *
 * @returns what to say; the problems as well, when the job says `preflight: warn`
 * @throws {RunError} `preflight` with every problem, when the job says `preflight: refuse` (the default). A retry helps after they were removed
 * @throws {RunError} with one of `PASSING_CODES`, when all that is wrong may pass. A retry helps later
 * @throws {CloudError} when an instance, its backups or a file can't be read
 */
export async function preflight(
  services: Pick<AllServices, 'dcsInstances' | 'obs'>,
  planned: PlannedTask,
): Promise<readonly string[]> {
  const { preflight: wish } = planned.policies ?? DEFAULT_TASK_POLICIES;
  if (wish === 'off') return [];
  const { problems, passing, warnings } = await look(services, planned);
  if (wish === 'warn') return [...[...problems, ...passing].map((problem) => problemLine([problem])), ...warnings];
  if (problems.length > 0) throw refusal('preflight', planned, [...problems, ...passing]);
  const [first] = passing;
  if (!first) return warnings;
  throw first.reason instanceof CloudError ? first.reason : refusal(first.reason, planned, passing);
}

function look(
  services: Pick<AllServices, 'dcsInstances' | 'obs'>,
  planned: PlannedTask,
): Promise<PreflightFindings> | PreflightFindings {
  switch (planned.kind) {
    case 'backup_import':
      return preflightImport(services, planned);
    case 'online_migration':
      return preflightOnline(services, planned);
    case 'server_migration':
      return NOTHING;
  }
}

function refusal(code: Code, { kind, name }: PlannedTask, problems: readonly Problem[]): RunError {
  return new RunError(code, `preflight of ${kind} ${name}: ${problemLine(problems)}`, problems);
}
