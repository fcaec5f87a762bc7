import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { requestOf } from '../transport/request-of.ts';

/**
 * The SMS operations that are needed, over the official core, for use when the generated client is not installed. Same names, request shapes and
 * paths (generated `SmsClient`, 3.1.209).
 */
export class ThinSmsClient {
  readonly #client: HcClient;

  constructor(client: HcClient) {
    this.#client = client;
  }

  createTask({ body }: { readonly body: object }): Promise<object> {
    return this.#client.sendRequest(requestOf('POST', '/v3/tasks', { body }));
  }

  listTasks(query: {
    readonly source_server_id?: string;
    readonly offset: number;
    readonly limit: number;
  }): Promise<object> {
    return this.#client.sendRequest(requestOf('GET', '/v3/tasks', { query: { ...query } }));
  }

  showTask({ task_id }: { readonly task_id: string }): Promise<object> {
    return this.#client.sendRequest(requestOf('GET', '/v3/tasks/{task_id}', { path: { task_id } }));
  }

  updateTaskStatus({ task_id, body }: { readonly task_id: string; readonly body: object }): Promise<object> {
    return this.#client.sendRequest(requestOf('POST', '/v3/tasks/{task_id}/action', { path: { task_id }, body }));
  }

  showServer({ source_id }: { readonly source_id: string }): Promise<object> {
    return this.#client.sendRequest(requestOf('GET', '/v3/sources/{source_id}', { path: { source_id } }));
  }

  showTemplate({ id }: { readonly id: string }): Promise<object> {
    return this.#client.sendRequest(requestOf('GET', '/v3/vm/templates/{id}', { path: { id } }));
  }
}
