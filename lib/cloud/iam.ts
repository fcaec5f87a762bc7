import type { IamService } from '../ports/iam.ts';
import { textOf } from './transport/read-answer.ts';
import { fieldsOf, objectsOf } from './transport/read-fields.ts';
import { requestOf } from './transport/request-of.ts';
import { type CloudOptions, makeSdkClient } from './transport/sdk-client.ts';
import { unusableAnswer } from './transport/unusable-answer.ts';

export interface IamOptions extends CloudOptions {
  /** The account's id, sent as `X-Domain-Id`; the header is left out without it. */
  readonly domainId?: string;
}

/**
 * IAM over the official core; its generated client is no dependency. The operation is KeystoneListProjects, path and fields as in the
 * generated `IamClient` (3.1.209).
 *
 * @throws {ConfigError} when there are no keys, or endpoint or domain id are malformed
 */
export function makeIamService(options: IamOptions): IamService {
  const sdk = makeSdkClient('IAM', options, options.domainId === undefined ? {} : { domainId: options.domainId });

  return {
    async findProjectId(name) {
      const operation = 'KeystoneListProjects';
      const { answer, requestId } = await sdk.call<object>({
        operation,
        kind: 'read',
        use: (hc) => hc.sendRequest(requestOf('GET', '/v3/projects', { query: { name } })),
      });
      const rows = fieldsOf(answer)['projects'];
      const projects = rows === undefined ? undefined : objectsOf(rows);
      if (projects === undefined) {
        throw unusableAnswer('IAM', operation, 'not_a_list', 'the answer has no list projects', requestId);
      }
      return textOf(projects.find((project) => project['name'] === name)?.['id']);
    },
  };
}
