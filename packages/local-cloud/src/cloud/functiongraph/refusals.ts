import { Refusal } from '../refusal.ts';

/** Codes, statuses and messages are from the error table (FunctionGraph API reference, "Error Codes", ErrorCode). */
export function fssRefusal(status: number, code: string, message: string): Refusal {
  return new Refusal(status, { error_code: code, error_msg: message });
}

export const refusals = {
  invalid: (what: string) => fssRefusal(400, 'FSS.0400', `Invalid parameter. ${what}`),
  forbidden: (what: string) => fssRefusal(403, 'FSS.0403', `Forbidden. ${what}`),
  notJson: () => fssRefusal(406, 'FSS.0406', 'Not acceptable. The request body is not in JSON format.'),
  noAsyncConfig: () =>
    fssRefusal(404, 'FSS.0404', 'The specified resource was not found. The function has no asynchronous settings.'),
  noLog: () =>
    fssRefusal(404, 'FSS.0404', 'The specified resource was not found. LTS is not enabled for the function.'),
  sameCode: () => fssRefusal(409, 'FSS.0409', 'The specified resource already exists. The code is unchanged.'),
  precondition: (what: string) => fssRefusal(428, 'FSS.0428', `The preconditions have not been met. ${what}`),
  internal: (message: string) => fssRefusal(500, 'FSS.0500', `Internal server error. ${message}`.trim()),
  badUrn: () => fssRefusal(400, 'FSS.1309', 'Invalid function URN.'),
  badQuery: (what: string) => fssRefusal(400, 'FSS.1001', `Invalid query parameter. ${what}`),
  badHandler: (what: string) => fssRefusal(400, 'FSS.1003', `Invalid function handler. ${what}`),
  badRuntime: (what: string) => fssRefusal(400, 'FSS.1005', `Invalid runtime. ${what}`),
  badName: (what: string) => fssRefusal(400, 'FSS.1002', `Invalid function name. ${what}`),
  badCodeType: (what: string) => fssRefusal(400, 'FSS.1006', `Invalid function code entry mode. ${what}`),
  badUserData: (what: string) => fssRefusal(400, 'FSS.1009', `Invalid function UserData. ${what}`),
  badUrl: (what: string) => fssRefusal(400, 'FSS.1010', `Invalid URL. ${what}`),
  badCode: (what: string) => fssRefusal(400, 'FSS.1011', `Invalid function code. ${what}`),
  noCode: () => fssRefusal(400, 'FSS.1012', 'The function code must be configured.'),
  badFileName: (what: string) => fssRefusal(400, 'FSS.1013', `Invalid file type. ${what}`),
  badAlias: (what: string) => fssRefusal(400, 'FSS.1014', `Invalid function alias. ${what}`),
  badVersion: (what: string) => fssRefusal(400, 'FSS.1015', `Invalid function version. ${what}`),
  notChanged: () =>
    fssRefusal(
      400,
      'FSS.1016',
      'The function cannot be published because no changes have been made since last publication.',
    ),
  tooManyVariables: () =>
    fssRefusal(400, 'FSS.1017', 'The number of items in the UserData field exceeds the maximum allowed limit (20).'),
  userDataTooLong: () =>
    fssRefusal(400, 'FSS.1018', 'The total size of the UserData field exceeds the maximum allowed limit (4 KB).'),
  tooManyFunctions: () => fssRefusal(403, 'FSS.1041', 'The number of functions exceeds the maximum allowed limit.'),
  tooManyAliases: () => fssRefusal(403, 'FSS.1043', 'The number of aliases exceeds the maximum allowed limit.'),
  unknownFunction: () => fssRefusal(404, 'FSS.1051', 'The function does not exist.'),
  unknownVersion: () => fssRefusal(404, 'FSS.1052', 'The version does not exist.'),
  unknownAlias: () => fssRefusal(404, 'FSS.1053', 'The alias does not exist.'),
  unknownPackage: () => fssRefusal(404, 'FSS.1054', 'The function app does not exist in OBS.'),
  functionExists: () => fssRefusal(409, 'FSS.1061', 'The function already exists.'),
  versionExists: () => fssRefusal(409, 'FSS.1062', 'The version already exists.'),
  aliasExists: () => fssRefusal(409, 'FSS.1063', 'The alias already exists.'),
  versionAliased: () => fssRefusal(409, 'FSS.1066', 'The version is already in use by another alias.'),
  codeTooLarge: (limit: string) =>
    fssRefusal(
      413,
      'FSS.1071',
      `The size of the code package to be uploaded exceeds the maximum allowed limit (${limit}).`,
    ),
  inlineTooLarge: () =>
    fssRefusal(413, 'FSS.1072', 'The size of the inline code exceeds the maximum allowed limit (10 KB).'),
  badAdditionalVersion: (what: string) => fssRefusal(400, 'FSS.1091', `The additional version is invalid. ${what}`),
  badWeight: () => fssRefusal(400, 'FSS.1092', 'The weight of the additional version is invalid.'),
  sameAdditionalVersion: () =>
    fssRefusal(400, 'FSS.1093', 'The major version and the additional version cannot be the same.'),
  additionalVersionInUse: () =>
    fssRefusal(
      403,
      'FSS.1094',
      'The version cannot be deleted because it has been used as the additional version of an alias.',
    ),
  badTriggerType: (what: string) => fssRefusal(400, 'FSS.1101', `Invalid trigger type. ${what}`),
  badSmnTrigger: (what: string) => fssRefusal(400, 'FSS.1102', `Invalid SMN trigger parameters. ${what}`),
  badObsTrigger: (what: string) => fssRefusal(400, 'FSS.1106', `Invalid OBS trigger parameters. ${what}`),
  badApigTrigger: (what: string) => fssRefusal(400, 'FSS.1107', `Invalid APIG trigger parameters. ${what}`),
  overlappingRule: () =>
    fssRefusal(
      403,
      'FSS.1108',
      'The bucket configuration of the current trigger conflicts with that of an existing OBS trigger.',
    ),
  badTimerTrigger: (what: string) => fssRefusal(400, 'FSS.1109', `Invalid timer trigger parameters. ${what}`),
  unknownTrigger: () => fssRefusal(404, 'FSS.1131', 'The trigger does not exist.'),
  unknownSmnTrigger: () => fssRefusal(404, 'FSS.1132', 'The SMN trigger does not exist. View the SMN console.'),
  unknownObsTrigger: () => fssRefusal(404, 'FSS.1136', 'The OBS trigger does not exist.'),
  unknownApigTrigger: () => fssRefusal(404, 'FSS.1138', 'The APIG trigger does not exist.'),
  unknownTimerTrigger: () => fssRefusal(404, 'FSS.1140', 'The timer trigger does not exist.'),
  smnTriggerExists: () => fssRefusal(409, 'FSS.1141', 'The SMN trigger already exists.'),
  obsTriggerExists: () => fssRefusal(409, 'FSS.1145', 'The OBS trigger already exists.'),
  apigTriggerExists: () => fssRefusal(409, 'FSS.1146', 'The APIG trigger already exists.'),
  requestPathExists: () => fssRefusal(409, 'FSS.1147', 'The request path already exists.'),
  timerTriggerExists: () => fssRefusal(409, 'FSS.1148', 'The timer trigger already exists.'),
  foreignBucket: () => fssRefusal(406, 'FSS.1151', 'The OBS bucket is in a different region.'),
  aliasHasTriggers: () => fssRefusal(403, 'FSS.1154', 'Aliases of a function bound with triggers cannot be deleted.'),
  unknownTopic: () => fssRefusal(404, 'FSS.1171', 'The SMN topic does not exist. Create one on the SMN console.'),
  requestTooLarge: () => fssRefusal(413, 'FSS.1201', 'The request body is too large.'),
  tooManyTriggers: () => fssRefusal(400, 'FSS.1306', 'The number of triggers exceeds the maximum allowed limit.'),
  triggerNameTaken: () => fssRefusal(400, 'FSS.1307', 'The trigger name already exists.'),
  tooManyVersions: () =>
    fssRefusal(400, 'FSS.1313', 'The number of operation resources has reached the maximum allowed limit.'),
  badTriggerStatus: (what: string) => fssRefusal(400, 'FSS.1318', `Invalid trigger operation. ${what}`),
} as const;
