import type { SmsService } from '../../ports/sms.ts';
import { PATH_ID } from '../transport/check-path-id.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { fieldsOf } from '../transport/read-fields.ts';
import { readCreatedTask, stringOf } from '../transport/read-response.ts';
import { type CloudOptions, makeSdkClient } from '../transport/sdk-client.ts';
import { listSmsTasks } from './list-sms-tasks.ts';
import { loadSmsClient, type SmsClientClass } from './sms-client.ts';

export interface SmsOptions extends CloudOptions {
  /** The account ID, sent as `X-Domain-Id`; without it the header is omitted. Whether the service needs it is unconfirmed. */
  readonly domainId?: string;
  /**
   * The client that makes the requests.
   * @default the generated client if it is installed, otherwise the thin one
   */
  readonly loadClient?: () => Promise<SmsClientClass>;
}

/**
 * SMS over the official SDK.
 *
 * Concurrent calls are not coordinated; the service allows one task per source server.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the domain ID is malformed
 */
export function makeSmsService(options: SmsOptions): SmsService {
  const sdk = makeSdkClient('SMS', options, options.domainId === undefined ? {} : { domainId: options.domainId });
  const sms = makeClientCalls('SMS', sdk, options.loadClient ?? loadSmsClient);

  return {
    createTask: async (body) => {
      const call = { service: 'SMS', operation: 'CreateTask' } as const;
      const source = stringOf(fieldsOf(body['source_server'])['id']);
      const result = await sms.change(call.operation, source, body, (client, plain) =>
        client.createTask({ body: plain }),
      );
      return readCreatedTask({ ...call, idField: 'id', idPattern: PATH_ID }, result);
    },

    listTasks: (sourceServerId) => listSmsTasks(sms, sourceServerId),
  };
}
