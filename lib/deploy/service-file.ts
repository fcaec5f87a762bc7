import { RECONCILE_EVERY } from '../kernel/reconcile-interval.ts';

/** Settings that functions share, and that each may override. */
interface Shared {
  readonly runtime?: string;
  readonly memorySize?: number;
  readonly timeout?: number;
  readonly initializerTimeout?: number;
  readonly userData?: Readonly<Record<string, string | number | boolean>>;
  /** Used by the platform for configuration, bucket events and the network (`xrole`). */
  readonly agency?: string;
  /** Gives the code its keys (`app_xrole`); absent: `agency`. */
  readonly executionAgency?: string;
  /** All tags of the function; absent: they are left alone. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** IDs, as in the API (`func_vpc`). */
export interface Network {
  readonly id: string;
  readonly subnet: string;
  readonly securityGroup?: string;
}

/** `provider` of `serverless.yml`, validated by its schema. */
export interface ProviderSection extends Shared {
  readonly region?: string;
  readonly projectId?: string;
  readonly endpoint?: string;
  readonly package?: string;
  readonly vpc?: Network;
  /** ID of the enterprise project. */
  readonly enterpriseProject?: string;
  /** Before everything that stages must not share; ends with `/`. */
  readonly prefix?: string;
  /** Names only; the values come from the environment or `.env`. */
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
    /** Id of a dedicated gateway; absent: the shared gateway. */
    readonly instanceId?: string;
    readonly groupId: string;
    readonly auth?: 'IAM' | 'APP' | 'NONE';
    readonly basePath?: string;
    readonly timeoutMs?: number;
  };
  /** Where alarm rules send notifications; empty: there are no rules, so that a parameter can be empty for one stage. */
  readonly alarms?: { readonly smn: string };
  readonly failureDestination?: { readonly smn?: string; readonly function?: string };
  readonly reconcileEvery?: string;
  readonly codeCache?: boolean;
  readonly keepUnknownTriggers?: boolean;
}

export interface EventEntry {
  readonly triggerTypeCode: string;
  readonly status?: 'ACTIVE' | 'DISABLED';
  readonly eventData: Readonly<Record<string, unknown>>;
}

/** An entry of `functions`; the framework fills in the name. */
export interface FunctionSection extends Shared {
  readonly name: string;
  readonly handler?: string;
  readonly initializerHandler?: string;
  readonly description?: string;
  readonly maxAsyncRetryAttempts?: number;
  readonly maxAsyncEventAgeInSeconds?: number;
  readonly maxInstances?: number;
  /** `false`: not in the network of `provider`. */
  readonly vpc?: Network | false;
  readonly events?: readonly EventEntry[];
}

/** `serverless.yml`, resolved, and validated by its schema. */
export interface ServiceFile {
  readonly service: string;
  readonly stage: string;
  readonly provider: ProviderSection;
  readonly functions: ReadonlyMap<string, FunctionSection>;
  /** The section with which the framework would make packages. */
  readonly package?: object;
}

/** Our functions, named after their files, by what starts them. */
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
  /** More than the 4 s within which the webhook responds. */
  gatewayTimeoutMs: 5000,
  reconcileEvery: RECONCILE_EVERY,
} as const;

/** The path before the webhook's routes: the given one, or the stage's prefix, so that stages can share an API group. */
export function basePath({ gateway, prefix }: ProviderSection): string | undefined {
  if (!gateway) return undefined;
  return gateway.basePath ?? (prefix ? `/${prefix.slice(0, -1)}` : undefined);
}
