import { createHash } from 'node:crypto';
import { md5Matches } from './content-md5.ts';
import type { ObsCall } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { readXml, type XmlElement } from './xml-reader.ts';

/** The limit of a bucket's configuration (API reference obs_04_0115, EntityTooLarge). */
const CONFIG_BYTES = 20 * 1024;

/** The value of the Content-MD5 header. */
export function contentMd5({ headers }: ObsCall): string | undefined {
  const value = headers['content-md5'];
  return Array.isArray(value) ? value[0] : value;
}

/** The whole body. @throws {ObsError} 400 EntityTooLarge, BadDigest, InvalidDigest */
export async function readBody(call: ObsCall, maxBytes = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of call.body) {
    size += chunk.length;
    if (size > maxBytes) throw obsErrors.entityTooLarge();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const md5 = contentMd5(call);
  if (md5 !== undefined && !md5Matches(md5, createHash('md5').update(body).digest('hex'))) throw obsErrors.badDigest();
  return body;
}

/** The body as a document with this root element. @throws {ObsError} 400 MissingRequestBodyError, MalformedXML, and those of `readBody` */
export async function readDocument(call: ObsCall, rootName: string, maxBytes = CONFIG_BYTES): Promise<XmlElement> {
  const body = await readBody(call, maxBytes);
  if (body.length === 0) throw obsErrors.missingRequestBody();
  return readXml(body.toString('utf8'), rootName);
}

/** @throws {ObsError} 400 MissingRequiredHeader for an operation that requires Content-MD5 */
export function requireContentMd5(call: ObsCall): void {
  if (contentMd5(call) === undefined) throw obsErrors.missingRequiredHeader('Content-MD5');
}
