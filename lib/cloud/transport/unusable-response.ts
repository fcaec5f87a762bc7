import type { CallCode } from '../../kernel/codes.ts';
import { CloudError } from '../../kernel/errors.ts';

/** The failure of a call whose response is a success without the documented fields: its outcome is unknown. */
export function unusableResponse(
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
