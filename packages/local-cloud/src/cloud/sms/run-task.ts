import { type DefaultStage, type Script, scriptedSteps, slownessOf } from '../scripts.ts';
import type { Stage } from '../stages.ts';
import type { Step } from '../step-runner.ts';
import type { SmsDeps } from './deps.ts';
import { COPY_MS, copyMs, firstMiddleMs } from './subtasks.ts';
import type { SmsTask } from './task.ts';
import { type TemplateFault, templateFault } from './templates.ts';

/** READY can still be returned right after a start (acceptance test of Terraform's client). */
const START_MS = 2_000;

/**
 * Runs a task from READY, or from where it was paused, to its end.
 *
 * Problems with the target show only here: with a template at CREATE_CLOUD_SERVER, with an ECS that does not exist as SMS.0412.
 */
export function startTask(deps: SmsDeps, task: SmsTask, operation: string): void {
  const { sent } = task;
  if (sent.start_network_check === true) task.networkCheckAt = deps.clock.now();
  const take = (stage: Stage): Script | undefined => deps.scripts.take(stage, { operation, name: task.name });
  const isAtOnce = operation === 'CreateTask' && deps.assumed('sms-auto-start') === 'running';
  const running: Step = { afterMs: isAtOnce ? 0 : START_MS, status: 'RUNNING' };

  const notStarting = take('start');
  if (notStarting !== undefined) {
    deps.tasks.run(task, scriptedSteps(notStarting, defaultStage(notStarting, START_MS, 'SMS.0203')));
    return;
  }
  const firstMs = firstMiddleMs(sent);
  const preparing = take('prepare');
  if (preparing !== undefined) {
    const steps = scriptedSteps(preparing, defaultStage(preparing, 2 * firstMs, 'SMS.0601'));
    deps.tasks.run(task, [running, ...steps], preparing.outcome === 'stuck' ? firstMs : undefined);
    return;
  }
  const fault = targetFault(deps, task);
  if (fault !== undefined) {
    const { code, params } = fault;
    deps.tasks.run(task, [running, { afterMs: firstMs, status: 'MIGRATE_FAIL', failure: code, failureParams: params }]);
    return;
  }
  task.slowness = slownessOf(deps.situations, 'copy', task.name);
  const copying = take('copy');
  if (copying !== undefined) {
    const atMs = copyMs(sent, copying.share ?? 0.5);
    const afterMs = copying.afterMs ?? atMs * task.slowness;
    const steps = scriptedSteps({ ...copying, afterMs }, defaultStage(copying, COPY_MS, 'SMS.0805'));
    deps.tasks.run(task, [running, ...steps], copying.outcome === 'stuck' ? atMs : undefined);
    return;
  }
  deps.tasks.run(task, [
    running,
    { afterMs: COPY_MS * task.slowness, status: sent.syncing === true ? 'SYNCING' : 'MIGRATE_SUCCESS' },
  ]);
}

function targetFault({ templates, servers }: SmsDeps, { domainId, sent }: SmsTask): TemplateFault | undefined {
  if (sent.exist_server !== true) return templateFault(templates.find(domainId, sent.vm_template_id ?? ''), sent);
  const { vm_id: vmId } = sent.target_server;
  return servers.find(vmId) === undefined ? { code: 'SMS.0412', params: [vmId] } : undefined;
}

/** The states in which a stage of a task fails. */
export function defaultStage(script: Script, ms: number, code: string): DefaultStage {
  return {
    ms,
    failed: 'MIGRATE_FAIL',
    // Seen in practice, but not in any enum.
    unknown: 'CUTOVER_READY',
    deleted: 'DELETED',
    failure: script.code ?? code,
    failureParams: script.message === undefined ? [] : [script.message],
  };
}
