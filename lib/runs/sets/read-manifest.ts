import { CloudError } from '../../kernel/errors.ts';
import { classifyObsError } from '../../migrations/classify-obs-error.ts';
import type { AllServices } from '../../ports/services.ts';
import type { SetObject } from '../ledger/set-log.ts';
import { MAX_MANIFEST_BYTES, ManifestError, parseManifest } from './parse-manifest.ts';
import { type SetScope, setName } from './set-work.ts';

/**
 * Reads the keys listed in the marker of a set. A string says why they can't be read now.
 *
 * @throws {ManifestError} when the manifest is invalid
 */
export async function readManifest(
  scope: SetScope,
  { key }: Pick<SetObject, 'key'>,
  services: Pick<AllServices, 'obs'>,
): Promise<string[] | string> {
  const what = `${setName(scope)}${key.slice(scope.prefix.length)}`;
  try {
    const read = await (await services.obs()).readStart(scope.trigger.bucket, key, MAX_MANIFEST_BYTES);
    if (read.size > MAX_MANIFEST_BYTES)
      throw new ManifestError(`it has ${read.size} bytes; the maximum is ${MAX_MANIFEST_BYTES}`);
    return parseManifest(read.start, scope);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const { message } = classifyObsError(error, scope.trigger.bucket, key);
    return `its manifest ${what} could not be read: ${message} (obs:object:GetObject is needed)`;
  }
}
