// The official OBS SDK has no types. These declare the part that is used, following its source (3.26.8).

declare module 'esdk-obs-nodejs' {
  import type { ClientRequest, Agent as HttpAgent } from 'node:http';
  import type { Agent as HttpsAgent } from 'node:https';

  export interface Parameters {
    readonly Bucket: string;
    /** Called with the request before it is sent. */
    readonly RequestHook: (request: ClientRequest) => void;
    readonly [name: string]: unknown;
  }

  export interface ObsResponse {
    readonly CommonMsg: {
      readonly Status: number;
      /** The code of an error response; empty when it has none. */
      readonly Code: string;
      readonly Message: string;
      readonly RequestId?: string;
    };
    /** Headers and body of a successful response, under the SDK's own names. */
    readonly InterfaceResult?: Readonly<Record<string, unknown>> | null;
  }

  type Operation = (parameters: Parameters) => Promise<ObsResponse>;

  class ObsClient {
    constructor(options: {
      readonly access_key_id: string;
      readonly secret_access_key: string;
      readonly security_token?: string;
      readonly server: string;
      readonly ssl_verify: boolean;
      readonly max_retry_count: number;
      /** Idle timeout in whole seconds. */
      readonly timeout: number;
      readonly is_signature_negotiation: boolean;
      readonly http_agent: HttpAgent;
      readonly https_agent: HttpsAgent;
    });
    abortMultipartUpload: Operation;
    appendObject: Operation;
    completeMultipartUpload: Operation;
    deleteObject: Operation;
    getBucketLifecycleConfiguration: Operation;
    getBucketVersioningConfiguration: Operation;
    getObject: Operation;
    initiateMultipartUpload: Operation;
    listObjects: Operation;
    listVersions: Operation;
    putObject: Operation;
    setBucketLifecycleConfiguration: Operation;
    uploadPart: Operation;
  }

  export default ObsClient;
}
