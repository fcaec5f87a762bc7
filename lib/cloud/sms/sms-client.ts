import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { isMissingPackage } from '../transport/is-missing-package.ts';
import { ThinSmsClient } from './thin-sms-client.ts';

/** The part of the generated `SmsClient` that is used. Answers are plain JSON in snake_case, whatever the SDK's types say. */
export type SmsClient = Pick<ThinSmsClient, keyof ThinSmsClient>;

export type SmsClientClass = new (client: HcClient) => SmsClient;

/**
 * The generated client where `@huaweicloud/huaweicloud-sdk-sms` is present, else the thin one. A bundler takes the package in when it is
 * there at build time, and leaves an import that fails, and is caught here, when it is not.
 */
export function loadSmsClient(): Promise<SmsClientClass> {
  chosen ??= choose();
  return chosen;
}

/** Chosen once: an import that fails is as slow each time. */
let chosen: Promise<SmsClientClass> | undefined;

async function choose(): Promise<SmsClientClass> {
  try {
    return (await import('@huaweicloud/huaweicloud-sdk-sms/v3/public-api.js')).SmsClient;
  } catch (error) {
    if (isMissingPackage(error, '@huaweicloud/huaweicloud-sdk-sms')) return ThinSmsClient;
    throw error;
  }
}
