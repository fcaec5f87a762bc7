import { ServiceError } from '../service-error.ts';

/** Codes and statuses are from the error table of the API reference (ErrorCode). For 403 its example has the status as the code. */
const cesError = (status: number, code: string, message: string): ServiceError =>
  new ServiceError(status, { error_code: code, error_msg: message });

export const errors = {
  empty: () => cesError(400, 'ces.0001', 'The content must be specified.'),
  notJson: () => cesError(400, 'ces.0011', 'The request is invalid.'),
  badQuery: (field: string, problem: string) =>
    cesError(400, 'ces.0013', `The URL parameter is invalid or does not exist. ${field}: ${problem}`),
  badBody: (field: string, problem: string) =>
    cesError(400, 'ces.0014', `Some content in message body is not correct. ${field}: ${problem}`),
  systemMetric: () => cesError(403, 'ces.0009', 'Adding SYS metric is not allowed'),
  unknown: () => cesError(404, 'ces.0016', 'The requested resource does not exist.'),
  forbidden: (what: string) => cesError(403, '403', `Policy doesn't allow [${what}] to be performed`),
  internal: (message: string) => cesError(500, 'ces.0007', `Internal service error. ${message}`.trim()),
};
