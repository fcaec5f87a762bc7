import { check } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall } from '../operation.ts';
import type { SmsDeps } from './deps.ts';
import { invalidParameter } from './errors.ts';
import type { ConsistencyReport } from './task.ts';
import { consistencyResultBody, exportConsistencyBody } from './task-setting-bodies.ts';

/** The results of consistency checks. The Agent uploads them with UpdateConsistencyResult. */
export function consistencyOperations({ tasks, clock }: SmsDeps): Operation[] {
  const taskOf = (call: OperationCall, id: string) => tasks.get(call.account.domainId, id);
  const path = '/v3/tasks/{task_id}/consistency-result';
  return [
    makeOperation('ShowConsistencyResult', 'GET', path, (call) => {
      const { id, consistencyReports } = taskOf(call, call.params['task_id'] ?? '');
      return { status: 200, body: { task_id: id, result_list: consistencyReports.map(reportText) } };
    }),
    makeOperation('UpdateConsistencyResult', 'POST', path, (call) => {
      const { consistency_result: folders = [] } = check(consistencyResultBody, call.body, invalidParameter);
      const task = taskOf(call, call.params['task_id'] ?? '');
      const report = { finishedAt: clock.now(), folders };
      tasks.change(task, { consistencyReports: [...task.consistencyReports, report] });
      return { status: 200, body: {} };
    }),
    // What the export contains is not documented: its response is a string, "OK".
    makeOperation('ExportConsistencyResults', 'POST', '/v3/tasks/consistency-results/export', (call) => {
      const { task_info: wanted } = check(exportConsistencyBody, call.body, invalidParameter);
      for (const { task_id: id } of wanted) if (id !== undefined) taskOf(call, id);
      return { status: 200, body: {} };
    }),
  ];
}

/** A result is the JSON of an object, in a string (pages of 2026 and SDK; an object on the page of 2025-06). The values of `check_result` are not documented. */
function reportText({ finishedAt, folders }: ConsistencyReport): string {
  return JSON.stringify({ finished_time: finishedAt, check_result: 'SUCCESS', consistency_result: folders });
}
