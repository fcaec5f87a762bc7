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
  /** With `preflight: warn`, the problems as well. */
  readonly warnings: readonly string[];
  /** Set when the only problem is that the target is busy, which matters only when the run has its turn. */
  readonly targetBusy?: RunError;
}

/**
 * Checks what a task needs before anything changes in the cloud, according to the job's `preflight`. A server migration is always checked when it is
 * derived, because its body depends on that.
 *
 * @throws {RunError} `preflight` with every problem, if the job has `preflight: refuse` (the default). A retry helps once they are fixed
 * @throws {RunError} with a code of `TRANSIENT_FAILURES`, when all problems are temporary. A retry helps later
 * @throws {CloudError} when an instance, its backups or a file can't be read
 */
export async function preflight(
  services: Pick<AllServices, 'dcsInstances' | 'obs'>,
  planned: PlannedTask,
): Promise<PreflightResult> {
  const { preflight: mode } = planned.policies ?? DEFAULT_TASK_POLICIES;
  if (mode === 'off') return { warnings: [] };
  const { problems, temporaryProblems, warnings } =
    (await ACTIONS[planned.kind].preflight?.(services, planned)) ?? NOTHING;
  if (mode === 'warn') {
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
