import type { LocalCloud } from './cloud/local-cloud.ts';

/** The variables with the endpoints of the local services, for functions: their keys are not valid anywhere else. */
export function endpoints({ url, obsUrl }: Pick<LocalCloud, 'url' | 'obsUrl'>): Readonly<Record<string, string>> {
  return {
    HUAWEICLOUD_DCS_ENDPOINT: url,
    HUAWEICLOUD_SMS_ENDPOINT: url,
    HUAWEICLOUD_CSMS_ENDPOINT: url,
    HUAWEICLOUD_ECS_ENDPOINT: url,
    HUAWEICLOUD_IAM_ENDPOINT: url,
    HUAWEICLOUD_SMN_ENDPOINT: url,
    HUAWEICLOUD_CES_ENDPOINT: url,
    HUAWEICLOUD_OBS_ENDPOINT: obsUrl,
  };
}
