import { obsErrors } from './obs-error.ts';

/** Maximum difference between the request's time and the service's (API reference obs_04_0010, RequestTimeTooSkewed). */
const MAX_SKEW_MS = 15 * 60 * 1000;

/** Epoch ms of an RFC 1123 date or of the form 20260314T091500Z; NaN for anything else. */
export function readSignedTime(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return Date.parse(text);
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** @throws {ObsError} 403 for a time that is missing, invalid, or more than 15 minutes off */
export function checkSignedTime(text: string | undefined, prefix: string, now: number): void {
  const time = text === undefined ? Number.NaN : readSignedTime(text);
  if (Number.isNaN(time)) {
    throw obsErrors.accessDenied(`OBS authentication requires a valid Date or ${prefix}date header`);
  }
  if (Math.abs(now - time) > MAX_SKEW_MS) throw obsErrors.requestTimeTooSkewed();
}

/**
 * Checks the period in which a signed URL is valid.
 *
 * @param from epoch ms; -Infinity for a URL that has only an end
 * @throws {ObsError} 403 before and after it
 */
export function checkPeriod(from: number, until: number, now: number): void {
  if (now < from - MAX_SKEW_MS) throw obsErrors.accessDenied('Request is not valid yet');
  if (now > until) throw obsErrors.accessDenied('Request has expired');
}
