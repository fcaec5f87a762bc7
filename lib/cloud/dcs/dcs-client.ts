import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { isMissingPackage } from '../transport/is-missing-package.ts';
import { ThinDcsClient } from './thin-dcs-client.ts';

/** The part of the generated `DcsClient` that is used. Answers are plain JSON in snake_case, whatever the SDK's types say. */
export interface DcsClient {
  createMigrationTask(request: { readonly body: object }): Promise<object>;
  createOnlineMigrationTask(request: { readonly body: object }): Promise<object>;
  setOnlineMigrationTask(request: { readonly task_id: string; readonly body: object }): Promise<object>;
  listMigrationTask(request: {
    readonly offset: number;
    readonly limit: number;
    readonly name?: string;
  }): Promise<object>;
  showMigrationTaskStats(request: { readonly task_id: string }): Promise<object>;
  listMigrationTaskLogs(request: {
    readonly task_id: string;
    readonly offset: number;
    readonly limit: number;
    readonly log_level: string;
  }): Promise<object>;
  stopMigrationTask(request: { readonly task_id: string }): Promise<object>;
  deleteMigrationTask(request: { readonly body: object }): Promise<object>;
  showJobInfo(request: { readonly job_id: string }): Promise<object>;
  showInstance(request: { readonly instance_id: string }): Promise<object>;
  listBackupRecords(request: {
    readonly instance_id: string;
    readonly offset: number;
    readonly limit: number;
  }): Promise<object>;
  copyInstance(request: { readonly instance_id: string; readonly body: object }): Promise<object>;
}

export type DcsClientClass = new (client: HcClient) => DcsClient;

/**
 * The generated client where `@huaweicloud/huaweicloud-sdk-dcs` is present, else the thin one. A bundler takes the package in when it is
 * there at build time, and leaves an import that fails, and is caught here, when it is not.
 */
export function loadDcsClient(): Promise<DcsClientClass> {
  chosen ??= choose();
  return chosen;
}

/** Chosen once: an import that fails is as slow each time. */
let chosen: Promise<DcsClientClass> | undefined;

async function choose(): Promise<DcsClientClass> {
  try {
    return (await import('@huaweicloud/huaweicloud-sdk-dcs/v2/public-api.js')).DcsClient;
  } catch (error) {
    if (isMissingPackage(error, '@huaweicloud/huaweicloud-sdk-dcs')) return ThinDcsClient;
    throw error;
  }
}
