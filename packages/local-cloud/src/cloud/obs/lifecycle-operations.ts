import { configured } from './bucket-config-operations.ts';
import { lifecycleContent, readLifecycle } from './lifecycle.ts';
import type { ObsCall, ObsContext, ObsResponse } from './obs-call.ts';
import { readDocument, requireContentMd5 } from './request-body.ts';
import { xmlDocument } from './xml.ts';

/** "Configuring Bucket Lifecycle Rules" (API reference obs_04_0034): replaces all rules. */
export async function setBucketLifecycle({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { config } = obs.bucket(call.bucket);
  requireContentMd5(call);
  config.change({ lifecycle: readLifecycle(await readDocument(call, 'LifecycleConfiguration')) });
  return { status: 200 };
}

/** "Obtaining Bucket Lifecycle Configuration" (API reference obs_04_0035). */
export function getBucketLifecycle({ obs }: ObsContext, { bucket, dialect }: ObsCall): ObsResponse {
  const rules = configured(obs.bucket(bucket).config, 'lifecycle', 'NoSuchLifecycleConfiguration');
  return { status: 200, body: xmlDocument('LifecycleConfiguration', lifecycleContent(rules, dialect)) };
}
