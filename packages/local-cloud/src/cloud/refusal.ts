/** An error response of a service, thrown where the error is found. `body` is sent unchanged. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(`${status} ${String(body['error_code'])}: ${String(body['error_msg'])}`);
    this.name = 'Refusal';
    this.status = status;
    this.body = body;
  }
}

/** An error of the API gateway, returned before a service is reached. The body has `request_id` (API Request Signing Guide, api-sign-errorcode). */
export function gatewayRefusal(status: number, code: string, message: string, requestId: string): Refusal {
  return new Refusal(status, { error_msg: message, error_code: code, request_id: requestId });
}
