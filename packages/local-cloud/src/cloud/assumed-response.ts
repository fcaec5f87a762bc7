import type { Assumed } from './open-questions/assumptions.ts';
import type { BehaviorOf } from './open-questions/open-questions.ts';
import type { OperationResponse } from './operation.ts';
import type { ServiceError } from './service-error.ts';

type Shape = BehaviorOf<'error-body-500'> | BehaviorOf<'error-body-401'>;

/** The number in the gateway's code for a status, and IAM's title (API Request Signing Guide, api-sign-errorcode; IAM API reference). */
const CODES: Readonly<Record<number, { readonly number: string; readonly title: string }>> = {
  401: { number: '0301', title: 'Unauthorized' },
  403: { number: '0302', title: 'Forbidden' },
  404: { number: '0101', title: 'Not Found' },
  429: { number: '0308', title: 'Too Many Requests' },
};
const OTHER = { number: '0705', title: 'Internal Server Error' };

/** The body of an error response, in the shape that is assumed for its status. */
export function assumedErrorBody({ status, body }: ServiceError, assumed: Assumed, requestId: string): object {
  const message = String(body['error_msg'] ?? '');
  const { number, title } = CODES[status] ?? OTHER;
  const gateway = `APIGW.${number}`;
  switch (shapeFor(status, assumed)) {
    case 'documented':
      return body;
    case 'gateway':
      return { error_msg: message, error_code: gateway, request_id: requestId };
    case 'service':
      return { error_msg: message, error_code: gateway, error_ext_msg: null };
    case 'iam':
      return { error: { code: status, message, title } };
    case 'bare':
      return { message, request_id: requestId };
  }
}

function shapeFor(status: number, assumed: Assumed): Shape {
  if (status === 401) return assumed('error-body-401');
  if (status === 403) return assumed('error-body-403');
  if (status === 404) return assumed('error-body-404');
  if (status === 429) return assumed('error-body-429');
  return status >= 500 ? assumed('error-body-500') : 'documented';
}

/** A change's success that says nothing, with the status that is assumed. */
export function assumedSuccess(response: OperationResponse, method: string, assumed: Assumed): OperationResponse {
  const behavior = assumed('empty-success');
  const isEmpty = response.body === undefined || Object.keys(response.body as object).length === 0;
  if (behavior === 'as-documented' || !isEmpty || method === 'GET') return response;
  return behavior === 'no-content' ? { status: 204 } : { status: 200, body: {} };
}
