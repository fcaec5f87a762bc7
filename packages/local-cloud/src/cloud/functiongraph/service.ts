import { namesOwnProject, type Service } from '../operation.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { functionOperations } from './function-operations.ts';
import { invocationOperations } from './invocation-operations.ts';
import { tagOperations } from './tag-operations.ts';
import { triggerOperations } from './trigger-operations.ts';
import { versionOperations } from './version-operations.ts';

/** The management API (v2) of the local FunctionGraph, as far as deployment needs it. */
export function makeFunctionGraphService(deps: FunctionGraphDeps): Service {
  return {
    name: 'FunctionGraph',
    operations: [
      ...functionOperations(deps),
      ...versionOperations(deps),
      ...triggerOperations(deps),
      ...invocationOperations(deps),
      ...tagOperations(deps),
    ],
    authorize: (call) => {
      if (!namesOwnProject(call)) throw errors.forbidden('The project does not match the credentials.');
    },
    errors: {
      emptyBody: () => errors.invalid('The request body is empty.'),
      notJson: errors.notJson,
      wrongMethod: undefined,
      forbidden: errors.forbidden,
      internal: errors.internal,
    },
  };
}
