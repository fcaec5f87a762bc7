/** The data of the local FunctionGraph; all of it is plain data. */

/** The settings of a version, with the field names of the API. */
export interface FunctionConfig {
  readonly handler: string;
  readonly timeout: number;
  readonly memory_size: number;
  readonly user_data?: string | undefined;
  readonly encrypted_user_data?: string | undefined;
  readonly xrole?: string | undefined;
  readonly app_xrole?: string | undefined;
  readonly initializer_handler?: string | undefined;
  readonly initializer_timeout?: number | undefined;
  readonly enable_lts_log?: boolean | undefined;
  readonly log_config?: LogConfig | undefined;
  /** All other documented fields are stored and returned, but have no effect here. */
  readonly [field: string]: unknown;
}

interface LogConfig {
  readonly group_id?: string | undefined;
  readonly group_name?: string | undefined;
  readonly stream_id?: string | undefined;
  readonly stream_name?: string | undefined;
}

export interface CodeRecord {
  readonly code_type: string;
  readonly code_filename: string;
  readonly code_url: string;
  /** Size of the package as it was sent, in bytes. */
  readonly code_size: number;
  /** SHA-512 of the package, in hex. */
  readonly digest: string;
  /** Paths of its files. */
  readonly files: readonly string[];
  readonly depend_version_list: readonly string[];
}

/** A destination of asynchronous invocations; `param` is JSON. */
export interface Destination {
  readonly destination: 'OBS' | 'SMN' | 'FunctionGraph';
  readonly param: string;
}

export interface AsyncConfig {
  readonly max_async_retry_attempts: number;
  readonly max_async_event_age_in_seconds: number;
  readonly destination_config: {
    readonly on_success?: Destination | undefined;
    readonly on_failure?: Destination | undefined;
  };
  readonly enable_async_status_log: boolean;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface VersionRecord {
  /** `latest` or the name of a published version. */
  readonly version: string;
  readonly description: string;
  readonly config: FunctionConfig;
  readonly code: CodeRecord;
  /** Epoch ms. */
  readonly modifiedAt: number;
  readonly asyncConfig?: AsyncConfig | undefined;
}

export interface AliasRecord {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The percentage of invocations for each version. */
  readonly additional_version_weights: Readonly<Record<string, number>>;
  /** Epoch ms. */
  readonly modifiedAt: number;
}

export type TriggerType = 'TIMER' | 'OBS' | 'EVENTGRID' | 'SMN' | 'APIG' | 'DEDICATEDGATEWAY';

export interface TriggerRecord {
  readonly id: string;
  readonly type: TriggerType;
  readonly status: 'ACTIVE' | 'DISABLED';
  /** What it invokes: a version, or an alias with `!`. */
  readonly qualifier: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** It was deleted, but still fires and is listed for a while. */
  readonly isBeingDeleted: boolean;
}

/** An event saved for tests of a function. */
export interface TestEvent {
  readonly id: string;
  readonly name: string;
  /** JSON in Base64. */
  readonly content: string;
  /** Epoch ms. */
  readonly modifiedAt: number;
}

/** Instances that the service keeps running for a version or an alias; recorded here, without effect. */
export interface ReservedInstances {
  readonly count: number;
  readonly idle_mode: boolean;
  readonly tactics_config: Readonly<Record<string, unknown>>;
}

export interface FunctionRecord {
  readonly region: string;
  readonly projectId: string;
  readonly domainId: string;
  readonly package: string;
  readonly name: string;
  readonly runtime: string;
  /** `latest` is the first. */
  readonly versions: readonly VersionRecord[];
  readonly aliases: readonly AliasRecord[];
  readonly triggers: readonly TriggerRecord[];
  readonly tags: Readonly<Record<string, string>>;
  /** -1 means no limit; 0 disables the function. */
  readonly maxInstances: number;
  /** @default [] */
  readonly events?: readonly TestEvent[];
  /** By version, or alias with `!`. @default {} */
  readonly reserved?: Readonly<Record<string, ReservedInstances>>;
}
