import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { isMissingPackage } from '../transport/is-missing-package.ts';
import { ThinSmsClient } from './thin-sms-client.ts';

/** The methods of the generated `SmsClient` that are used. Responses are plain JSON in snake_case, whatever the SDK's types say. */
export type SmsClient = Pick<ThinSmsClient, keyof ThinSmsClient>;

export type SmsClientClass = new (client: HcClient) => SmsClient;

/**
 * The generated client if `@huaweicloud/huaweicloud-sdk-sms` is installed, otherwise the thin one. A bundler includes the package if it is
 * installed at build time; otherwise it leaves an import that fails, which is caught here.
 */
export function loadSmsClient(): Promise<SmsClientClass> {
  chosen ??= choose();
  return chosen;
}

/** Chosen once, because a failing import is slow every time. */
let chosen: Promise<SmsClientClass> | undefined;

async function choose(): Promise<SmsClientClass> {
  try {
    return (await import('@huaweicloud/huaweicloud-sdk-sms/v3/public-api.js')).SmsClient;
  } catch (error) {
    if (isMissingPackage(error, '@huaweicloud/huaweicloud-sdk-sms')) return ThinSmsClient;
    throw error;
  }
}
