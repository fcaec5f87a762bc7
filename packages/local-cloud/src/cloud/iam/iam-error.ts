import { ServiceError } from '../service-error.ts';

/** An error of IAM in the format of the v3 operations behind the gateway; tokens have the old format. */
export function iamError(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { error_code: code, error_msg: message });
}

const TITLES = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' } as const;

/**
 * An error in the old format, which the operations on tokens have. Seen with statuses 401 and 403 (github opentelekomcloud/otc-tools#36 and
 * huaweicloud/terraform-provider-huaweicloud#1177); the pages list the statuses 400, 401, 403 and 404.
 */
export function keystoneError(status: keyof typeof TITLES, message: string): ServiceError {
  return new ServiceError(status, { error: { code: status, message, title: TITLES[status] } });
}
