import type { SmsFollow, SmsTaskDetail } from '../../ports/sms.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { textOf } from '../transport/read-answer.ts';
import { fieldsOf, numberOf, objectsOf, withoutAbsent } from '../transport/read-fields.ts';
import { type Answered, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableAnswer } from '../transport/unusable-answer.ts';
import { listSmsTasks } from './list-sms-tasks.ts';
import type { SmsOptions } from './sms.ts';
import { loadSmsClient } from './sms-client.ts';

type Fields = Readonly<Record<string, unknown>>;

const NO_TASK = { codes: ['SMS.7703'], or404: true };

/**
 * What happens to an SMS task after it was created, over the official SDK.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or domain id are malformed
 */
export function makeSmsFollow(options: SmsOptions): SmsFollow {
  const sdk = makeSdkClient('SMS', options, options.domainId === undefined ? {} : { domainId: options.domainId });
  const sms = makeClientCalls('SMS', sdk, options.loadClient ?? loadSmsClient);

  return {
    listAllTasks: () => listSmsTasks(sms),

    async showTask(id) {
      const answered = await unlessAbsent(
        sms.one('read', 'ShowTask', id, (client, task_id) => client.showTask({ task_id })),
        NO_TASK,
      );
      return answered && readTask(answered);
    },

    async updateTaskStatus(id, operation) {
      await sms.one(
        'change',
        'UpdateTaskStatus',
        id,
        (client, task_id) => client.updateTaskStatus({ task_id, body: { operation } }),
        // Its answer has no fields (UpdateTaskStatusResponse, SDK 3.1.209).
        { mayBeEmpty: true },
      );
    },
  };
}

function readTask({ answer, requestId, redact }: Answered<object>): SmsTaskDetail {
  const fields = fieldsOf(answer);
  const id = textOf(fields['id']);
  const state = textOf(fields['state']);
  if (id === undefined || state === undefined) {
    throw unusableAnswer('SMS', 'ShowTask', 'no_task', 'the answer has no id or no state', requestId);
  }
  const current = currentSubtask(objectsOf(fields['sub_tasks']) ?? []);
  const progress = numberOf(current['progress']);
  return withoutAbsent({
    id,
    name: textOf(fields['name']) ?? '',
    state,
    subtask: textOf(current['name']),
    // Values above 100 were reported; they say nothing.
    progress: progress !== undefined && progress >= 0 && progress <= 100 ? progress : undefined,
    remainingSeconds: numberOf(fields['remain_seconds']),
    speedMbps: numberOf(fields['migrate_speed']),
    error: readError(fields['error_json'], redact),
  });
}

/** The first that has begun and is not complete; else the last that has begun; else the first. Empty when there is none. */
function currentSubtask(subtasks: readonly Fields[]): Fields {
  const begun = subtasks.filter(({ start_date, progress }) => numberOf(start_date) || numberOf(progress));
  return begun.find(({ progress }) => (numberOf(progress) ?? 0) < 100) ?? begun.at(-1) ?? subtasks[0] ?? {};
}

/** JSON inside a text: `{"error_code": ..., "error_msg": ..., "error_param": [...]}`. What is no such JSON is the message. */
function readError(value: unknown, redact: (text: string) => string): SmsTaskDetail['error'] {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const fields = fieldsOf(parse(text));
  const code = textOf(fields['error_code']);
  const message = textOf(fields['error_msg']);
  const given = fields['error_param'];
  const params = (Array.isArray(given) ? given : [given]).flatMap((param) =>
    typeof param === 'string' || typeof param === 'number' ? [redact(String(param))] : [],
  );
  if (code === undefined && message === undefined && params.length === 0) {
    return /^[\s{}[\]]*$|^null$/.test(text) ? undefined : { message: redact(text) };
  }
  return withoutAbsent({
    code: code === undefined ? undefined : redact(code),
    message: message === undefined ? undefined : redact(message),
    params: params.length === 0 ? undefined : params,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
