import type { Clock } from '../clock.ts';
import type { CloudEvent } from '../operation.ts';
import type { Dependencies } from './dependencies.ts';
import type { Functions } from './functions.ts';
import type { InvocationHistory } from './invocation-history.ts';
import type { FunctionRecord, VersionRecord } from './records.ts';

/** The result of a synchronous invocation. */
export interface RunnerResult {
  readonly ok: boolean;
  /** What the handler returned, or its error, as JSON. */
  readonly payload: string;
  /** Its log lines, including those of the platform. */
  readonly log: readonly string[];
}

/** Runs deployed functions. */
export interface FunctionRunner {
  /** Replaces all functions and triggers. */
  deploy(functions: readonly FunctionRecord[]): Promise<void>;
  /** @param event as JSON. @throws when the code could not be started */
  invoke(record: FunctionRecord, version: VersionRecord, event: string, requestId: string): Promise<RunnerResult>;
  /** Queues an event. @param event as JSON. @returns the request ID */
  invokeLater(record: FunctionRecord, version: VersionRecord, event: string): string;
  /** Lets a timer trigger tick once now. @param name of the trigger, or of its function @throws {Error} when there is none */
  tick?(name: string): void;
  /** What has been invoked so far, by whatever trigger. */
  readonly history: InvocationHistory;
}

export interface FunctionGraphDeps {
  readonly functions: Functions;
  readonly dependencies: Dependencies;
  readonly runner: FunctionRunner;
  readonly clock: Clock;
  readonly region: string;
  /** The time zone of cron expressions without `CRON_TZ`. */
  readonly regionTimeZone: string;
  /** How long a deleted trigger still fires, is listed and conflicts with new ones (ms of the cloud's clock). */
  readonly triggerDeletionMs: () => number;
  readonly bucketExists: (bucket: string) => Promise<boolean>;
  readonly topicExists: (urn: string) => boolean;
  /** Undefined when the object does not exist. */
  readonly readObject: (bucket: string, key: string) => Promise<Buffer | undefined>;
  /** The URL of the local gateway, used instead of a group's domain; without a trailing slash. */
  readonly gatewayUrl: string | undefined;
  /** A random number in [0, 1), for the weights of an alias. */
  readonly random: () => number;
  readonly onEvent: (event: CloudEvent) => void;
}
