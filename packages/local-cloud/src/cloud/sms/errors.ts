import { ServiceError } from '../service-error.ts';

/** An error of SMS. Nearly all have status 400 (SMS API reference, "Error Codes"). */
function smsError(
  status: number,
  code: string,
  message: string,
  extra: Readonly<Record<string, unknown>> = {},
): ServiceError {
  return new ServiceError(status, { error_code: code, error_msg: message, ...extra });
}

/** Fields with their own error codes, seen by callers but not in the official table. */
const FIELD_CODES: Readonly<Record<string, string>> = {
  'source_server.id': 'SMS.6030',
  target_server: 'SMS.6031',
  'target_server.vm_id': 'SMS.6032',
  'target_server.disks': 'SMS.6033',
  os_type: 'SMS.6601',
  name: 'SMS.7711',
  type: 'SMS.7712',
};

/** A field that violates the API page's tables. `error_param` and `details` name it. */
export function invalidField(field: string, problem: string): ServiceError {
  const code = FIELD_CODES[field] ?? 'SMS.9001';
  const message = `Invalid parameter ${field}: ${problem}.`;
  return smsError(400, code, message, {
    error_param: [field],
    details: [{ error_code: code, error_msg: message }],
  });
}

/** A parameter of a query or of an operation without specific codes. */
export function invalidParameter(field: string, problem: string): ServiceError {
  const message = `Invalid parameter ${field}: ${problem}.`;
  return smsError(400, 'SMS.9001', message, {
    error_param: [field],
    details: [{ error_code: 'SMS.9001', error_msg: message }],
  });
}

/**
 * 9001 and 9004 are official, and so are the 0xxx codes of tasks. The others were seen by callers (field reports, TF pull request 3325); they are used
 * here so that callers must handle unknown codes.
 */
export const errors = {
  emptyBody: () => invalidParameter('body', 'is empty'),
  notJson: () => invalidParameter('body', 'is not in JSON format'),
  wrongMethod: undefined,
  forbidden: (operation: string) =>
    smsError(403, 'SMS.9004', 'The current account does not have the permission to execute the request.', {
      encoded_authorization_message: 'EXAMPLE-ENCODED-MESSAGE',
      error_param: [operation],
      details: [
        {
          error_code: 'SMS.9004',
          error_msg: `You do not have the permission ${operation.includes(':') ? operation : `sms:server:${operation}`}.`,
        },
      ],
    }),
  internal: (message: string) => smsError(500, 'SMS.0000', `Internal error. ${message}`.trim()),
  foreignCredentials: () =>
    smsError(400, 'Common.0013', 'The project or account of the request does not match the credentials.'),
  unknownSource: (id: string) => smsError(400, 'SMS.7602', 'The source server does not exist.', { error_param: [id] }),
  unknownTask: (id: string) => smsError(400, 'SMS.7703', 'The task does not exist.', { error_param: [id] }),
  sourceNotConnected: (id: string) =>
    smsError(400, 'SMS.6603', 'The source server is not connected.', { error_param: [id] }),
  sourceNotAvailable: (id: string, state: string) =>
    smsError(400, 'SMS.6520', `The source server is not available: it is ${state}.`, { error_param: [id] }),
  hasTask: (what: string, taskId: string) =>
    smsError(400, 'SMS.7605', `The ${what} server already belongs to a task.`, { error_param: [taskId] }),
  typeMismatch: () => smsError(400, 'SMS.6610', 'Windows servers can only be migrated with MIGRATE_BLOCK.'),
  osMismatch: (osType: string) =>
    smsError(400, 'SMS.6601', `The os_type is not that of the source server, ${osType}.`, {
      error_param: ['os_type'],
    }),
  diskIdMissing: () => smsError(400, 'SMS.6103', 'Missing diskId in disk node!', { error_param: ['disk_id'] }),
  volumeUnknown: (disk: string) =>
    smsError(400, 'SMS.6519', 'The target disk does not exist on the target server.', { error_param: [disk] }),
  volumeSmall: (disk: string) =>
    smsError(400, 'SMS.6539', 'The target disk is smaller than the source disk.', { error_param: [disk] }),
  unknownTemplate: (id: string) => smsError(400, 'SMS.7101', 'The template does not exist.', { error_param: [id] }),
  templateInUse: (id: string, taskId: string) =>
    smsError(400, 'SMS.7111', 'The template is being used by a task.', { error_param: [id, taskId] }),
  taskRunning: (id: string) =>
    smsError(400, 'SMS.7719', 'The task is running and cannot be deleted.', { error_param: [id] }),
} as const;
