import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { isMissingPackage } from '../transport/is-missing-package.ts';
import { ThinDcsClient } from './thin-dcs-client.ts';

/** The part of the generated `DcsClient` that is used. Answers are plain JSON in snake_case, whatever the SDK's types say. */
export type DcsClient = Pick<ThinDcsClient, keyof ThinDcsClient>;

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
