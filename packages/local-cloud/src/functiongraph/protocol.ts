/** The protocol between the host and the process of an instance. Messages are sequential: the next one follows the `done` of the previous one. */

/** The constant properties of an instance. */
export interface InstanceFacts {
  readonly functionName: string;
  readonly version: string;
  readonly package: string;
  readonly alias: string;
  readonly projectId: string;
  readonly memoryMb: number;
  readonly cpuNumber: number;
  readonly timeoutSeconds: number;
  /** The agency's temporary keys; empty strings when the function has no agency. */
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string;
  readonly userData: Readonly<Record<string, string>>;
}

/** With it comes how far the region's clock is ahead of real time, in ms. */
export type HostMessage = HostRequest & { readonly clockOffsetMs: number };

export type HostRequest =
  | {
      readonly kind: 'load';
      readonly requestId: string;
      readonly facts: InstanceFacts;
      /** Absolute path without extension. */
      readonly file: string;
      readonly handler: string;
      readonly initializer: string | null;
    }
  | { readonly kind: 'initialize'; readonly requestId: string; readonly timeoutMs: number }
  /** `event` is JSON, so that the function gets a copy, as from the platform. */
  | {
      readonly kind: 'invoke';
      readonly requestId: string;
      readonly timeoutMs: number;
      readonly event: string;
      /** Count the awaits from the event to the result. */
      readonly countAwaits?: boolean;
      /** Kill the process before the continuation of this await, counted from 1. */
      readonly killAtAwait?: number;
      /** Freeze the process (SIGSTOP) before the continuation of this await, until SIGCONT. */
      readonly freezeAtAwait?: number;
    };

export type InstanceMessage =
  | {
      readonly kind: 'done';
      readonly ok: true;
      /** JSON; empty if the handler returned nothing. */
      readonly result: string;
      readonly memoryBytes: number;
      readonly awaits?: number;
    }
  | {
      readonly kind: 'done';
      readonly ok: false;
      readonly errorMessage: string;
      readonly errorType: string;
      readonly memoryBytes: number;
      readonly awaits?: number;
    };

/** Written to stdout and stderr when a message is done: all output before it belongs to that request. */
export function endMarker(requestId: string): string {
  return `\0end ${requestId}\n`;
}
