import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import { Logger4jInstance } from '@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger.js';
import { FunctionGraphClient } from '@huaweicloud/huaweicloud-sdk-functiongraph';

type Calls = Readonly<Record<string, (request: object) => Promise<unknown>>>;

/** The official client, unchanged, without logging. Requests and responses are the plain objects on the wire, which its types do not describe. */
export function makeClient(
  url: string,
  keys: {
    readonly accessKey: string;
    readonly secretKey: string;
    readonly securityToken?: string;
    readonly projectId: string;
  },
): (operation: string, request?: object) => Promise<Record<string, unknown>> {
  Logger4jInstance.level = 'off';
  const credentials = new BasicCredentials()
    .withAk(keys.accessKey)
    .withSk(keys.secretKey)
    .withProjectId(keys.projectId);
  if (keys.securityToken !== undefined) credentials.withSecurityToken(keys.securityToken);
  const client = FunctionGraphClient.newBuilder().withCredential(credentials).withEndpoint(url).build();
  return async (operation, request = {}) => {
    const call = (client as unknown as Calls)[operation];
    if (!call) throw new Error(`the client has no ${operation}`);
    return (await call.call(client, request)) as Record<string, unknown>;
  };
}
