import { START_COMMAND } from '../build/start-command.ts';
import { withoutCode } from '../cloud/programs/functiongraph/functions.ts';
import { AppError, CloudError, messageOf } from '../kernel/errors.ts';

/** What to do about error codes of a deployment (API reference ErrorCode; terraform-provider-huaweicloud, 2025). */
const ADVICE: Readonly<Record<string, string>> = {
  'FSS.1005': 'choose a runtime that the region supports (provider.runtime)',
  'FSS.1007': 'choose another memorySize',
  'FSS.1051': 'deploy the function first: serverless deploy',
  'FSS.1071': 'the package is larger than 50 MB; make it smaller',
  'FSS.1108':
    'another trigger watches an overlapping part of the bucket: delete it in the console, or let the jobs watch other prefixes; give each stage a prefix (provider.prefix)',
  'FSS.1109': 'correct the schedule of the job',
  'FSS.1145':
    'allow the agency to read and set the notifications of the bucket, and check that the bucket exists in this region; if another stage has this trigger, give each stage a prefix (provider.prefix)',
  'FSS.1146': 'check the API group and its environment (provider.gateway)',
  'FSS.1147': 'another API of the group has this path and method: delete it, or choose another basePath',
  'FSS.1151': `use a bucket in this region; for the stage local, run ${START_COMMAND} with this jobs file: it only has the buckets of its jobs file`,
  'FSS.0403': 'grant your keys the permissions in deploy/policies/deployer-*.json',
  'APIGW.0301': 'the keys are wrong or have expired: set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK again',
  keys_refused: 'set valid keys, and wait five minutes',
};

const SAME_COMMAND = 'run the same command again';

function adviceFor(error: CloudError, again: string): string {
  const cause = causeAdvice(error);
  if (cause !== undefined) return again === SAME_COMMAND ? cause : `${cause}; then ${again}`;
  const isTemporary = error.temporary || error.outcome !== 'rejected';
  return `${isTemporary ? '' : 'fix the cause, and '}${again}: it continues from here`;
}

function causeAdvice(error: CloudError): string | undefined {
  const known = ADVICE[error.cloudCode ?? ''];
  if (known) return known;
  if (error.status === 401) return 'set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK to keys of this project';
  if (error.status === 403) return 'grant your keys the permissions in deploy/policies/deployer-*.json';
  return undefined;
}

/** A step of a deployment failed. The message has the function, the step, the error code and what to do. The next deployment continues from there. */
export class DeployError extends AppError {
  /**
   * @param cause what was thrown, or a description of the problem
   * @param again what continues from there
   */
  constructor(functionName: string, step: string, cause: unknown, again: string = SAME_COMMAND) {
    const details = cause instanceof CloudError ? (cause.details ?? []) : [];
    const texts = details.flatMap(({ code, message }) =>
      [code, message].filter((part) => part !== undefined).join(' '),
    );
    const problem = [messageOf(cause), ...texts].join(': ');
    const advice = cause instanceof CloudError ? `. What to do: ${adviceFor(cause, again)}` : '';
    super('deploy', withoutCode(`${functionName}: ${step}: ${problem}${advice}`), { cause });
  }
}

/** Does one step of a deployment. @throws {DeployError} with the function, the step and what it threw */
export async function asStep<T>(of: string, step: string, work: () => Promise<T>, again?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new DeployError(of, step, error, again);
  }
}
