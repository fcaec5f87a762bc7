import type { Refusal } from './refusal.ts';

export type ServiceName = 'DCS' | 'SMS' | 'IAM' | 'OBS' | 'ECS' | 'SMN' | 'FunctionGraph';

/** An account of the local cloud, with one pair of keys and one project. */
export interface Account {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Makes the keys temporary ones: requests without this token are refused. */
  readonly securityToken?: string;
  /** 32 hex digits. */
  readonly projectId: string;
  readonly domainId: string;
}

/** A request that has passed the gateway. */
export interface Call {
  readonly account: Account;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What stands at the places in braces of the operation's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON with 64-bit integers kept; undefined for operations without a body. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON; an answer without one is empty. */
  readonly body?: unknown;
}

/** One documented operation. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As on the API page, with names in braces. */
  readonly path: string;
  readonly body: 'json' | 'none';
  /** @default 12 MB, the most that the signing guide allows */
  readonly largestBodyBytes?: number;
  /** @throws {Refusal} */
  handle(call: Call): Answer | Promise<Answer>;
}

/** A service behind the gateway, with its own way to say no. */
export interface Service {
  readonly name: ServiceName;
  readonly operations: readonly Operation[];
  /** @throws {Refusal} when the account may not use the project or domain that the request names */
  admit(call: Call): void;
  readonly refusals: {
    emptyBody(): Refusal;
    notJson(): Refusal;
    /** Undefined where the gateway answers for the service. */
    wrongMethod: (() => Refusal) | undefined;
    forbidden(operation: string): Refusal;
    internal(message: string): Refusal;
  };
  /** The body of a refusal, where it is not the refusal's own `error_code` and `error_msg`. The gateway's refusals stay as they are. */
  readonly refusalBody?: (code: string, message: string, requestId: string) => Readonly<Record<string, unknown>>;
}

/** What happened to a task, a backup, a message, a function or a trigger; for printing. */
export interface CloudEvent {
  readonly kind:
    | 'task_created'
    | 'task_changed'
    | 'task_deleted'
    | 'backup_created'
    | 'backup_changed'
    | 'message_published'
    | 'function_created'
    | 'function_changed'
    | 'function_deleted'
    | 'trigger_created'
    | 'trigger_changed'
    | 'trigger_deleted';
  readonly service: ServiceName;
  readonly id: string;
  /** Of a message: its subject. */
  readonly name: string;
  /** Of a message: `PUBLISHED`. */
  readonly status: string;
  /** The text of a message. */
  readonly message?: string;
  /** The URN of a message's topic. */
  readonly topic?: string;
}

/** Do the path, and X-Project-Id where it is sent, name the project that the keys belong to? */
export function namesOwnProject({ account, headers, params }: Call): boolean {
  const sent = headers['x-project-id'];
  return params['project_id'] === account.projectId && (sent === undefined || sent === account.projectId);
}
