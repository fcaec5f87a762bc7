/** An answer with an error status, thrown by whatever finds the reason. `body` is sent as it is. */
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

/** What the API gateway says before a service is reached. The body has `request_id` (API Request Signing Guide, api-sign-errorcode). */
export function gatewayRefusal(status: number, code: string, message: string, requestId: string): Refusal {
  return new Refusal(status, { error_msg: message, error_code: code, request_id: requestId });
}
