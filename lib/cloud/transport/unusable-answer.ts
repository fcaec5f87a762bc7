import type { CallCode } from '../../kernel/codes.ts';
import { CloudError } from '../../kernel/errors.ts';

/** The failure of a call that was answered with a success which lacks what the service documents: nobody knows what it means. */
export function unusableAnswer(
  service: string,
  operation: string,
  cloudCode: CallCode,
  cloudMessage: string,
  requestId?: string,
): CloudError {
  return new CloudError({
    service,
    operation,
    outcome: 'unknown',
    temporary: false,
    cloudCode,
    cloudMessage,
    ...(requestId !== undefined && { requestId }),
  });
}
