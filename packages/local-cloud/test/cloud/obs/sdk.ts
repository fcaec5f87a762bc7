import ObsClient from 'esdk-obs-nodejs';

interface SdkAnswer {
  readonly CommonMsg: { readonly Status: number; readonly Code: string };
  // biome-ignore lint/suspicious/noExplicitAny: the SDK has no types, and each operation has its own fields.
  readonly InterfaceResult: any;
}

/** The official SDK as a client: one request per call. */
export type Sdk = (operation: string, parameters?: Readonly<Record<string, unknown>>) => Promise<SdkAnswer>;

type Client = Record<string, (parameters: unknown) => Promise<SdkAnswer>>;

/** @param options of the SDK. It chooses the signature: `AWS` with `x-amz-` headers for an IP address. */
export async function makeSdk(
  server: string,
  keys: { accessKey: string; secretKey: string; securityToken: string },
  options: Readonly<Record<string, unknown>> = {},
): Promise<Sdk> {
  const client = new (ObsClient as unknown as new (options: unknown) => Client)({
    access_key_id: keys.accessKey,
    secret_access_key: keys.secretKey,
    security_token: keys.securityToken,
    server,
    ...options,
    max_retry_count: 0,
    timeout: 20,
  });
  // The client finishes its setup asynchronously, after the constructor has returned.
  await new Promise((resolve) => setImmediate(resolve));
  return async (operation, parameters = {}) => {
    const call = client[operation];
    if (!call) throw new Error(`the SDK has no ${operation}`);
    return call.call(client, parameters);
  };
}
