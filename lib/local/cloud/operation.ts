import type { Refusal } from './refusal.ts';

export type ServiceName = 'DCS' | 'SMS' | 'IAM' | 'OBS';

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
}

/** What happened to a task; for printing. */
export interface CloudEvent {
  readonly kind: 'task_created' | 'task_changed' | 'task_deleted';
  readonly service: ServiceName;
  readonly id: string;
  readonly name: string;
  readonly status: string;
}
