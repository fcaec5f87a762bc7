import type { ServiceError } from './service-error.ts';

export type ServiceName = 'DCS' | 'SMS' | 'IAM' | 'OBS' | 'ECS' | 'SMN' | 'CSMS' | 'CES' | 'FunctionGraph';

/** An account of the local cloud, with one key pair and one project. */
export interface Account {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Makes the keys temporary: requests without this token are refused. */
  readonly securityToken?: string;
  /** 32 hex digits; empty in a call with a token that is not for a project. */
  readonly projectId: string;
  readonly domainId: string;
  /** The name of the account. @default 'local' */
  readonly domainName?: string;
  /** Whether the keys are those that an agency gives the functions. @default false */
  readonly isAgency?: boolean;
  /** The IAM user that can log in with a password. @default none */
  readonly user?: { readonly name: string; readonly password: string };
}

/** A request that has passed the gateway. */
export interface OperationCall {
  /** Whose request it is. Reading it in a call of an open operation authenticates the caller, and throws if it is nobody. */
  readonly account: Account;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The decoded values of the placeholders in the operation's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON with exact 64-bit integers; undefined for operations without a body. */
  readonly body: unknown;
}

export interface OperationResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; without it the response is empty. */
  readonly body?: unknown;
}

/** A documented operation. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** As on the API page, with placeholders in braces. */
  readonly path: string;
  /** `list`: a JSON array. */
  readonly body: 'json' | 'list' | 'none';
  /** Needs neither a signature nor a token, such as a login. @default false */
  readonly isOpen?: boolean;
  /** Distinguishes operations with the same method and path by their body. If none accepts it, the first one is called. */
  readonly accepts?: (body: unknown) => boolean;
  /** @default 12 MB, the limit of the signing guide */
  readonly maxBodyBytes?: number;
  /** @throws {ServiceError} */
  handle(call: OperationCall): OperationResponse | Promise<OperationResponse>;
}

/** A service behind the gateway, with its own error format. */
export interface Service {
  readonly name: ServiceName;
  readonly operations: readonly Operation[];
  /** @throws {ServiceError} when the account may not use the project or domain of the request */
  authorize(call: OperationCall): void;
  readonly errors: {
    emptyBody(): ServiceError;
    notJson(): ServiceError;
    /** Undefined if the gateway responds instead of the service. */
    wrongMethod: (() => ServiceError) | undefined;
    forbidden(operation: string): ServiceError;
    internal(message: string): ServiceError;
  };
  /** Formats an error body, if it differs from `error_code` and `error_msg`. Errors of the gateway are not affected. */
  readonly formatError?: (code: string, message: string, requestId: string) => Readonly<Record<string, unknown>>;
}

/** A change of a task, a backup, a message, a function or a trigger, a reported event, or a change of an alarm rule; for display. */
export interface CloudEvent {
  readonly kind:
    | 'task_created'
    | 'task_changed'
    | 'task_deleted'
    | 'backup_created'
    | 'backup_changed'
    | 'message_published'
    | 'event_reported'
    | 'alarm_changed'
    | 'function_created'
    | 'function_changed'
    | 'function_deleted'
    | 'trigger_created'
    | 'trigger_changed'
    | 'trigger_deleted';
  readonly service: ServiceName;
  readonly id: string;
  /** For a message: its subject. */
  readonly name: string;
  /** For a message: `PUBLISHED`. */
  readonly status: string;
  /** The content of a message or of a reported event. */
  readonly message?: string;
  /** The URN of a message's topic. */
  readonly topic?: string;
}

/** Whether the path, and X-Project-Id if sent, name the project that the keys belong to. */
export function namesOwnProject({ account, headers, params }: OperationCall): boolean {
  const sent = headers['x-project-id'];
  return params['project_id'] === account.projectId && (sent === undefined || sent === account.projectId);
}
