import { obsErrors } from './obs-error.ts';
import type { XmlContent } from './xml.ts';
import { checkNames, childOf, requiredText, textOf, type XmlElement } from './xml-reader.ts';

/** The default encryption of a bucket. It is stored and returned; objects are stored as they are. */
export interface Encryption {
  readonly algorithm: string;
  readonly keyId?: string;
  readonly projectId?: string;
}

/** `aws:kms` is the name in the dialect of S3. */
const ALGORITHMS = ['kms', 'aws:kms', 'AES256'];

/** Reads a ServerSideEncryptionConfiguration (API reference obs_04_0062). @throws {ObsError} 400 */
export function readEncryption(document: XmlElement): Encryption {
  checkNames(document, 'Rule');
  const rule = childOf(document, 'Rule');
  const settings = rule && childOf(rule, 'ApplyServerSideEncryptionByDefault');
  if (settings === undefined) throw obsErrors.malformedXml();
  checkNames(settings, 'SSEAlgorithm', 'KMSMasterKeyID', 'ProjectID');
  const algorithm = requiredText(settings, 'SSEAlgorithm');
  const keyId = textOf(settings, 'KMSMasterKeyID');
  const projectId = textOf(settings, 'ProjectID');
  if (!ALGORITHMS.includes(algorithm)) throw obsErrors.malformedXml();
  if (algorithm === 'AES256' && keyId !== undefined)
    throw obsErrors.invalidArgument('A key can only be specified for kms.');
  if (projectId !== undefined && keyId === undefined)
    throw obsErrors.invalidArgument('A project can only be specified with a key.');
  return {
    algorithm,
    ...(keyId === undefined ? {} : { keyId }),
    ...(projectId === undefined ? {} : { projectId }),
  };
}

export function encryptionContent({ algorithm, keyId, projectId }: Encryption): XmlContent {
  const settings: XmlContent = [
    ['SSEAlgorithm', algorithm],
    ...(keyId === undefined ? [] : [['KMSMasterKeyID', keyId] as const]),
    ...(projectId === undefined ? [] : [['ProjectID', projectId] as const]),
  ];
  return [['Rule', [['ApplyServerSideEncryptionByDefault', settings]]]];
}
