import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import type { Answered, Call, SdkClient } from './sdk-client.ts';

export type ClientCall<Client> = Omit<Call<object>, 'use'> & {
  /** Sends one request through the service's client, and no more. */
  readonly send: (client: Client) => Promise<object>;
};

/** Makes calls through a service's client, whose class is loaded by the first one. */
export function makeClientCall<Client>(
  sdk: SdkClient,
  loadClient: () => Promise<new (client: HcClient) => Client>,
): (call: ClientCall<Client>) => Promise<Answered<object>> {
  return ({ send, ...call }) => sdk.call({ ...call, use: async (hc) => send(new (await loadClient())(hc)) });
}
