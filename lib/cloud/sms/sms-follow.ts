import type { SmsFollow, SmsTaskDetail } from '../../ports/sms.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { fieldsOf, numberOf, objectsOf, withoutAbsent } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';
import { type CallResult, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableResponse } from '../transport/unusable-response.ts';
import { listSmsTasks } from './list-sms-tasks.ts';
import type { SmsOptions } from './sms.ts';
import { loadSmsClient } from './sms-client.ts';

type Fields = Readonly<Record<string, unknown>>;

const NO_TASK = { codes: ['SMS.7703'], any404: true };

/**
 * The operations on an SMS task after its creation, over the official SDK.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the domain ID is malformed
 */
export function makeSmsFollow(options: SmsOptions): SmsFollow {
  const sdk = makeSdkClient('SMS', options, options.domainId === undefined ? {} : { domainId: options.domainId });
  const sms = makeClientCalls('SMS', sdk, options.loadClient ?? loadSmsClient);

  return {
    listAllTasks: () => listSmsTasks(sms),

    async showTask(id) {
      const result = await unlessAbsent(
        sms.one('read', 'ShowTask', id, (client, task_id) => client.showTask({ task_id })),
        NO_TASK,
      );
      return result && readTask(result);
    },

    async updateTaskStatus(id, operation) {
      await sms.one(
        'change',
        'UpdateTaskStatus',
        id,
        (client, task_id) => client.updateTaskStatus({ task_id, body: { operation } }),
        // The response has no fields (UpdateTaskStatusResponse, SDK 3.1.209).
        { mayBeEmpty: true },
      );
    },
  };
}

function readTask({ response, requestId, redact }: CallResult<object>): SmsTaskDetail {
  const fields = fieldsOf(response);
  const id = stringOf(fields['id']);
  const state = stringOf(fields['state']);
  if (id === undefined || state === undefined) {
    throw unusableResponse('SMS', 'ShowTask', 'no_task', 'the response has no id or no state', requestId);
  }
  const current = currentSubtask(objectsOf(fields['sub_tasks']) ?? []);
  const progress = numberOf(current['progress']);
  return withoutAbsent({
    id,
    name: stringOf(fields['name']) ?? '',
    state,
    subtask: stringOf(current['name']),
    // Values above 100 have been seen; they are meaningless.
    progress: progress !== undefined && progress >= 0 && progress <= 100 ? progress : undefined,
    remainingSeconds: numberOf(fields['remain_seconds']),
    speedMbps: numberOf(fields['migrate_speed']),
    error: readError(fields['error_json'], redact),
  });
}

/** The first subtask that has started and is not complete; otherwise the last that has started; otherwise the first. Empty when there are none. */
function currentSubtask(subtasks: readonly Fields[]): Fields {
  const begun = subtasks.filter(({ start_date, progress }) => numberOf(start_date) || numberOf(progress));
  return begun.find(({ progress }) => (numberOf(progress) ?? 0) < 100) ?? begun.at(-1) ?? subtasks[0] ?? {};
}

/** JSON inside a string: `{"error_code": ..., "error_msg": ..., "error_param": [...]}`. Any other string is used as the message. */
function readError(value: unknown, redact: (text: string) => string): SmsTaskDetail['error'] {
  const text = stringOf(value);
  if (text === undefined) return undefined;
  const fields = fieldsOf(parse(text));
  const code = stringOf(fields['error_code']);
  const message = stringOf(fields['error_msg']);
  const rawParams = fields['error_param'];
  const params = (Array.isArray(rawParams) ? rawParams : [rawParams]).flatMap((param) =>
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
