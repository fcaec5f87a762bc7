import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { requestOf } from '../transport/request-of.ts';

/**
 * The DCS operations that are needed, over the official core, for use when the generated client is not installed. Same names, request shapes and
 * paths (generated `DcsClient`, 3.1.209).
 */
export class ThinDcsClient {
  readonly #client: HcClient;

  constructor(client: HcClient) {
    this.#client = client;
  }

  createMigrationTask({ body }: { readonly body: object }): Promise<object> {
    return this.#client.sendRequest(requestOf('POST', '/v2/{project_id}/migration-task', { body }));
  }

  createOnlineMigrationTask({ body }: { readonly body: object }): Promise<object> {
    return this.#client.sendRequest(requestOf('POST', '/v2/{project_id}/migration/instance', { body }));
  }

  setOnlineMigrationTask({ task_id, body }: { readonly task_id: string; readonly body: object }): Promise<object> {
    const url = '/v2/{project_id}/migration/{task_id}/task';
    return this.#client.sendRequest(requestOf('POST', url, { path: { task_id }, body }));
  }

  listMigrationTask(query: {
    readonly offset: number;
    readonly limit: number;
    readonly name?: string;
  }): Promise<object> {
    return this.#client.sendRequest(requestOf('GET', '/v2/{project_id}/migration-tasks', { query: { ...query } }));
  }

  showMigrationTaskStats({ task_id }: { readonly task_id: string }): Promise<object> {
    const url = '/v2/{project_id}/migration-task/{task_id}/stats';
    return this.#client.sendRequest(requestOf('GET', url, { path: { task_id } }));
  }

  listMigrationTaskLogs({
    task_id,
    ...query
  }: {
    readonly task_id: string;
    readonly offset: number;
    readonly limit: number;
    readonly log_level: string;
  }): Promise<object> {
    const url = '/v2/{project_id}/migration-task/{task_id}/logs';
    return this.#client.sendRequest(requestOf('GET', url, { path: { task_id }, query }));
  }

  stopMigrationTask({ task_id }: { readonly task_id: string }): Promise<object> {
    const url = '/v2/{project_id}/migration-task/{task_id}/stop';
    return this.#client.sendRequest(requestOf('POST', url, { path: { task_id } }));
  }

  deleteMigrationTask({ body }: { readonly body: object }): Promise<object> {
    return this.#client.sendRequest(requestOf('DELETE', '/v2/{project_id}/migration-tasks/delete', { body }));
  }

  showJobInfo({ job_id }: { readonly job_id: string }): Promise<object> {
    return this.#client.sendRequest(requestOf('GET', '/v2/{project_id}/jobs/{job_id}', { path: { job_id } }));
  }

  showInstance({ instance_id }: { readonly instance_id: string }): Promise<object> {
    const url = '/v2/{project_id}/instances/{instance_id}';
    return this.#client.sendRequest(requestOf('GET', url, { path: { instance_id } }));
  }

  listBackupRecords({
    instance_id,
    ...query
  }: {
    readonly instance_id: string;
    readonly offset: number;
    readonly limit: number;
  }): Promise<object> {
    const url = '/v2/{project_id}/instances/{instance_id}/backups';
    return this.#client.sendRequest(requestOf('GET', url, { path: { instance_id }, query }));
  }

  copyInstance({ instance_id, body }: { readonly instance_id: string; readonly body: object }): Promise<object> {
    const url = '/v2/{project_id}/instances/{instance_id}/backups';
    return this.#client.sendRequest(requestOf('POST', url, { path: { instance_id }, body }));
  }
}
