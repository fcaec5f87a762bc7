import { namesOwnProject, type Service } from '../operation.ts';
import { asyncRequestOperations } from './async-request-operations.ts';
import { dependencyOperations } from './dependency-operations.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { eventOperations } from './event-operations.ts';
import { exportOperations } from './export-operations.ts';
import { functionOperations } from './function-operations.ts';
import { invocationOperations } from './invocation-operations.ts';
import { reservedInstanceOperations } from './reserved-instance-operations.ts';
import { statisticsOperations } from './statistics-operations.ts';
import { tagOperations } from './tag-operations.ts';
import { triggerOperations } from './trigger-operations.ts';
import { versionOperations } from './version-operations.ts';

/** The management API (v2) of the local FunctionGraph. */
export function makeFunctionGraphService(deps: FunctionGraphDeps): Service {
  return {
    name: 'FunctionGraph',
    operations: [
      ...functionOperations(deps),
      ...versionOperations(deps),
      ...triggerOperations(deps),
      ...invocationOperations(deps),
      ...asyncRequestOperations(deps),
      ...dependencyOperations(deps),
      ...reservedInstanceOperations(deps),
      ...statisticsOperations(deps),
      ...eventOperations(deps),
      ...exportOperations(deps),
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
