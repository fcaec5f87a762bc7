import { ServiceError } from '../service-error.ts';

/** Codes, statuses and messages are from the error table (FunctionGraph API reference, "Error Codes", ErrorCode). */
export function functionGraphError(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { error_code: code, error_msg: message });
}

export const errors = {
  invalid: (what: string) => functionGraphError(400, 'FSS.0400', `Invalid parameter. ${what}`),
  forbidden: (what: string) => functionGraphError(403, 'FSS.0403', `Forbidden. ${what}`),
  notJson: () => functionGraphError(406, 'FSS.0406', 'Not acceptable. The request body is not in JSON format.'),
  noAsyncConfig: () =>
    functionGraphError(
      404,
      'FSS.0404',
      'The specified resource was not found. The function has no asynchronous settings.',
    ),
  noLog: () =>
    functionGraphError(404, 'FSS.0404', 'The specified resource was not found. LTS is not enabled for the function.'),
  sameCode: () => functionGraphError(409, 'FSS.0409', 'The specified resource already exists. The code is unchanged.'),
  precondition: (what: string) => functionGraphError(428, 'FSS.0428', `The preconditions have not been met. ${what}`),
  internal: (message: string) => functionGraphError(500, 'FSS.0500', `Internal server error. ${message}`.trim()),
  badUrn: () => functionGraphError(400, 'FSS.1309', 'Invalid function URN.'),
  badQuery: (what: string) => functionGraphError(400, 'FSS.1001', `Invalid query parameter. ${what}`),
  badHandler: (what: string) => functionGraphError(400, 'FSS.1003', `Invalid function handler. ${what}`),
  badRuntime: (what: string) => functionGraphError(400, 'FSS.1005', `Invalid runtime. ${what}`),
  badName: (what: string) => functionGraphError(400, 'FSS.1002', `Invalid function name. ${what}`),
  badCodeType: (what: string) => functionGraphError(400, 'FSS.1006', `Invalid function code entry mode. ${what}`),
  badUserData: (what: string) => functionGraphError(400, 'FSS.1009', `Invalid function UserData. ${what}`),
  badUrl: (what: string) => functionGraphError(400, 'FSS.1010', `Invalid URL. ${what}`),
  badCode: (what: string) => functionGraphError(400, 'FSS.1011', `Invalid function code. ${what}`),
  noCode: () => functionGraphError(400, 'FSS.1012', 'The function code must be configured.'),
  badFileName: (what: string) => functionGraphError(400, 'FSS.1013', `Invalid file type. ${what}`),
  badAlias: (what: string) => functionGraphError(400, 'FSS.1014', `Invalid function alias. ${what}`),
  badVersion: (what: string) => functionGraphError(400, 'FSS.1015', `Invalid function version. ${what}`),
  notChanged: () =>
    functionGraphError(
      400,
      'FSS.1016',
      'The function cannot be published because no changes have been made since last publication.',
    ),
  badDependency: (what: string) => functionGraphError(400, 'FSS.1024', `Invalid dependency. ${what}`),
  badDependencyType: () => functionGraphError(400, 'FSS.1032', 'Invalid dependency type.'),
  dependencyInUse: () => functionGraphError(412, 'FSS.1033', 'The dependency is currently in use.'),
  unknownDependency: () => functionGraphError(404, 'FSS.1056', 'The dependency does not exist.'),
  dependencyExists: () => functionGraphError(409, 'FSS.1065', 'The dependency already exists.'),
  tooManyEvents: () =>
    functionGraphError(
      403,
      'FSS.1068',
      'The number of events configured for the function exceeds the maximum allowed limit.',
    ),
  eventTooLarge: () => functionGraphError(403, 'FSS.1069', 'The size of EventData exceeds 4 KB.'),
  unknownEvent: () => functionGraphError(404, 'FSS.1070', 'The event cannot be found.'),
  eventExists: () => functionGraphError(403, 'FSS.1073', 'The function event already exists.'),
  badEvent: (what: string) => functionGraphError(400, 'FSS.1074', `The event field is invalid. ${what}`),
  tooManyVariables: () =>
    functionGraphError(
      400,
      'FSS.1017',
      'The number of items in the UserData field exceeds the maximum allowed limit (20).',
    ),
  userDataTooLong: () =>
    functionGraphError(
      400,
      'FSS.1018',
      'The total size of the UserData field exceeds the maximum allowed limit (4 KB).',
    ),
  tooManyFunctions: () =>
    functionGraphError(403, 'FSS.1041', 'The number of functions exceeds the maximum allowed limit.'),
  tooManyAliases: () => functionGraphError(403, 'FSS.1043', 'The number of aliases exceeds the maximum allowed limit.'),
  unknownFunction: () => functionGraphError(404, 'FSS.1051', 'The function does not exist.'),
  unknownVersion: () => functionGraphError(404, 'FSS.1052', 'The version does not exist.'),
  unknownAlias: () => functionGraphError(404, 'FSS.1053', 'The alias does not exist.'),
  unknownPackage: () => functionGraphError(404, 'FSS.1054', 'The function app does not exist in OBS.'),
  functionExists: () => functionGraphError(409, 'FSS.1061', 'The function already exists.'),
  versionExists: () => functionGraphError(409, 'FSS.1062', 'The version already exists.'),
  aliasExists: () => functionGraphError(409, 'FSS.1063', 'The alias already exists.'),
  versionAliased: () => functionGraphError(409, 'FSS.1066', 'The version is already in use by another alias.'),
  codeTooLarge: (limit: string) =>
    functionGraphError(
      413,
      'FSS.1071',
      `The size of the code package to be uploaded exceeds the maximum allowed limit (${limit}).`,
    ),
  inlineTooLarge: () =>
    functionGraphError(413, 'FSS.1072', 'The size of the inline code exceeds the maximum allowed limit (10 KB).'),
  badAdditionalVersion: (what: string) =>
    functionGraphError(400, 'FSS.1091', `The additional version is invalid. ${what}`),
  badWeight: () => functionGraphError(400, 'FSS.1092', 'The weight of the additional version is invalid.'),
  sameAdditionalVersion: () =>
    functionGraphError(400, 'FSS.1093', 'The major version and the additional version cannot be the same.'),
  additionalVersionInUse: () =>
    functionGraphError(
      403,
      'FSS.1094',
      'The version cannot be deleted because it has been used as the additional version of an alias.',
    ),
  badTriggerType: (what: string) => functionGraphError(400, 'FSS.1101', `Invalid trigger type. ${what}`),
  badSmnTrigger: (what: string) => functionGraphError(400, 'FSS.1102', `Invalid SMN trigger parameters. ${what}`),
  badObsTrigger: (what: string) => functionGraphError(400, 'FSS.1106', `Invalid OBS trigger parameters. ${what}`),
  badApigTrigger: (what: string) => functionGraphError(400, 'FSS.1107', `Invalid APIG trigger parameters. ${what}`),
  overlappingRule: () =>
    functionGraphError(
      403,
      'FSS.1108',
      'The bucket configuration of the current trigger conflicts with that of an existing OBS trigger.',
    ),
  badTimerTrigger: (what: string) => functionGraphError(400, 'FSS.1109', `Invalid timer trigger parameters. ${what}`),
  unknownTrigger: () => functionGraphError(404, 'FSS.1131', 'The trigger does not exist.'),
  unknownSmnTrigger: () => functionGraphError(404, 'FSS.1132', 'The SMN trigger does not exist. View the SMN console.'),
  unknownObsTrigger: () => functionGraphError(404, 'FSS.1136', 'The OBS trigger does not exist.'),
  unknownApigTrigger: () => functionGraphError(404, 'FSS.1138', 'The APIG trigger does not exist.'),
  unknownTimerTrigger: () => functionGraphError(404, 'FSS.1140', 'The timer trigger does not exist.'),
  smnTriggerExists: () => functionGraphError(409, 'FSS.1141', 'The SMN trigger already exists.'),
  obsTriggerExists: () => functionGraphError(409, 'FSS.1145', 'The OBS trigger already exists.'),
  apigTriggerExists: () => functionGraphError(409, 'FSS.1146', 'The APIG trigger already exists.'),
  requestPathExists: () => functionGraphError(409, 'FSS.1147', 'The request path already exists.'),
  timerTriggerExists: () => functionGraphError(409, 'FSS.1148', 'The timer trigger already exists.'),
  foreignBucket: () => functionGraphError(406, 'FSS.1151', 'The OBS bucket is in a different region.'),
  aliasHasTriggers: () =>
    functionGraphError(403, 'FSS.1154', 'Aliases of a function bound with triggers cannot be deleted.'),
  unknownTopic: () =>
    functionGraphError(404, 'FSS.1171', 'The SMN topic does not exist. Create one on the SMN console.'),
  requestTooLarge: () => functionGraphError(413, 'FSS.1201', 'The request body is too large.'),
  tooManyTriggers: () =>
    functionGraphError(400, 'FSS.1306', 'The number of triggers exceeds the maximum allowed limit.'),
  triggerNameTaken: () => functionGraphError(400, 'FSS.1307', 'The trigger name already exists.'),
  tooManyVersions: () =>
    functionGraphError(400, 'FSS.1313', 'The number of operation resources has reached the maximum allowed limit.'),
  badTriggerStatus: (what: string) => functionGraphError(400, 'FSS.1318', `Invalid trigger operation. ${what}`),
} as const;
