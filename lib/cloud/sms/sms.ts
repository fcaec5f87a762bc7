import type { SmsService } from '../../ports/sms.ts';
import { PATH_ID } from '../transport/check-path-id.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { readCreatedTask, textOf } from '../transport/read-answer.ts';
import { fieldsOf } from '../transport/read-fields.ts';
import { type CloudOptions, makeSdkClient } from '../transport/sdk-client.ts';
import { listSmsTasks } from './list-sms-tasks.ts';
import { loadSmsClient, type SmsClientClass } from './sms-client.ts';

export interface SmsOptions extends CloudOptions {
  /** The account's id, sent as `X-Domain-Id`; the header is left out without it. Whether the service needs it is unconfirmed. */
  readonly domainId?: string;
  /**
   * Which client makes the requests.
   * @default the generated one where it is installed, else the thin one
   */
  readonly loadClient?: () => Promise<SmsClientClass>;
}

/**
 * SMS over the official SDK.
 *
 * Two calls at once do not know of each other; the service allows one task per source server.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or domain id are malformed
 */
export function makeSmsService(options: SmsOptions): SmsService {
  const sdk = makeSdkClient('SMS', options, options.domainId === undefined ? {} : { domainId: options.domainId });
  const sms = makeClientCalls('SMS', sdk, options.loadClient ?? loadSmsClient);

  return {
    createTask: async (body) => {
      const call = { service: 'SMS', operation: 'CreateTask' } as const;
      const source = textOf(fieldsOf(body['source_server'])['id']);
      const answered = await sms.change(call.operation, source, body, (client, plain) =>
        client.createTask({ body: plain }),
      );
      return readCreatedTask({ ...call, idField: 'id', idPattern: PATH_ID }, answered);
    },

    listTasks: (sourceServerId) => listSmsTasks(sms, sourceServerId),
  };
}
