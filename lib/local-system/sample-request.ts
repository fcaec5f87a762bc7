import { createHmac, randomUUID } from 'node:crypto';
import type { GlancedJob, JobsGlance } from './jobs-glance.ts';
import { localSecret, localSigningSecret } from './local-secret.ts';

/** The object of which a caller asks the import. No job watches its folder, unless it watches all. */
export const REQUESTED_KEY = 'asked-for/sample.rdb';

/** The bucket of that object: one that a job watches, if there is one. */
export function requestedBucket({ jobs }: Pick<JobsGlance, 'jobs'>): string {
  return jobs.find((job) => job.objectCreated)?.objectCreated?.bucket ?? 'redis-backups';
}

/** Does a caller have to name the files of this job? */
export function needsRequestedFile({ request, action }: GlancedJob): boolean {
  return (request?.accepts ?? []).includes('backup_files') && !('backup_files' in action);
}

/** A body that the job takes: with the files that it leaves to callers, and the fields that its texts are filled in from. */
export function sampleBody(job: GlancedJob, glance: Pick<JobsGlance, 'jobs'>): Record<string, unknown> {
  const texts = JSON.stringify(job.action).matchAll(/\{\{\s*request\.body\.([A-Za-z0-9_-]+)\s*\}\}/g);
  const filledIn = Object.fromEntries([...texts].map(([, name = '']) => [name, 'sample']));
  if (!needsRequestedFile(job)) return filledIn;
  const files = [{ file_name: REQUESTED_KEY }];
  return {
    ...filledIn,
    backup_files: { file_source: 'self_build_obs', bucket_name: requestedBucket(glance), files },
  };
}

/**
 * What a caller shows of itself, with the secrets of the local functions: a token, or a signature of this body (Standard Webhooks).
 *
 * @param id of the message, where it is signed
 */
export function sampleCredentials(
  { request }: GlancedJob,
  body: string,
  now: Date,
  id = `msg_${randomUUID()}`,
): Record<string, string> {
  if (request?.bearer !== undefined) return { authorization: `Bearer ${localSecret(request.bearer)}` };
  if (request?.signing === undefined) return {};
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(localSigningSecret(request.signing).replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
