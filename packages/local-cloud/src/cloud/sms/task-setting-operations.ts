import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall } from '../operation.ts';
import type { SmsDeps } from './deps.ts';
import { errors, invalidParameter } from './errors.ts';
import { showConfigSettingQuery } from './queries.ts';
import { isConnected } from './source-state.ts';
import type { SmsTask } from './task.ts';
import { logState } from './task-log.ts';
import { configurationRow } from './task-rows.ts';
import { collectLogBody, configurationsBody, updateSpeedBody } from './task-setting-bodies.ts';

/** "Not started, paused or waiting for synchronization" (API pages of 2026-01). */
const CONFIGURABLE = new Set(['READY', 'ABORT', 'SYNCING']);

/** What belongs to a task beside its target: speed limits, advanced options and logs. */
export function taskSettingOperations(deps: SmsDeps): Operation[] {
  const { tasks } = deps;
  const taskOf = (call: OperationCall) => tasks.get(call.account.domainId, call.params['task_id'] ?? '');
  const path = '/v3/tasks/{task_id}';
  return [
    // The list replaces the previous one.
    makeOperation('UpdateSpeed', 'POST', `${path}/speed-limit`, (call) => {
      const { speed_limit: speedLimits } = check(updateSpeedBody, call.body, invalidParameter);
      tasks.change(taskOf(call), { speedLimits });
      return { status: 200, body: {} };
    }),
    makeOperation('ShowsSpeedLimits', 'GET', `${path}/speed-limit`, (call) => ({
      status: 200,
      body: { speed_limit: taskOf(call).speedLimits.map(speedLimitRow) },
    })),
    makeOperation('UploadSpecialConfigurationSetting', 'POST', `${path}/configuration-setting`, (call) => {
      const { configurations } = check(configurationsBody, call.body, invalidParameter);
      const task = taskOf(call);
      if (!CONFIGURABLE.has(task.status)) {
        throw invalidParameter('configurations', `cannot be changed while the task is ${task.status}`);
      }
      const keys = new Set(configurations.map(({ config_key: key }) => key));
      const kept = task.configurations.filter(({ config_key: key }) => !keys.has(key));
      tasks.change(task, { configurations: [...kept, ...configurations] });
      return { status: 200, body: {} };
    }),
    makeOperation('ShowConfigSetting', 'GET', `${path}/configuration-setting`, (call) => {
      const { config_key: key } = check(showConfigSettingQuery, queryObject(call.query), invalidParameter);
      const task = taskOf(call);
      const found = task.configurations.filter(
        (configuration) => key === undefined || configuration.config_key === key,
      );
      const body = { task_id: task.id, migrate_type: migrateType(task), configurations: found.map(configurationRow) };
      return { status: 200, body };
    }),
    makeOperation('CollectLog', 'POST', `${path}/log`, async (call) => {
      const { log_bucket: bucket } = check(collectLogBody, call.body, invalidParameter);
      const task = taskOf(call);
      const { id } = task.sent.source_server;
      if (!isConnected(deps.sources.find(id))) throw errors.sourceNotConnected(id);
      if (logState(task, deps.clock) === 'UPLOADING') {
        throw invalidParameter('log_bucket', 'the logs are already being uploaded');
      }
      const failed = !(await deps.bucketExists(bucket));
      tasks.change(task, { log: { bucket, startedAt: deps.clock.now(), failed } });
      return { status: 200, body: {} };
    }),
  ];
}

function speedLimitRow({ start, end, speed, over_speed_threshold }: SmsTask['speedLimits'][number]): object {
  return { start, end, speed: speed ?? 0, over_speed_threshold: over_speed_threshold ?? 0 };
}

function migrateType({ sent }: SmsTask): string {
  return sent.os_type === 'WINDOWS' ? 'WINDOWS_MIGRATE_BLOCK' : `LINUX_${sent.type}`;
}
