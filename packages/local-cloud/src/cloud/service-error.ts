/** An error response of a service, thrown where the error is found. `body` is sent unchanged. */
export class ServiceError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(`${status} ${String(body['error_code'])}: ${String(body['error_msg'])}`);
    this.name = 'ServiceError';
    this.status = status;
    this.body = body;
  }
}

/** An error of the API gateway, returned before a service is reached. The body has `request_id` (API Request Signing Guide, api-sign-errorcode). */
export function apiGatewayError(status: number, code: string, message: string, requestId: string): ServiceError {
  return new ServiceError(status, { error_msg: message, error_code: code, request_id: requestId });
}
