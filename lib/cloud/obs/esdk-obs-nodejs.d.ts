// The official OBS SDK comes without types. This is the part of it that is used, as its source (3.26.8) has it.

declare module 'esdk-obs-nodejs' {
  import type { ClientRequest, Agent as HttpAgent } from 'node:http';
  import type { Agent as HttpsAgent } from 'node:https';

  export interface Parameters {
    readonly Bucket: string;
    /** Called with the request before it is sent. */
    readonly RequestHook: (request: ClientRequest) => void;
    readonly [name: string]: unknown;
  }

  export interface Answer {
    readonly CommonMsg: {
      readonly Status: number;
      /** Of an error answer; empty when it names none. */
      readonly Code: string;
      readonly Message: string;
      readonly RequestId?: string;
    };
    /** Headers and body of a success, under the SDK's own names. */
    readonly InterfaceResult?: Readonly<Record<string, unknown>> | null;
  }

  type Operation = (parameters: Parameters) => Promise<Answer>;

  class ObsClient {
    constructor(options: {
      readonly access_key_id: string;
      readonly secret_access_key: string;
      readonly security_token?: string;
      readonly server: string;
      readonly ssl_verify: boolean;
      readonly max_retry_count: number;
      /** Whole seconds without traffic. */
      readonly timeout: number;
      readonly is_signature_negotiation: boolean;
      readonly http_agent: HttpAgent;
      readonly https_agent: HttpsAgent;
    });
    appendObject: Operation;
    deleteObject: Operation;
    getBucketLifecycleConfiguration: Operation;
    getBucketVersioningConfiguration: Operation;
    getObject: Operation;
    listObjects: Operation;
    listVersions: Operation;
    putObject: Operation;
    setBucketLifecycleConfiguration: Operation;
  }

  export default ObsClient;
}
