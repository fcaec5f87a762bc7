import { ServiceError } from '../service-error.ts';

/** An error of DCS: `error_ext_msg` is always null (API pages of the migration operations, 2024-11-06). */
export function dcsError(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { error_msg: message, error_code: code, error_ext_msg: null });
}

/** A parameter that violates the API page's table. */
export function invalidParameter(field: string, problem: string): ServiceError {
  return dcsError(400, 'DCS.4800', `Invalid parameter ${field} in the request: ${problem}.`);
}

/**
 * The codes are from the error table (DCS API reference, appendix "Error Codes"), except DCS.4133, which was seen only in live calls, and DCS.4231 and
 * DCS.4232, which Terraform's client knows.
 */
export const errors = {
  emptyBody: () => dcsError(400, 'DCS.4004', 'The request body is empty.'),
  notJson: () => dcsError(400, 'DCS.4005', 'The request body is not in JSON format.'),
  wrongMethod: () => dcsError(405, 'DCS.5001', 'This request method is not allowed.'),
  forbidden: (operation: string) =>
    dcsError(403, 'DCS.2007', `The policy does not allow this operation to be performed: ${operation}.`),
  internal: (message: string) => dcsError(500, 'DCS.5000', `Internal service error. ${message}`.trim()),
  badProjectId: () => dcsError(400, 'DCS.4002', 'The project ID format is invalid.'),
  foreignProject: () => dcsError(401, 'DCS.1004', 'The project ID in the request does not match the credentials.'),
  longDescription: () => dcsError(400, 'DCS.4011', 'The description is longer than 1024 characters.'),
  badInstanceId: () => dcsError(400, 'DCS.4061', 'The instance ID format is invalid.'),
  unknownInstance: () => dcsError(404, 'DCS.3022', 'The DCS instance does not exist.'),
  jobRunning: () => dcsError(400, 'DCS.4017', 'A job of this DCS instance is still running.'),
  passwordMissing: () => dcsError(400, 'DCS.4845', 'The instance password is missing.'),
  passwordNotWanted: () => dcsError(400, 'DCS.4850', 'The instance password is invalid: the instance has none.'),
  passwordWrong: () => dcsError(400, 'DCS.4080', 'The instance password verification failed.'),
  backupNotUsable: () => dcsError(400, 'DCS.4087', 'The backup record is not in a successful state.'),
  backupNotSupported: () => dcsError(400, 'DCS.4095', 'This DCS instance does not support backup and restoration.'),
  backingUp: () => dcsError(400, 'DCS.4096', 'The DCS instance is being backed up.'),
  unknownBackup: () => dcsError(400, 'DCS.4031', 'The backup record does not exist.'),
  badVpc: () => dcsError(400, 'DCS.4013', 'The VPC ID is invalid.'),
  badSecurityGroup: () => dcsError(400, 'DCS.4014', 'The security group ID is invalid.'),
  badSubnet: () => dcsError(400, 'DCS.4016', 'The subnet ID is invalid.'),
  badTaskId: () => dcsError(400, 'DCS.4070', 'The task ID format is invalid.'),
  badBatchTaskId: () => dcsError(400, 'DCS.4855', 'Invalid migration task id in the request.'),
  unknownTask: () => dcsError(400, 'DCS.4133', 'Instance job is not found.'),
  unknownNode: () => dcsError(400, 'DCS.3053', 'Incorrect node ID.'),
  oldEngine: () => dcsError(400, 'DCS.4008', 'This operation is not supported by the engine version of the instance.'),
  typeNotSupported: (why: string) => dcsError(400, 'DCS.4007', `Instance type is not supported: ${why}.`),
  notNow: (why: string) =>
    dcsError(400, 'DCS.4026', `This operation is not allowed when the DCS instance is in the current state: ${why}.`),
  badAction: () => dcsError(400, 'DCS.4064', 'The action parameter must be restart, soft_restart or flush.'),
  noInstances: () => dcsError(400, 'DCS.4065', 'The instances parameter must not be null or left unspecified.'),
  tooManyInstances: () => dcsError(400, 'DCS.4100', 'The number of instance IDs must not exceed 50.'),
  analyzing: () => dcsError(400, 'DCS.4231', 'An offline key analysis of the DCS instance is running.'),
  unknownAnalysis: () => dcsError(400, 'DCS.4232', 'The offline key analysis task does not exist.'),
  taskState: (status: string) =>
    dcsError(400, 'DCS.4957', `This operation is not allowed in the current task state ${status}.`),
} as const;
