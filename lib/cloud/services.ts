import type { CloudParts } from '../invocation.ts';
import type { DcsService, Services, SmsService } from '../migrations/services.ts';
import { dcsEndpoint, smsEndpoint } from './endpoints.ts';

/** The services of one invocation. A function that needs only one of them loads only that one. */
export function makeServices({ settings, region, credentials, projectId, remainingMs }: CloudParts): Services {
  let dcs: Promise<DcsService> | undefined;
  let sms: Promise<SmsService> | undefined;
  return {
    dcs: () => {
      dcs ??= import('./dcs.ts').then(({ makeDcsService }) =>
        makeDcsService({
          endpoint: dcsEndpoint(region, settings.HUAWEICLOUD_DCS_ENDPOINT),
          credentials: credentials(),
          projectId: projectId(),
          remainingMs,
        }),
      );
      return dcs;
    },
    sms: () => {
      const domainId = settings.HUAWEICLOUD_DOMAIN_ID;
      sms ??= import('./sms.ts').then(({ makeSmsService }) =>
        makeSmsService({
          endpoint: smsEndpoint(region, settings.HUAWEICLOUD_SMS_ENDPOINT),
          credentials: credentials(),
          ...(domainId ? { domainId } : {}),
          remainingMs,
        }),
      );
      return sms;
    },
  };
}
