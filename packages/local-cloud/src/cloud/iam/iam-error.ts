import { ServiceError } from '../service-error.ts';

/** An error of IAM in the format of the v3 operations behind the gateway; `{error: {code, message, title}}` is the old format. */
export function iamError(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { error_code: code, error_msg: message });
}
