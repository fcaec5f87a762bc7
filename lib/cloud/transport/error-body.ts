import type { CloudErrorDetails } from '../../kernel/errors.ts';
import { asCloudCode } from './cloud-code.ts';
import { fieldsOf } from './read-fields.ts';
import type { Redact } from './redact.ts';

const CODE = /^[A-Za-z0-9_. -]{1,64}$/;
const MAX_PARAMS = 20;

/** The contents of an error response, redacted. */
export type ErrorBody = Pick<
  CloudErrorDetails,
  'cloudCode' | 'cloudMessage' | 'requestId' | 'params' | 'details' | 'encodedAuthorizationMessage'
>;

/**
 * Reads the error bodies of these services. Fields that are missing or of another type are left out; an unknown body gives an empty
 * object.
 *
 * - DCS: `{error_code, error_msg, error_ext_msg}` (API pages of 2024-11-06)
 * - SMS: `{error_code, error_msg, error_param, details, encoded_authorization_message}` (CreateTask, 2025-01-24)
 * - the gateway: `{error_code, error_msg, request_id}` (API Request Signing Guide, api-sign-errorcode)
 * - v1: `{error: {code, message}}`
 * - IAM: `{error: {code: 403, message, title: "Forbidden"}}` (terraform-provider-huaweicloud#1177); the code is the title, or else the number
 * - FunctionGraph: like DCS, with `details` as an object `{error_msg}` (opentelekomcloud provider #3426)
 * - CES API V1: `{http_code: "403", message: {code: "403", details}}` (ErrorCode)
 * - OpenStack, as in some ECS responses: `{itemNotFound: {code: 404, message}}`; the fault's name is the code
 */
export function readErrorBody(body: unknown, redact: Redact): ErrorBody {
  const outer = fieldsOf(body);
  const [fault, ...others] = Object.keys(outer);
  const isFault =
    fault !== undefined &&
    fault !== 'error' &&
    others.length === 0 &&
    typeof fieldsOf(outer[fault])['code'] === 'number';
  const inner = fieldsOf(outer[isFault ? fault : 'error']);
  const text = (...values: unknown[]) =>
    values.find((value) => typeof value === 'string' && value !== '') as string | undefined;
  const ofCes = fieldsOf(outer['message']);
  const numbered = typeof inner['code'] === 'number' ? [inner['title'], String(inner['code'])] : [];
  const code = [
    inner['code'],
    inner['error_code'],
    outer['error_code'],
    outer['code'],
    ofCes['code'],
    isFault && fault,
    ...numbered,
  ]
    .filter((value) => typeof value === 'string')
    .find((value) => CODE.test(value));
  const message = text(inner['message'], inner['error_msg'], outer['error_msg'], outer['message'], ofCes['details']);
  const requestId = text(outer['request_id'], inner['request_id']);
  const encoded = text(outer['encoded_authorization_message'], inner['encoded_authorization_message']);
  const params = asList(outer['error_param']).filter((param) => typeof param === 'string' || typeof param === 'number');
  const value = outer['details'] ?? inner['details'];
  const details = asList(Array.isArray(value) ? value : [value])
    .map((detail) => readDetail(detail, redact))
    .filter((detail) => Object.keys(detail).length > 0);

  return {
    ...(code !== undefined && { cloudCode: asCloudCode(redact(code)) }),
    ...(message !== undefined && { cloudMessage: redact(message) }),
    ...(requestId !== undefined && { requestId: redact(requestId, 64) }),
    ...(params.length > 0 && { params: params.map((param) => redact(String(param), 255)) }),
    ...(details.length > 0 && { details }),
    // Up to 65535 characters long, and useful only as a whole.
    ...(encoded !== undefined && { encodedAuthorizationMessage: redact(encoded, 65_535) }),
  };
}

function readDetail(value: unknown, redact: Redact) {
  const detail = fieldsOf(value);
  const code = detail['error_code'] ?? detail['code'];
  const message = typeof value === 'string' && value !== '' ? value : (detail['error_msg'] ?? detail['message']);
  return {
    ...(typeof code === 'string' && CODE.test(code) && { code: redact(code) }),
    ...(typeof message === 'string' && { message: redact(message) }),
  };
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_PARAMS) : [];
}
