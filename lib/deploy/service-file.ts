/** What functions share, and each may say for itself. */
interface Shared {
  readonly runtime?: string;
  readonly memorySize?: number;
  readonly timeout?: number;
  readonly initializerTimeout?: number;
  readonly userData?: Readonly<Record<string, string | number | boolean>>;
}

/** `provider` of `serverless.yml`, as its schema lets it through. */
export interface ProviderSection extends Shared {
  readonly region?: string;
  readonly projectId?: string;
  readonly endpoint?: string;
  readonly package?: string;
  /** Reads configuration and bucket events for the function (`xrole`). */
  readonly agency?: string;
  /** Whose keys the code gets (`app_xrole`); `agency` when absent. */
  readonly executionAgency?: string;
  /** Names only: their values come from the environment or `.env`. */
  readonly encryptedUserData?: readonly string[];
  readonly logs?: {
    readonly groupId: string;
    readonly groupName?: string;
    readonly streamId: string;
    readonly streamName?: string;
  };
  readonly objectTriggers?: 'OBS' | 'EVENTGRID';
  readonly eventGrid?: { readonly channelId: string; readonly channelName: string; readonly agency: string };
  readonly gateway?: {
    /** Of a dedicated gateway; absent: the shared one. */
    readonly instanceId?: string;
    readonly groupId: string;
    readonly auth?: 'IAM' | 'APP' | 'NONE';
    readonly basePath?: string;
    readonly timeoutMs?: number;
  };
  readonly failureDestination?: { readonly smn?: string; readonly function?: string };
  readonly reconcileEvery?: string;
  readonly keepUnknownTriggers?: boolean;
}

export interface EventEntry {
  readonly triggerTypeCode: string;
  readonly status?: 'ACTIVE' | 'DISABLED';
  readonly eventData: Readonly<Record<string, unknown>>;
}

/** An entry of `functions`; its name is filled in by the framework. */
export interface FunctionSection extends Shared {
  readonly name: string;
  readonly handler?: string;
  readonly initializerHandler?: string;
  readonly description?: string;
  readonly maxAsyncRetryAttempts?: number;
  readonly maxAsyncEventAgeInSeconds?: number;
  readonly maxInstances?: number;
  readonly events?: readonly EventEntry[];
}

/** `serverless.yml`, resolved and let through by the schema. */
export interface ServiceFile {
  readonly service: string;
  readonly stage: string;
  readonly provider: ProviderSection;
  readonly functions: ReadonlyMap<string, FunctionSection>;
}

/** Of our functions, each named after its file. */
export const FUNCTION_OF = {
  objects: 'backup-landed',
  schedules: 'schedule',
  requests: 'webhook',
  reconcile: 'reconcile',
} as const;

export const DEFAULTS = {
  runtime: 'Node.js20.15',
  memorySize: 256,
  timeout: 60,
  initializerTimeout: 10,
  /** Above the 4 s in which the webhook answers. */
  gatewayTimeoutMs: 5000,
  reconcileEvery: '5m',
} as const;
