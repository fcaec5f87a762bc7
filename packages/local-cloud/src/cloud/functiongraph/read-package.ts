import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';

/**
 * Reads the package at `https://<bucket>.obs.<region>.<domain>/<key>`, or with the bucket as the first path segment if the host is an IP address.
 *
 * @returns undefined when the object does not exist
 * @throws {ServiceError} when it is not the URL of an object
 */
export async function readPackage(
  deps: Pick<FunctionGraphDeps, 'readObject'>,
  url: string,
): Promise<Buffer | undefined> {
  if (!URL.canParse(url)) throw errors.badUrl('A package in OBS requires the URL of an object.');
  const { hostname, pathname } = new URL(url);
  const parts = decodeURIComponent(pathname).slice(1).split('/');
  const bucket = /^[\d.]+$|^localhost$/.test(hostname) ? parts.shift() : hostname.split('.obs.')[0];
  if (bucket === undefined || bucket === hostname || parts.join('/') === '')
    throw errors.badUrl(`${url} is not the URL of an object.`);
  return deps.readObject(bucket, parts.join('/'));
}
