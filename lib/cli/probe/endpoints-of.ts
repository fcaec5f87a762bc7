import type { Settings } from '../../kernel/settings.ts';
import type { EndpointUse } from './probe-file.ts';
import type { ResponseSummary } from './seen-responses.ts';

const SERVICES = ['DCS', 'SMS', 'ECS', 'IAM'] as const;

/** Which endpoint of each service was used, and whether it answered. */
export function endpointsOf(responses: readonly ResponseSummary[], settings: Settings): EndpointUse[] {
  return SERVICES.map((service) => ({
    service,
    endpoint: settings[`HUAWEICLOUD_${service}_ENDPOINT`] === undefined ? 'default' : 'set',
    answered: responses.some((response) => response.service === service),
  }));
}
