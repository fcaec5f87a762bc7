import type { DcsFollow, DcsJob, DcsTaskStats } from '../../ports/dcs.ts';
import { checkPathId } from '../transport/check-path-id.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { textOf } from '../transport/read-answer.ts';
import { fieldsOf, numberOf, objectsOf, withoutAbsent } from '../transport/read-fields.ts';
import { type Answered, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableAnswer } from '../transport/unusable-answer.ts';
import type { DcsOptions } from './dcs.ts';
import { loadDcsClient } from './dcs-client.ts';
import { listDcsTasks } from './list-dcs-tasks.ts';

const LOG_ROWS = 100;
/** A task that has more errors than this has said what is wrong. */
const MAX_LOG_PAGES = 10;
const MAX_MESSAGES = 20;
/** The task is unknown or deleted ("Instance job is not found"; not in the error table, but on the wire). */
const NO_TASK = { codes: ['DCS.4133', '111400133'] };
/** The task is gone, or is in a state without figures (DCS.4957). */
const NO_STATS = { codes: [...NO_TASK.codes, 'DCS.4957', '111400957'] };

/**
 * What happens to a DCS migration task after it was created, over the official SDK.
 *
 * The answers of some of these calls hold the instances' passwords in clear text (example of StopMigrationTask and ShowMigrationTask): only
 * the fields that are returned are kept.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or project id are malformed
 */
export function makeDcsFollow(options: DcsOptions): DcsFollow {
  const sdk = makeSdkClient('DCS', options, { projectId: options.projectId });
  const dcs = makeClientCalls('DCS', sdk, options.loadClient ?? loadDcsClient);

  const logPage = async (taskId: string, offset: number) => {
    const operation = 'ListMigrationTaskLogs';
    const query = { offset, limit: LOG_ROWS, log_level: 'ERROR' };
    const answered = await unlessAbsent(
      dcs.one('read', operation, taskId, (client, task_id) => client.listMigrationTaskLogs({ task_id, ...query })),
      NO_TASK,
    );
    if (answered === undefined) return { rows: [], total: 0, redact: (text: string) => text };
    const fields = fieldsOf(answered.answer);
    const rows = objectsOf(fields['migration_logs']);
    if (rows === undefined) {
      const message = 'the answer has no list migration_logs';
      throw unusableAnswer('DCS', operation, 'not_a_list', message, answered.requestId);
    }
    return { rows, total: numberOf(fields['log_num']), redact: answered.redact };
  };

  return {
    listAllMigrationTasks: () => listDcsTasks(dcs),

    async setOnlineMigrationTask(taskId, body) {
      const operation = 'SetOnlineMigrationTask';
      const task_id = checkPathId('DCS', operation, taskId);
      const { answer, requestId, redact } = await dcs.change(operation, taskId, body, (client, plain) =>
        client.setOnlineMigrationTask({ task_id, body: plain }),
      );
      const fields = fieldsOf(answer);
      const error = textOf(fields['error']);
      // It may have been started all the same: the task's own status tells.
      if (error !== undefined) {
        throw unusableAnswer('DCS', operation, 'task_error', redact(error), requestId);
      }
      const status = textOf(fields['status']);
      return status === undefined ? {} : { status: redact(status) };
    },

    async showJob(jobId) {
      return readJob(await dcs.one('read', 'ShowJobInfo', jobId, (client, job_id) => client.showJobInfo({ job_id })));
    },

    async showStats(taskId) {
      const answered = await unlessAbsent(
        dcs.one('read', 'ShowMigrationTaskStats', taskId, (client, task_id) =>
          client.showMigrationTaskStats({ task_id }),
        ),
        NO_STATS,
      );
      return answered && readStats(answered);
    },

    async listErrorLogs(taskId) {
      const entries: { readonly at: string; readonly message: string }[] = [];
      // Their order is not documented: the newest may be on the last page.
      for (let offset = 0, pages = 0; pages < MAX_LOG_PAGES; pages++) {
        const { rows, total, redact } = await logPage(taskId, offset);
        for (const { created_at, message } of rows) {
          const text = textOf(message);
          if (text !== undefined) entries.push({ at: textOf(created_at) ?? '', message: redact(text) });
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

function readJob({ answer, requestId, redact }: Answered<object>): DcsJob {
  const fields = fieldsOf(answer);
  const status = textOf(fields['status']);
  if (status === undefined) {
    throw unusableAnswer('DCS', 'ShowJobInfo', 'no_status', 'the answer has no status', requestId);
  }
  const failReason = textOf(fields['fail_reason']);
  return withoutAbsent({ status, failReason: failReason === undefined ? undefined : redact(failReason) });
}

function readStats({ answer }: Answered<object>): DcsTaskStats | undefined {
  const fields = fieldsOf(answer);
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
