import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { checkPathId } from './check-path-id.ts';
import type { CallResult, SdkCall, SdkClient } from './sdk-client.ts';
import { sendChange } from './send-change.ts';

type Send<Client> = (client: Client) => Promise<object>;

type ClientCall<Client> = Omit<SdkCall<object>, 'use'> & {
  /** Sends exactly one request through the service's client. */
  readonly send: Send<Client>;
};

/** Options of a call on one resource. */
type CallOneOptions = Pick<SdkCall<object>, 'mayBeEmpty' | 'exactNumbers'>;

/** Calls to one service through its client. Each rejects as `SdkClient.call` does. */
export interface ClientCalls<Client> {
  call(call: ClientCall<Client>): Promise<CallResult<object>>;
  /** A call on the resource whose ID is part of the path. Also rejects as `checkPathId` throws. */
  one(
    kind: SdkCall<object>['kind'],
    operation: string,
    id: string,
    send: (client: Client, id: string) => Promise<object>,
    options?: CallOneOptions,
  ): Promise<CallResult<object>>;
  /** Sends a body that may contain secrets, for `resource`; see `sendChange`. */
  change(
    operation: string,
    resource: string | undefined,
    body: Readonly<Record<string, unknown>>,
    send: (client: Client, body: object) => Promise<object>,
  ): Promise<CallResult<object>>;
}

/** Makes calls through a service's client. The first call loads its class. */
export function makeClientCalls<Client>(
  service: string,
  sdk: SdkClient,
  loadClient: () => Promise<new (client: HcClient) => Client>,
): ClientCalls<Client> {
  const through = (send: Send<Client>) => async (hc: HcClient) => send(new (await loadClient())(hc));
  const call = ({ send, ...rest }: ClientCall<Client>) => sdk.call({ ...rest, use: through(send) });
  return {
    call,
    async one(kind, operation, id, send, options) {
      const checked = checkPathId(service, operation, id);
      return call({ operation, kind, resource: id, ...options, send: (client) => send(client, checked) });
    },
    change: (operation, resource, body, send) =>
      sendChange({
        service,
        operation,
        body,
        resource,
        sdk,
        send: (hc, plain) => through((client) => send(client, plain))(hc),
      }),
  };
}
