import { Refusal } from '../refusal.ts';

/** An error of DCS: `error_ext_msg` is always null (API pages of the migration operations, 2024-11-06). */
export function dcsRefusal(status: number, code: string, message: string): Refusal {
  return new Refusal(status, { error_msg: message, error_code: code, error_ext_msg: null });
}

/** A parameter that violates the API page's table. */
export function invalidParameter(field: string, problem: string): Refusal {
  return dcsRefusal(400, 'DCS.4800', `Invalid parameter ${field} in the request: ${problem}.`);
}

/** The codes are from the error table (DCS API reference, appendix "Error Codes"), except DCS.4133, which was seen only in live calls. */
export const refusals = {
  emptyBody: () => dcsRefusal(400, 'DCS.4004', 'The request body is empty.'),
  notJson: () => dcsRefusal(400, 'DCS.4005', 'The request body is not in JSON format.'),
  wrongMethod: () => dcsRefusal(405, 'DCS.5001', 'This request method is not allowed.'),
  forbidden: (operation: string) =>
    dcsRefusal(403, 'DCS.2007', `The policy does not allow this operation to be performed: ${operation}.`),
  internal: (message: string) => dcsRefusal(500, 'DCS.5000', `Internal service error. ${message}`.trim()),
  badProjectId: () => dcsRefusal(400, 'DCS.4002', 'The project ID format is invalid.'),
  foreignProject: () => dcsRefusal(401, 'DCS.1004', 'The project ID in the request does not match the credentials.'),
  longDescription: () => dcsRefusal(400, 'DCS.4011', 'The description is longer than 1024 characters.'),
  badInstanceId: () => dcsRefusal(400, 'DCS.4061', 'The instance ID format is invalid.'),
  unknownInstance: () => dcsRefusal(404, 'DCS.3022', 'The DCS instance does not exist.'),
  jobRunning: () => dcsRefusal(400, 'DCS.4017', 'A job of this DCS instance is still running.'),
  passwordMissing: () => dcsRefusal(400, 'DCS.4845', 'The instance password is missing.'),
  passwordNotWanted: () => dcsRefusal(400, 'DCS.4850', 'The instance password is invalid: the instance has none.'),
  passwordWrong: () => dcsRefusal(400, 'DCS.4080', 'The instance password verification failed.'),
  backupNotUsable: () => dcsRefusal(400, 'DCS.4087', 'The backup record is not in a successful state.'),
  backupNotSupported: () => dcsRefusal(400, 'DCS.4095', 'This DCS instance does not support backup and restoration.'),
  backingUp: () => dcsRefusal(400, 'DCS.4096', 'The DCS instance is being backed up.'),
  unknownBackup: () => dcsRefusal(400, 'DCS.4031', 'The backup record does not exist.'),
  badVpc: () => dcsRefusal(400, 'DCS.4013', 'The VPC ID is invalid.'),
  badSecurityGroup: () => dcsRefusal(400, 'DCS.4014', 'The security group ID is invalid.'),
  badSubnet: () => dcsRefusal(400, 'DCS.4016', 'The subnet ID is invalid.'),
  badTaskId: () => dcsRefusal(400, 'DCS.4070', 'The task ID format is invalid.'),
  badBatchTaskId: () => dcsRefusal(400, 'DCS.4855', 'Invalid migration task id in the request.'),
  unknownTask: () => dcsRefusal(400, 'DCS.4133', 'Instance job is not found.'),
  taskState: (status: string) =>
    dcsRefusal(400, 'DCS.4957', `This operation is not allowed in the current task state ${status}.`),
} as const;
