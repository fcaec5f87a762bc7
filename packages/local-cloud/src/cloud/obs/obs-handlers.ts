import { getBucketAcl, getObjectAcl, setBucketAcl, setObjectAcl } from './acl-operations.ts';
import {
  deleteConfig,
  getBucketEncryption,
  getBucketLogging,
  getBucketPolicy,
  getBucketRequestPayment,
  getBucketStorageClass,
  getBucketTagging,
  getBucketVersioning,
  neverConfigured,
  setBucketEncryption,
  setBucketPolicy,
  setBucketStorageClass,
  setBucketTagging,
  setBucketVersioning,
} from './bucket-config-operations.ts';
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketQuota,
  getBucketStorageInfo,
  headBucket,
  listBuckets,
} from './bucket-operations.ts';
import { copyObject, copyPart } from './copy-operations.ts';
import { deleteObjects } from './delete-objects-operation.ts';
import { getBucketLifecycle, setBucketLifecycle } from './lifecycle-operations.ts';
import { listObjects, listObjectsV2, listVersions } from './list-operations.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  initiateMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
} from './multipart-operations.ts';
import { getBucketNotification, setBucketNotification } from './notification-operations.ts';
import { setObjectMetadata } from './object-metadata-operation.ts';
import { appendObject, deleteObject, getObject, headObject, putObject } from './object-operations.ts';
import { deleteObjectTagging, getObjectTagging, setObjectTagging } from './object-tagging-operations.ts';
import type { ObsHandler } from './obs-call.ts';
import type { ObsOperationName } from './obs-routes.ts';
import { restoreObject } from './restore-operation.ts';

/** The implementation of each operation. */
export const OBS_HANDLERS: Readonly<Record<ObsOperationName, ObsHandler>> = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketStorageInfo: getBucketStorageInfo,
  GetBucketQuota: getBucketQuota,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListVersions: listVersions,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,

  SetBucketAcl: setBucketAcl,
  GetBucketAcl: getBucketAcl,
  SetBucketPolicy: setBucketPolicy,
  GetBucketPolicy: getBucketPolicy,
  DeleteBucketPolicy: deleteConfig('policy'),
  SetBucketLifecycle: setBucketLifecycle,
  GetBucketLifecycle: getBucketLifecycle,
  DeleteBucketLifecycle: deleteConfig('lifecycle'),
  SetBucketVersioning: setBucketVersioning,
  GetBucketVersioning: getBucketVersioning,
  SetBucketNotification: setBucketNotification,
  GetBucketNotification: getBucketNotification,
  SetBucketStorageClass: setBucketStorageClass,
  GetBucketStorageClass: getBucketStorageClass,
  SetBucketTagging: setBucketTagging,
  GetBucketTagging: getBucketTagging,
  DeleteBucketTagging: deleteConfig('tags'),
  SetBucketEncryption: setBucketEncryption,
  GetBucketEncryption: getBucketEncryption,
  DeleteBucketEncryption: deleteConfig('encryption'),
  GetBucketLogging: getBucketLogging,
  GetBucketRequestPayment: getBucketRequestPayment,
  GetBucketWebsite: neverConfigured('NoSuchWebsiteConfiguration'),
  GetBucketCors: neverConfigured('NoSuchCORSConfiguration'),

  PutObject: putObject,
  CopyObject: copyObject,
  AppendObject: appendObject,
  GetObject: getObject,
  HeadObject: headObject,
  DeleteObject: deleteObject,
  RestoreObject: restoreObject,
  SetObjectMetadata: setObjectMetadata,
  SetObjectAcl: setObjectAcl,
  GetObjectAcl: getObjectAcl,
  SetObjectTagging: setObjectTagging,
  GetObjectTagging: getObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  InitiateMultipartUpload: initiateMultipartUpload,
  UploadPart: uploadPart,
  CopyPart: copyPart,
  ListParts: listParts,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
};
