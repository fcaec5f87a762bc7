import type { Attributes, StoredObject } from './bucket.ts';
import { attributeHeaders, attributesOf, quotedETag, versionHeaders } from './object-attributes.ts';
import { type ObsCall, type ObsContext, type ObsResponse, prefixedHeader, versionIdOf } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';

/** "Modifying Object Metadata" (API reference obs_04_0091): the content and its time stay, and no event is documented. */
export async function setObjectMetadata({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const directive = prefixedHeader(call, 'metadata-directive');
  if (directive !== 'REPLACE' && directive !== 'REPLACE_NEW')
    throw obsErrors.invalidArgument('The metadata directive must be REPLACE or REPLACE_NEW.');
  const sent = attributesOf(call);
  if (directive === 'REPLACE' && sent.storageClass !== undefined)
    throw obsErrors.invalidArgument('The storage class can only be changed with REPLACE_NEW.');
  const changed = await obs.setAttributes(call.bucket, call.key, versionIdOf(call), (object) =>
    directive === 'REPLACE' ? replaced(object, sent) : merged(object, sent),
  );
  const bucket = obs.bucket(call.bucket);
  return {
    status: 200,
    headers: {
      ETag: quotedETag(changed),
      'Last-Modified': new Date(changed.modifiedMs).toUTCString(),
      'Accept-Ranges': 'bytes',
      [`${call.dialect.headerPrefix}metadata-directive`]: directive,
      ...attributeHeaders(bucket, call, changed),
      ...versionHeaders(bucket, call, changed),
    },
  };
}

/** Everything but the storage class, the ACL and the tags, unless tags are sent. */
function replaced({ storageClass, acl, tags, restoration }: StoredObject, sent: Attributes): Attributes {
  return { ...sent, storageClass, acl, tags: sent.tags ?? tags, restoration };
}

/** Custom metadata is replaced as a whole; other fields if they are sent. */
function merged(object: StoredObject, sent: Attributes): Attributes {
  return {
    contentType: sent.contentType ?? object.contentType,
    metadata: Object.keys(sent.metadata).length > 0 ? sent.metadata : object.metadata,
    headers: { ...object.headers, ...sent.headers },
    storageClass: sent.storageClass ?? object.storageClass,
    tags: sent.tags ?? object.tags,
    acl: object.acl,
    restoration: object.restoration,
  };
}
