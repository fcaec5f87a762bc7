import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';

/**
 * The operations of DCS that are needed, over the official core, for when the generated client is not to be had. Same names, same request
 * shape, same paths (generated `DcsClient`, 3.1.209).
 */
export class ThinDcsClient {
  readonly #client: HcClient;

  constructor(client: HcClient) {
    this.#client = client;
  }

  createMigrationTask(request: { readonly body: object }): Promise<object> {
    return this.#post('/v2/{project_id}/migration-task', request.body);
  }

  createOnlineMigrationTask(request: { readonly body: object }): Promise<object> {
    return this.#post('/v2/{project_id}/migration/instance', request.body);
  }

  listMigrationTask(request: {
    readonly offset: number;
    readonly limit: number;
    readonly name: string;
  }): Promise<object> {
    const { offset, limit, name } = request;
    return this.#client.sendRequest({
      method: 'GET',
      url: '/v2/{project_id}/migration-tasks',
      contentType: 'application/json',
      queryParams: { offset, limit, name },
      pathParams: {},
      headers: {},
    });
  }

  #post(url: string, data: object): Promise<object> {
    return this.#client.sendRequest({
      method: 'POST',
      url,
      contentType: 'application/json',
      queryParams: {},
      pathParams: {},
      headers: {},
      data,
    });
  }
}
