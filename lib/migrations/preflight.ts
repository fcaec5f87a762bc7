import type { Code } from '../kernel/codes.ts';
import { CloudError, type Problem, RunError } from '../kernel/errors.ts';
import type { AllServices } from '../ports/services.ts';
import { problemLine } from '../schema/findings.ts';
import type { PlannedTask } from './action.ts';
import { ACTIONS } from './actions.ts';
import type { PreflightFindings } from './preflight-findings.ts';
import { TARGET_BUSY } from './preflight-instance.ts';
import { DEFAULT_TASK_POLICIES } from './task-policies.ts';

const NOTHING: PreflightFindings = { problems: [], temporaryProblems: [], warnings: [] };

export interface PreflightResult {
  /** What to say; the problems as well, when the job says `preflight: warn`. */
  readonly warnings: readonly string[];
  /** The target is busy, and nothing else is wrong: that matters only when the run has its turn. */
  readonly targetBusy?: RunError;
}

/**
 * Looks at what a task needs, as far as the job wants it, before anything changes in the cloud. A server migration is looked at where it is
 * derived, whatever the job wants: without that there is no body.
 *
 * @throws {RunError} `preflight` with every problem, when the job says `preflight: refuse` (the default). A retry helps after they were removed
 * @throws {RunError} with a code of `TRANSIENT_FAILURES`, when all that is wrong may pass. A retry helps later
 * @throws {CloudError} when an instance, its backups or a file can't be read
 */
export async function preflight(
  services: Pick<AllServices, 'dcsInstances' | 'obs'>,
  planned: PlannedTask,
): Promise<PreflightResult> {
  const { preflight: wish } = planned.policies ?? DEFAULT_TASK_POLICIES;
  if (wish === 'off') return { warnings: [] };
  const { problems, temporaryProblems, warnings } =
    (await ACTIONS[planned.kind].preflight?.(services, planned)) ?? NOTHING;
  if (wish === 'warn') {
    return { warnings: [...[...problems, ...temporaryProblems].map((problem) => problemLine([problem])), ...warnings] };
  }
  if (problems.length > 0) throw refusal('preflight', planned, [...problems, ...temporaryProblems]);
  const first = temporaryProblems.find(({ reason }) => reason !== TARGET_BUSY);
  if (first)
    throw first.reason instanceof CloudError ? first.reason : refusal(first.reason, planned, temporaryProblems);
  return temporaryProblems.length > 0
    ? { warnings, targetBusy: refusal(TARGET_BUSY, planned, temporaryProblems) }
    : { warnings };
}

function refusal(code: Code, { kind, name }: PlannedTask, problems: readonly Problem[]): RunError {
  return new RunError(code, `preflight of ${kind} ${name}: ${problemLine(problems)}`, problems);
}
