import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { isMissingPackage } from './is-missing-package.ts';
import { ThinDcsClient } from './thin-dcs-client.ts';

/** The part of the generated `DcsClient` that is used. Answers are plain JSON in snake_case, whatever the SDK's types say. */
export interface DcsClient {
  createMigrationTask(request: { readonly body: object }): Promise<object>;
  createOnlineMigrationTask(request: { readonly body: object }): Promise<object>;
  listMigrationTask(request: {
    readonly offset: number;
    readonly limit: number;
    readonly name: string;
  }): Promise<object>;
}

export type DcsClientClass = new (client: HcClient) => DcsClient;

/**
 * The generated client where `@huaweicloud/huaweicloud-sdk-dcs` is present, else the thin one. A bundler takes the package in when it is
 * there at build time, and leaves an import that fails, and is caught here, when it is not.
 */
export async function loadDcsClient(): Promise<DcsClientClass> {
  try {
    return (await import('@huaweicloud/huaweicloud-sdk-dcs/v2/public-api.js')).DcsClient;
  } catch (error) {
    if (isMissingPackage(error, '@huaweicloud/huaweicloud-sdk-dcs')) return ThinDcsClient;
    throw error;
  }
}
