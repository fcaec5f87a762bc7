import type { Clock } from '../clock.ts';
import type { CloudEvent } from '../operation.ts';
import type { Functions } from './functions.ts';
import type { FunctionRecord, VersionRecord } from './records.ts';

/** What came of an invocation that was waited for. */
export interface InvocationResult {
  readonly ok: boolean;
  /** JSON text of what the handler returned, or of its error. */
  readonly payload: string;
  /** The lines of its log, those of the platform included. */
  readonly log: readonly string[];
}

/** Runs what was deployed. */
export interface FunctionRunner {
  /** From now on these functions and triggers, and no others. */
  deploy(functions: readonly FunctionRecord[]): Promise<void>;
  /** @param event JSON text. @throws the code could not be run at all */
  invoke(record: FunctionRecord, version: VersionRecord, event: string, requestId: string): Promise<InvocationResult>;
  /** Takes an event for later. @param event JSON text. @returns the request id */
  invokeLater(record: FunctionRecord, version: VersionRecord, event: string): string;
}

export interface FunctionGraphDeps {
  readonly functions: Functions;
  readonly runner: FunctionRunner;
  readonly clock: Clock;
  readonly region: string;
  /** Of crons without `CRON_TZ`. */
  readonly regionTimeZone: string;
  /** How long a deleted trigger still fires, shows and takes its place: ms of the clock. */
  readonly triggerDeletionMs: () => number;
  readonly bucketExists: (bucket: string) => Promise<boolean>;
  readonly topicExists: (urn: string) => boolean;
  /** Undefined when there is no such object. */
  readonly readObject: (bucket: string, key: string) => Promise<Buffer | undefined>;
  /** Where the gateway of this machine answers, in place of a group's domain; without a slash at the end. */
  readonly gatewayUrl: string | undefined;
  /** From 0 to below 1; for the weights of an alias. */
  readonly random: () => number;
  readonly onEvent: (event: CloudEvent) => void;
}
