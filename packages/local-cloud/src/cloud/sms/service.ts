import type { Assumed } from '../open-questions/assumptions.ts';
import type { OperationCall, Service } from '../operation.ts';
import { apiGatewayError } from '../service-error.ts';
import { withAssumedResponse } from './assumed-responses.ts';
import { consistencyOperations } from './consistency-operations.ts';
import type { SmsDeps } from './deps.ts';
import { errors } from './errors.ts';
import { sourceOperations } from './source-operations.ts';
import { taskOperations } from './task-operations.ts';
import { taskSettingOperations } from './task-setting-operations.ts';
import { templateOperations } from './template-operations.ts';

/** The local SMS: tasks, source servers and templates. */
export function makeSmsService(deps: SmsDeps): Service {
  const operations = [
    ...taskOperations(deps),
    ...taskSettingOperations(deps),
    ...consistencyOperations(deps),
    ...sourceOperations(deps),
    ...templateOperations(deps.templates, deps.tasks),
  ];
  return {
    name: 'SMS',
    operations: operations.map((operation) => withAssumedResponse(operation, deps.assumed)),
    authorize: (call) => authorizeAccount(deps.assumed, call),
    errors,
  };
}

/** The headers with an account or a project are optional, but must match the credentials. */
function authorizeAccount(assumed: Assumed, call: OperationCall): void {
  const { 'x-domain-id': domainId, 'x-project-id': projectId } = call.headers;
  if (domainId !== undefined && domainId !== call.account.domainId) throw errors.foreignCredentials();
  if (projectId !== undefined && projectId !== call.account.projectId) throw errors.foreignCredentials();
  if (domainId === undefined && assumed('sms-account-header') === 'required')
    throw apiGatewayError(401, 'APIGW.0301', 'Incorrect IAM authentication information: no domain', call.requestId);
  if (call.account.securityToken !== undefined && assumed('sms-temporary-keys') === 'refused')
    throw errors.forbidden('temporary keys');
}
