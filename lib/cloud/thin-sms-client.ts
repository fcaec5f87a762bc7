import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';

/**
 * The operations of SMS that are needed, over the official core, for when the generated client is not to be had. Same names, same request
 * shape, same paths (generated `SmsClient`, 3.1.209).
 */
export class ThinSmsClient {
  readonly #client: HcClient;

  constructor(client: HcClient) {
    this.#client = client;
  }

  createTask(request: { readonly body: object }): Promise<object> {
    return this.#client.sendRequest({
      method: 'POST',
      url: '/v3/tasks',
      contentType: 'application/json',
      queryParams: {},
      pathParams: {},
      headers: {},
      data: request.body,
    });
  }

  listTasks(request: {
    readonly source_server_id: string;
    readonly offset: number;
    readonly limit: number;
  }): Promise<object> {
    const { source_server_id, offset, limit } = request;
    return this.#client.sendRequest({
      method: 'GET',
      url: '/v3/tasks',
      contentType: 'application/json',
      queryParams: { source_server_id, offset, limit },
      pathParams: {},
      headers: {},
    });
  }
}
