import { CloudError } from '../../kernel/errors.ts';

const GATEWAY_CODE = /^APIGW?\./;

export interface AbsentWhen {
  /** The service's codes that say so. */
  readonly codes: readonly string[];
  /**
   * Does every 404 of the service itself say so? One of the gateway says that the address is wrong, and one without a code may come from
   * anybody.
   * @default false
   */
  readonly or404?: boolean;
}

/** The result of a call; `undefined` when the service answered that what it is about does not exist. @throws what the call throws else */
export async function unlessAbsent<T>(call: Promise<T>, { codes, or404 = false }: AbsentWhen): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CloudError && error.outcome === 'rejected' && error.cloudCode !== undefined) {
      if (codes.includes(error.cloudCode)) return undefined;
      if (or404 && error.status === 404 && !GATEWAY_CODE.test(error.cloudCode)) return undefined;
    }
    throw error;
  }
}
