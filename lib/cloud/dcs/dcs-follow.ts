import type { DcsFollow, DcsJob, DcsTaskStats } from '../../ports/dcs.ts';
import { checkPathId } from '../transport/check-path-id.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { fieldsOf, numberOf, objectsOf, withoutAbsent } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';
import { type CallResult, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableResponse } from '../transport/unusable-response.ts';
import type { DcsOptions } from './dcs.ts';
import { loadDcsClient } from './dcs-client.ts';
import { listDcsTasks } from './list-dcs-tasks.ts';

const LOG_ROWS = 100;
/** A task with more errors than this has already reported what is wrong. */
const MAX_LOG_PAGES = 10;
const MAX_MESSAGES = 20;
/** The task is unknown or deleted ("Instance job is not found"; not in the error table, but seen on the wire). */
const NO_TASK = { codes: ['DCS.4133', '111400133'] };
/** The task is gone or in a state without statistics (DCS.4957). */
const NO_STATS = { codes: [...NO_TASK.codes, 'DCS.4957', '111400957'] };

/**
 * The operations on a DCS migration task after its creation, over the official SDK.
 *
 * Some responses contain the instances' passwords in clear text (see the examples of StopMigrationTask and ShowMigrationTask): only the fields
 * that are returned are kept.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export function makeDcsFollow(options: DcsOptions): DcsFollow {
  const sdk = makeSdkClient('DCS', options, { projectId: options.projectId });
  const dcs = makeClientCalls('DCS', sdk, options.loadClient ?? loadDcsClient);

  const readLogPage = async (taskId: string, offset: number) => {
    const operation = 'ListMigrationTaskLogs';
    const query = { offset, limit: LOG_ROWS, log_level: 'ERROR' };
    const result = await unlessAbsent(
      dcs.one('read', operation, taskId, (client, task_id) => client.listMigrationTaskLogs({ task_id, ...query })),
      NO_TASK,
    );
    if (result === undefined) return { rows: [], total: 0, redact: (text: string) => text };
    const fields = fieldsOf(result.response);
    const rows = objectsOf(fields['migration_logs']);
    if (rows === undefined) {
      const message = 'the response has no list migration_logs';
      throw unusableResponse('DCS', operation, 'not_a_list', message, result.requestId);
    }
    return { rows, total: numberOf(fields['log_num']), redact: result.redact };
  };

  return {
    listAllMigrationTasks: () => listDcsTasks(dcs),

    async setOnlineMigrationTask(taskId, body) {
      const operation = 'SetOnlineMigrationTask';
      const task_id = checkPathId('DCS', operation, taskId);
      const { response, requestId, redact } = await dcs.change(operation, taskId, body, (client, plain) =>
        client.setOnlineMigrationTask({ task_id, body: plain }),
      );
      const fields = fieldsOf(response);
      const error = stringOf(fields['error']);
      // The task may have been started anyway: its own status shows that.
      if (error !== undefined) {
        throw unusableResponse('DCS', operation, 'task_error', redact(error), requestId);
      }
      const status = stringOf(fields['status']);
      return status === undefined ? {} : { status: redact(status) };
    },

    async showJob(jobId) {
      return readJob(await dcs.one('read', 'ShowJobInfo', jobId, (client, job_id) => client.showJobInfo({ job_id })));
    },

    async showStats(taskId) {
      const result = await unlessAbsent(
        dcs.one('read', 'ShowMigrationTaskStats', taskId, (client, task_id) =>
          client.showMigrationTaskStats({ task_id }),
        ),
        NO_STATS,
      );
      return result && readStats(result);
    },

    async listErrorLogs(taskId) {
      const entries: { readonly at: string; readonly message: string }[] = [];
      // The order is not documented: the newest entry may be on the last page.
      for (let offset = 0, pages = 0; pages < MAX_LOG_PAGES; pages++) {
        const { rows, total, redact } = await readLogPage(taskId, offset);
        for (const { created_at, message } of rows) {
          const text = stringOf(message);
          if (text !== undefined) entries.push({ at: stringOf(created_at) ?? '', message: redact(text) });
        }
        offset += rows.length;
        if (rows.length === 0 || offset >= (total ?? Number.POSITIVE_INFINITY)) break;
      }
      const newestFirst = entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
      return newestFirst.slice(0, MAX_MESSAGES).map(({ message }) => message);
    },

    async stopTask(taskId) {
      await dcs.one('change', 'StopMigrationTask', taskId, (client, task_id) => client.stopMigrationTask({ task_id }));
    },

    async deleteTask(taskId) {
      const deleted = dcs.one('change', 'DeleteMigrationTask', taskId, (client, id) =>
        client.deleteMigrationTask({ body: { task_id_list: [id] } }),
      );
      await unlessAbsent(deleted, NO_TASK);
    },
  };
}

function readJob({ response, requestId, redact }: CallResult<object>): DcsJob {
  const fields = fieldsOf(response);
  const status = stringOf(fields['status']);
  if (status === undefined) {
    throw unusableResponse('DCS', 'ShowJobInfo', 'no_status', 'the response has no status', requestId);
  }
  const failReason = stringOf(fields['fail_reason']);
  return withoutAbsent({ status, failReason: failReason === undefined ? undefined : redact(failReason) });
}

function readStats({ response }: CallResult<object>): DcsTaskStats | undefined {
  const fields = fieldsOf(response);
  const stats = withoutAbsent({
    fullProgress: numberOf(fields['full_migration_progress']),
    offset: numberOf(fields['offset']),
    sourceKeys: numberOf(fields['source_dbsize']),
    targetKeys: numberOf(fields['target_dbsize']),
    inputKbps: numberOf(fields['target_input_kbps']),
    opsPerSecond: numberOf(fields['target_ops']),
  });
  return Object.keys(stats).length === 0 ? undefined : stats;
}
