import { type Acl, aclContent, aclOfHeaders, ownersAcl, readAcl } from './acl.ts';
import { attributesIn } from './bucket.ts';
import { versionHeaders } from './object-attributes.ts';
import { type ObsCall, type ObsContext, type ObsResponse, versionIdOf } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { readBody } from './request-body.ts';
import { xmlDocument } from './xml.ts';
import { readXml } from './xml-reader.ts';

const ACL_BYTES = 64 * 1024;

/** "Configuring a Bucket ACL" (API reference obs_04_0030). */
export async function setBucketAcl({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { config } = obs.bucket(call.bucket);
  config.change({ acl: await sentAcl(call, 'bucket') });
  return { status: 200 };
}

/** "Obtaining Bucket ACL Information" (API reference obs_04_0031). */
export function getBucketAcl({ obs }: ObsContext, call: ObsCall): ObsResponse {
  return { status: 200, body: aclDocument(obs.bucket(call.bucket).config.now.acl, call) };
}

/** "Configuring an Object ACL" (API reference obs_04_0089). */
export async function setObjectAcl({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  await obs.stat(call.bucket, call.key, versionIdOf(call));
  const acl = await sentAcl(call, 'object');
  const changed = await obs.setAttributes(call.bucket, call.key, versionIdOf(call), (object) => ({
    ...attributesIn(object),
    acl,
  }));
  return { status: 200, headers: versionHeaders(obs.bucket(call.bucket), call, changed) };
}

/** "Obtaining Object ACL Configuration" (API reference obs_04_0090). */
export async function getObjectAcl({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const object = await obs.stat(call.bucket, call.key, versionIdOf(call));
  return {
    status: 200,
    headers: versionHeaders(obs.bucket(call.bucket), call, object),
    body: aclDocument(object.acl, call),
  };
}

/** From a header or the body. */
async function sentAcl(call: ObsCall, scope: 'bucket' | 'object'): Promise<Acl> {
  const body = await readBody(call, ACL_BYTES);
  const named = aclOfHeaders(call);
  if (named !== undefined && body.length > 0)
    throw obsErrors.invalidRequest('An ACL can be specified in a header or in the body, not in both.');
  if (named !== undefined) return named;
  if (body.length === 0) throw obsErrors.missingRequestBody();
  return readAcl(readXml(body.toString('utf8'), 'AccessControlPolicy'), scope, call.account.domainId);
}

function aclDocument(acl: Acl | undefined, { account, dialect }: ObsCall): string {
  const content = aclContent(acl ?? ownersAcl(account.domainId), account.domainId, dialect);
  return xmlDocument('AccessControlPolicy', content);
}
