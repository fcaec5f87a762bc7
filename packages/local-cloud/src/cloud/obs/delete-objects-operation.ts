import type { ObsCall, ObsContext, ObsResponse } from './obs-call.ts';
import { ObsError, obsErrors } from './obs-error.ts';
import { readDocument, requireContentMd5 } from './request-body.ts';
import { type XmlItem, xmlDocument } from './xml.ts';
import { checkNames, childrenOf, requiredText, textOf } from './xml-reader.ts';

const MAX_OBJECTS = 1000;
const MAX_KEY_BYTES = 1024;
/** More than 1000 keys need. */
const REQUEST_BYTES = 8 * 1024 * 1024;

/** "Deleting Objects" (API reference obs_04_0086): an object that does not exist is deleted too. */
export async function deleteObjects(context: ObsContext, call: ObsCall): Promise<ObsResponse> {
  context.obs.bucket(call.bucket);
  requireContentMd5(call);
  const document = await readDocument(call, 'Delete', REQUEST_BYTES);
  checkNames(document, 'Quiet', 'EncodingType', 'Object');
  const encoding = textOf(document, 'EncodingType');
  const encode = encoding === 'url' ? encodeURIComponent : (text: string) => text;
  const decode = encoding === 'url' ? decodeURIComponent : (text: string) => text;
  const objects = childrenOf(document, 'Object').map((element) => {
    checkNames(element, 'Key', 'VersionId');
    return { key: decode(requiredText(element, 'Key')), versionId: textOf(element, 'VersionId') || undefined };
  });
  if (objects.length === 0 || objects.length > MAX_OBJECTS) throw obsErrors.malformedXml();
  if (objects.some(({ key }) => key === '' || Buffer.byteLength(key) > MAX_KEY_BYTES)) throw obsErrors.keyTooLong();

  const isQuiet = textOf(document, 'Quiet') === 'true';
  const results: XmlItem[] = [];
  for (const { key, versionId } of objects) {
    const result = await deleteOne(context, call, key, versionId, encode);
    if (!isQuiet || result[0] === 'Error') results.push(result);
  }
  const encodingType = encoding === 'url' ? [['EncodingType', 'url'] as const] : [];
  return { status: 200, body: xmlDocument('DeleteResult', [...encodingType, ...results]) };
}

async function deleteOne(
  { obs }: ObsContext,
  call: ObsCall,
  key: string,
  versionId: string | undefined,
  encode: (text: string) => string,
): Promise<XmlItem> {
  const named = [
    ['Key', encode(key)] as const,
    ...(versionId === undefined ? [] : [['VersionId', versionId] as const]),
  ];
  try {
    const removed = await obs.remove(call.bucket, key, versionId);
    const marker = removed?.isDeleteMarker
      ? ([
          ['DeleteMarker', true],
          ['DeleteMarkerVersionId', removed.versionId],
        ] as const)
      : [];
    return ['Deleted', [...named, ...marker]];
  } catch (error) {
    if (!(error instanceof ObsError)) throw error;
    return ['Error', [...named, ['Code', error.code], ['Message', error.message]]];
  }
}
