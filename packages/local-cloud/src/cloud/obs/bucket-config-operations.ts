import type { BucketConfig, StoredBucketConfig } from './bucket-config.ts';
import { readDefaultClass } from './bucket-operations.ts';
import { encryptionContent, readEncryption } from './encryption.ts';
import type { ObsCall, ObsContext, ObsResponse } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { readBody, readDocument, requireContentMd5 } from './request-body.ts';
import { storageClassName } from './storage-class.ts';
import { readTagging, taggingContent } from './tags.ts';
import { xmlDocument } from './xml.ts';
import { checkNames, requiredText } from './xml-reader.ts';

const POLICY_BYTES = 20 * 1024;

/** "Configuring Versioning for a Bucket" (API reference obs_04_0037). A folder keeps no versions. */
export async function setBucketVersioning({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { config, settings, hasVersions } = obs.bucket(call.bucket);
  const document = await readDocument(call, 'VersioningConfiguration');
  checkNames(document, 'Status');
  const status = requiredText(document, 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw obsErrors.malformedXml();
  if (!hasVersions) throw obsErrors.notImplemented();
  if (status === 'Suspended' && (settings.replication || settings.worm))
    throw obsErrors.invalidBucketState('Versioning cannot be suspended for this bucket.');
  config.change({ versioning: status });
  return { status: 200 };
}

/** "Obtaining Bucket Versioning Status" (API reference obs_04_0038): the status is missing if versioning was never enabled. */
export function getBucketVersioning({ obs }: ObsContext, { bucket }: ObsCall): ObsResponse {
  const { versioning } = obs.bucket(bucket).config.now;
  return { status: 200, body: xmlDocument('VersioningConfiguration', versioning ? [['Status', versioning]] : []) };
}

/** "Configuring Storage Class for a Bucket" (API reference obs_04_0044; `storagePolicy` in the S3 dialect: esdk-obs-nodejs 3.26.8). */
export async function setBucketStorageClass({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { config } = obs.bucket(call.bucket);
  const isPolicy = call.query.has('storagePolicy');
  const document = await readDocument(call, isPolicy ? 'StoragePolicy' : 'StorageClass');
  const name = isPolicy ? requiredText(document, 'DefaultStorageClass') : document.text;
  config.change({ storageClass: readDefaultClass(name.trim()) });
  return { status: 200 };
}

/** "Obtaining Bucket Storage Class Information" (API reference obs_04_0045). */
export function getBucketStorageClass({ obs }: ObsContext, { bucket, dialect, query }: ObsCall): ObsResponse {
  const name = storageClassName(obs.bucket(bucket).config.now.storageClass ?? 'STANDARD', dialect);
  const body = query.has('storagePolicy')
    ? xmlDocument('StoragePolicy', [['DefaultStorageClass', name]])
    : xmlDocument('StorageClass', name);
  return { status: 200, body };
}

/** "Configuring a Bucket Policy" (API reference obs_04_0027). The policy is stored and returned, but not enforced. */
export async function setBucketPolicy({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { config } = obs.bucket(call.bucket);
  const policy = (await readBody(call, POLICY_BYTES)).toString('utf8');
  checkPolicy(policy);
  config.change({ policy });
  return { status: 204 };
}

function checkPolicy(text: string): void {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw obsErrors.malformedPolicy('The policy is not valid JSON.');
  }
  const { Statement: statements } = (policy ?? {}) as { readonly Statement?: unknown };
  if (!Array.isArray(statements) || statements.length === 0)
    throw obsErrors.malformedPolicy('The policy must have a list of statements.');
  for (const statement of statements as readonly ({ readonly Effect?: unknown } | null)[])
    if (statement?.Effect !== 'Allow' && statement?.Effect !== 'Deny')
      throw obsErrors.malformedPolicy('The effect of a statement must be Allow or Deny.');
}

/** "Obtaining Bucket Policy Information" (API reference obs_04_0028). */
export function getBucketPolicy({ obs }: ObsContext, { bucket }: ObsCall): ObsResponse {
  const policy = configured(obs.bucket(bucket).config, 'policy', 'NoSuchBucketPolicy');
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: policy };
}

/** "Configuring Tags for a Bucket" (API reference obs_04_0049). */
export async function setBucketTagging({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { config } = obs.bucket(call.bucket);
  requireContentMd5(call);
  config.change({ tags: readTagging(await readDocument(call, 'Tagging'), 'bucket') });
  return { status: 204 };
}

/** "Obtaining Bucket Tags" (API reference obs_04_0050). */
export function getBucketTagging({ obs }: ObsContext, { bucket }: ObsCall): ObsResponse {
  const tags = configured(obs.bucket(bucket).config, 'tags', 'NoSuchTagSet');
  return { status: 200, body: xmlDocument('Tagging', taggingContent(tags)) };
}

/** "Configuring Bucket Encryption" (API reference obs_04_0062). */
export async function setBucketEncryption({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { config } = obs.bucket(call.bucket);
  config.change({ encryption: readEncryption(await readDocument(call, 'ServerSideEncryptionConfiguration')) });
  return { status: 200 };
}

/** "Obtaining Bucket Encryption Configuration" (API reference obs_04_0063). */
export function getBucketEncryption({ obs }: ObsContext, { bucket }: ObsCall): ObsResponse {
  const encryption = configured(obs.bucket(bucket).config, 'encryption', 'NoSuchEncryptionConfiguration');
  return { status: 200, body: xmlDocument('ServerSideEncryptionConfiguration', encryptionContent(encryption)) };
}

/** Operations that delete a part of the configuration: 204 also if there is nothing to delete. */
export function deleteConfig(name: keyof BucketConfig) {
  return ({ obs }: ObsContext, { bucket }: ObsCall): ObsResponse => {
    obs.bucket(bucket).config.change({ [name]: undefined });
    return { status: 204 };
  };
}

/** Operations that read a configuration that no bucket has, because nothing can set it. */
export function neverConfigured(code: string) {
  return ({ obs }: ObsContext, { bucket }: ObsCall): ObsResponse => {
    obs.bucket(bucket);
    throw obsErrors.noSuchConfiguration(code);
  };
}

/** "Obtaining a Bucket Logging Configuration" (API reference obs_04_0033): no bucket has one. */
export function getBucketLogging({ obs }: ObsContext, { bucket }: ObsCall): ObsResponse {
  obs.bucket(bucket);
  return { status: 200, body: xmlDocument('BucketLoggingStatus', []) };
}

/** "Obtaining the Requester-Pays Configuration of a Bucket" (API reference obs_04_0069): the owner pays. */
export function getBucketRequestPayment({ obs }: ObsContext, { bucket }: ObsCall): ObsResponse {
  obs.bucket(bucket);
  return { status: 200, body: xmlDocument('RequestPaymentConfiguration', [['Payer', 'BucketOwner']]) };
}

/** A part of the configuration. @throws {ObsError} 404 with this code if it is not configured */
export function configured<Name extends keyof BucketConfig>(
  config: StoredBucketConfig,
  name: Name,
  code: string,
): NonNullable<BucketConfig[Name]> {
  const value = config.now[name];
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0))
    throw obsErrors.noSuchConfiguration(code);
  return value;
}
