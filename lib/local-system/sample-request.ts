import { createHmac, randomUUID } from 'node:crypto';
import type { Job, Jobs } from '../jobs/job.ts';
import type { SecretReference } from '../kernel/secret-reference.ts';
import { localName, localSigningSecret, localToken } from './local-secret.ts';

/** The object whose import a caller requests. No job watches its folder, unless it watches all folders. */
export const REQUESTED_KEY = 'requested/sample.rdb';

/** The bucket of that object: one that a job watches, if any. */
export function requestedBucket({ jobs }: Jobs): string {
  const buckets = [...jobs.values()].flatMap(({ on }) => on.object_created?.bucket ?? []);
  return buckets[0] ?? 'redis-backups';
}

/** Must the caller give the files of this job? */
export function needsRequestedFile({ on, fields }: Job): boolean {
  return (on.request?.accepts ?? []).includes('backup_files') && !('backup_files' in fields);
}

/** A body that the job accepts, with the files that it leaves to callers and the fields that its placeholders use. */
export function sampleBody(job: Job, jobs: Jobs): Record<string, unknown> {
  const texts = JSON.stringify(job.fields).matchAll(/\{\{\s*request\.body\.([A-Za-z0-9_-]+)\s*\}\}/g);
  const filledIn = Object.fromEntries([...texts].map(([, name = '']) => [name, 'sample']));
  if (!needsRequestedFile(job)) return filledIn;
  const files = [{ file_name: REQUESTED_KEY }];
  return {
    ...filledIn,
    backup_files: { file_source: 'self_build_obs', bucket_name: requestedBucket(jobs), files },
  };
}

/**
 * The credentials of a caller, made with the secrets of the local functions: a token, or a signature of this body (Standard Webhooks).
 *
 * @param id the message id, if it is signed
 */
export function sampleCredentials(
  { on }: Job,
  body: string,
  now: Date,
  id = `msg_${randomUUID()}`,
): Record<string, string> {
  const auth = on.request?.auth;
  if (typeof auth !== 'object') return {};
  if ('bearer' in auth) return { authorization: `Bearer ${localToken(nameOfFirst(auth.bearer))}` };
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(localSigningSecret(nameOfFirst(auth.standard_webhooks)).replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** Does this job require signed requests rather than a token? */
export function isSigned({ on }: Job): boolean {
  const auth = on.request?.auth;
  return typeof auth === 'object' && 'standard_webhooks' in auth;
}

function nameOfFirst([first]: readonly SecretReference[]): string {
  return first ? localName(first) : '';
}
