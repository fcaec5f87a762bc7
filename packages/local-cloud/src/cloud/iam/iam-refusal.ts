import { Refusal } from '../refusal.ts';

/** An error of IAM in the format of the v3 operations behind the gateway; `{error: {code, message, title}}` is the old format. */
export function iamRefusal(status: number, code: string, message: string): Refusal {
  return new Refusal(status, { error_code: code, error_msg: message });
}
