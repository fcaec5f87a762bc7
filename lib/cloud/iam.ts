import type { IamService } from '../ports/iam.ts';
import { fieldsOf, objectsOf } from './transport/read-fields.ts';
import { stringOf } from './transport/read-response.ts';
import { requestOf } from './transport/request-of.ts';
import { type CloudOptions, makeSdkClient } from './transport/sdk-client.ts';
import { unusableResponse } from './transport/unusable-response.ts';

export interface IamOptions extends CloudOptions {
  /** The account ID, sent as `X-Domain-Id`; without it the header is omitted. */
  readonly domainId?: string;
}

/**
 * IAM over the official core; its generated client is not a dependency. The operation is KeystoneListProjects, with path and fields as in
 * the generated `IamClient` (3.1.209).
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the domain ID is malformed
 */
export function makeIamService(options: IamOptions): IamService {
  const sdk = makeSdkClient('IAM', options, options.domainId === undefined ? {} : { domainId: options.domainId });

  return {
    async findProjectId(name) {
      const operation = 'KeystoneListProjects';
      const { response, requestId } = await sdk.call<object>({
        operation,
        kind: 'read',
        use: (hc) => hc.sendRequest(requestOf('GET', '/v3/projects', { query: { name } })),
      });
      const rows = fieldsOf(response)['projects'];
      const projects = rows === undefined ? undefined : objectsOf(rows);
      if (projects === undefined) {
        throw unusableResponse('IAM', operation, 'not_a_list', 'the response has no list projects', requestId);
      }
      return stringOf(projects.find((project) => project['name'] === name)?.['id']);
    },
  };
}
