import { CloudError, type Problem, RunError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import type { AllServices } from '../../ports/services.ts';
import type { PlannedTask } from '../action.ts';
import type { PreflightFindings } from '../preflight-findings.ts';
import { completeServerMigration } from './derive-server-migration.ts';

/**
 * Checks both servers of a migration, like a run that derives its request. Makes read-only calls.
 *
 * @throws {CloudError} when something can't be read
 */
export async function inspectServers(services: AllServices, planned: PlannedTask): Promise<PreflightFindings> {
  if (!planned.derive) return checkExistence(services, planned);
  try {
    const { warnings } = await completeServerMigration(services, planned);
    return {
      problems: [],
      temporaryProblems: [],
      warnings: warnings.filter((warning) => !planned.warnings.includes(warning)),
    };
  } catch (error) {
    if (error instanceof CloudError || !(error instanceof RunError)) throw error;
    return { problems: error.problems, temporaryProblems: [], warnings: [] };
  }
}

/** For a server migration whose request is complete in the file: checks that both servers exist. */
async function checkExistence(services: AllServices, { target, body }: PlannedTask): Promise<PreflightFindings> {
  const problems: Problem[] = [];
  const source = target === undefined ? undefined : await (await services.smsServers()).showServer(target);
  const path = ['source_server', 'id'];
  if (!source) problems.push({ path, message: 'source server not found in SMS' });
  else if (!source.connected)
    problems.push({ path, message: 'the source server is not connected: make sure that its Agent is running' });
  const { target_server: given } = body;
  const id = isRecord(given) ? given['vm_id'] : undefined;
  if (body['exist_server'] === true && typeof id === 'string' && !(await (await services.ecs()).showServer(id))) {
    problems.push({ path: ['target_server', 'vm_id'], message: 'ECS not found in this region and project' });
  }
  return { problems, temporaryProblems: [], warnings: [] };
}
