import { type Problem, RunError } from '../errors.ts';
import type { PlannedTask } from './action.ts';
import type { AllServices } from './all-services.ts';
import { problemLine } from './check-fields.ts';
import type { PreflightFindings } from './preflight-findings.ts';
import { preflightImport } from './preflight-import.ts';
import { preflightOnline } from './preflight-online.ts';
import { DEFAULT_TASK_POLICIES } from './task-policies.ts';

const NOTHING: PreflightFindings = { problems: [], warnings: [] };

/**
 * Looks at what a task needs, as far as the job wants it, before anything changes in the cloud. A server migration is looked at where it is
 * derived, whatever the job wants: without that there is no body.
 *
 * @returns what to say; the problems as well, when the job says `preflight: warn`
 * @throws {RunError} `preflight` with every problem, when the job says `preflight: refuse` (the default). A retry helps after they were removed
 * @throws {CloudError} when an instance or its backups can't be read
 */
export async function preflight(
  services: Pick<AllServices, 'dcsInstances' | 'obs'>,
  planned: PlannedTask,
): Promise<readonly string[]> {
  const { preflight: wish } = planned.policies ?? DEFAULT_TASK_POLICIES;
  if (wish === 'off') return [];
  const { problems, warnings } = await look(services, planned);
  if (problems.length === 0) return warnings;
  if (wish === 'warn') return [...problems.map((problem) => problemLine([problem])), ...warnings];
  throw refusal(planned, problems);
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

function refusal({ kind, name }: PlannedTask, problems: readonly Problem[]): RunError {
  return new RunError('preflight', `preflight of ${kind} ${name}: ${problemLine(problems)}`, problems);
}
