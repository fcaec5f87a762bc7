import { CloudError } from '../../kernel/errors.ts';

const GATEWAY_CODE = /^APIGW?\./;

export interface AbsentCondition {
  /** The service's codes for "not found". */
  readonly codes: readonly string[];
  /**
   * Whether every 404 of the service itself means "not found". A 404 of the gateway means that the address is wrong, and one without a code may
   * come from anywhere.
   * @default false
   */
  readonly any404?: boolean;
}

/** The result of a call; `undefined` when the service reports that the resource does not exist. @throws all other errors of the call */
export async function unlessAbsent<T>(
  call: Promise<T>,
  { codes, any404 = false }: AbsentCondition,
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CloudError && error.outcome === 'rejected' && error.cloudCode !== undefined) {
      if (codes.includes(error.cloudCode)) return undefined;
      if (any404 && error.status === 404 && !GATEWAY_CODE.test(error.cloudCode)) return undefined;
    }
    throw error;
  }
}
