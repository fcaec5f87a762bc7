import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { checkPathId } from './check-path-id.ts';
import type { Answered, Call, SdkClient } from './sdk-client.ts';
import { sendChange } from './send-change.ts';

type Send<Client> = (client: Client) => Promise<object>;

type ClientCall<Client> = Omit<Call<object>, 'use'> & {
  /** Sends one request through the service's client, and no more. */
  readonly send: Send<Client>;
};

/** What else a call about one thing may say. */
type OneOptions = Pick<Call<object>, 'mayBeEmpty' | 'exactNumbers'>;

/** The calls of one service through its client. Each rejects as `SdkClient.call` does. */
export interface ClientCalls<Client> {
  call(call: ClientCall<Client>): Promise<Answered<object>>;
  /** A call about the one thing whose id is part of the path. Rejects also as `checkPathId` throws. */
  one(
    kind: Call<object>['kind'],
    operation: string,
    id: string,
    send: (client: Client, id: string) => Promise<object>,
    options?: OneOptions,
  ): Promise<Answered<object>>;
  /** Sends a body that may hold secrets, about `resource`; see `sendChange`. */
  change(
    operation: string,
    resource: string | undefined,
    body: Readonly<Record<string, unknown>>,
    send: (client: Client, body: object) => Promise<object>,
  ): Promise<Answered<object>>;
}

/** Makes calls through a service's client, whose class is loaded by the first one. */
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
