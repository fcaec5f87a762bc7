import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { isMissingPackage } from '../transport/is-missing-package.ts';
import { ThinDcsClient } from './thin-dcs-client.ts';

/** The methods of the generated `DcsClient` that are used. Responses are plain JSON in snake_case, whatever the SDK's types say. */
export type DcsClient = Pick<ThinDcsClient, keyof ThinDcsClient>;

export type DcsClientClass = new (client: HcClient) => DcsClient;

/**
 * The generated client if `@huaweicloud/huaweicloud-sdk-dcs` is installed, otherwise the thin one. A bundler includes the package if it is
 * installed at build time; otherwise it leaves an import that fails, which is caught here.
 */
export function loadDcsClient(): Promise<DcsClientClass> {
  chosen ??= choose();
  return chosen;
}

/** Chosen once, because a failing import is slow every time. */
let chosen: Promise<DcsClientClass> | undefined;

async function choose(): Promise<DcsClientClass> {
  try {
    return (await import('@huaweicloud/huaweicloud-sdk-dcs/v2/public-api.js')).DcsClient;
  } catch (error) {
    if (isMissingPackage(error, '@huaweicloud/huaweicloud-sdk-dcs')) return ThinDcsClient;
    throw error;
  }
}
