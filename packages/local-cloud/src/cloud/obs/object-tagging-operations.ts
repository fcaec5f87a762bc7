import { attributesIn } from './bucket.ts';
import { versionHeaders } from './object-attributes.ts';
import { type ObsCall, type ObsContext, type ObsResponse, versionIdOf } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { readDocument } from './request-body.ts';
import { readTagging, type Tag, taggingContent } from './tags.ts';
import { xmlDocument } from './xml.ts';

/** "Adding Object Tags" (API reference obs_04_0172). */
export async function setObjectTagging(context: ObsContext, call: ObsCall): Promise<ObsResponse> {
  checkSupported(context, call);
  const tags = readTagging(await readDocument(call, 'Tagging'), 'object');
  return { status: 200, headers: await change(context, call, tags) };
}

/** "Obtaining Object Tags" (API reference obs_04_0164). */
export async function getObjectTagging(context: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { obs } = context;
  checkSupported(context, call);
  const object = await obs.stat(call.bucket, call.key, versionIdOf(call));
  if (!object.tags?.length) throw obsErrors.noSuchConfiguration('NoSuchTagSet');
  return {
    status: 200,
    headers: versionHeaders(obs.bucket(call.bucket), call, object),
    body: xmlDocument('Tagging', taggingContent(object.tags)),
  };
}

/** "Deleting Object Tags" (API reference obs_04_0165): 204 also if there are none. */
export async function deleteObjectTagging(context: ObsContext, call: ObsCall): Promise<ObsResponse> {
  checkSupported(context, call);
  return { status: 204, headers: await change(context, call, undefined) };
}

async function change({ obs }: ObsContext, call: ObsCall, tags: readonly Tag[] | undefined) {
  const changed = await obs.setAttributes(call.bucket, call.key, versionIdOf(call), (object) => ({
    ...attributesIn(object),
    tags,
  }));
  return versionHeaders(obs.bucket(call.bucket), call, changed);
}

/** Files of a parallel file system have no tags. */
function checkSupported({ obs }: ObsContext, { bucket }: ObsCall): void {
  if (obs.bucket(bucket).config.now.parallelFileSystem) throw obsErrors.fsNotSupport();
}
