import { Refusal } from '../refusal.ts';

/** A refusal of IAM: `{error: {code, message, title}}` is its old form, this is the one of the v3 operations behind the gateway. */
export function iamRefusal(status: number, code: string, message: string): Refusal {
  return new Refusal(status, { error_code: code, error_msg: message });
}
