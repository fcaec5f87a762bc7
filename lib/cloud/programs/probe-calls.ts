import type { Credentials } from '../../kernel/context.ts';
import { CloudError } from '../../kernel/errors.ts';
import type { Settings } from '../../kernel/settings.ts';
import { endpointOf } from '../transport/endpoints.ts';
import { makeKeysGuard } from '../transport/keys-guard.ts';
import { requestOf } from '../transport/request-of.ts';
import { makeSdkClient, type Scope } from '../transport/sdk-client.ts';
import { type RawResponse, sendOnce } from '../transport/send-once.ts';

/** The services that a probe reads from. */
export type ProbedService = 'DCS' | 'SMS' | 'ECS' | 'IAM' | 'FUNCTIONGRAPH';

/** A response, whatever its status. */
export interface ProbeResponse {
  readonly service: ProbedService;
  readonly operation: string;
  readonly status: number;
  /** Parsed JSON; `undefined` if it was not JSON. */
  readonly body: unknown;
  /** How far the service's clock (its `Date` header, which has whole seconds) is ahead of this machine's, ms; `undefined` without the header. */
  readonly clockAheadMs?: number;
  readonly tookMs: number;
}

export interface ProbeRead {
  /** As in the API reference. */
  readonly operation: string;
  /** With placeholders. */
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Instead of the account's own. */
  readonly credentials?: Credentials;
  /** A 401 is expected, so it does not keep the keys from being used. @default false */
  readonly mayBeRefused?: boolean;
  /** For services of the account: the header `X-Domain-Id`. */
  readonly domainId?: string;
}

/** A request that changes something. */
interface ProbeChange extends ProbeRead {
  readonly method: 'POST' | 'DELETE';
  readonly body: object;
  /** Values in the body that must not show up anywhere. */
  readonly secrets: readonly string[];
}

export interface ProbeCalls {
  /**
   * Sends a GET request; a response with any status is a result.
   *
   * @throws {CloudError} without a response, or `keys_refused` when an earlier response was 401
   */
  read(service: ProbedService, read: ProbeRead): Promise<ProbeResponse>;
  /** Sends a change once; otherwise as `read`. */
  change(service: ProbedService, change: ProbeChange): Promise<ProbeResponse>;
}

export interface ProbeCallsOptions {
  readonly settings: Settings;
  readonly region: string;
  readonly projectId: string;
  readonly credentials: Credentials;
  readonly functionGraphEndpoint: string;
  /** Time limit of one call (ms). */
  readonly callMs: number;
  /** Sees each response. */
  readonly onResponse: (response: ProbeResponse) => void;
}

/** Reads from the services, with what the usual clients leave out of a response. @throws {ConfigError} from `read`, for malformed endpoints and keys */
export function makeProbeCalls(options: ProbeCallsOptions): ProbeCalls {
  const { settings, region, projectId, callMs } = options;
  const keysGuard = makeKeysGuard(Date.now);
  const scopeOf = (service: ProbedService, domainId: string | undefined): Scope => {
    if (service === 'SMS' || service === 'IAM') return domainId === undefined ? {} : { domainId };
    return { projectId };
  };

  const send = async (service: ProbedService, request: ProbeRead | ProbeChange): Promise<ProbeResponse> => {
    const { operation, path, params = {}, query = {}, credentials = options.credentials, domainId } = request;
    const change = 'method' in request ? request : undefined;
    let seen: ProbeResponse | undefined;
    const common = {
      endpoint: service === 'FUNCTIONGRAPH' ? options.functionGraphEndpoint : endpointOf(service, region, settings),
      credentials,
      remainingMs: () => callMs,
      reserveMs: 0,
      keysGuard: request.mayBeRefused ? makeKeysGuard(Date.now) : keysGuard,
      send: async (sent: Parameters<typeof sendOnce>[0]) => {
        const startedAt = Date.now();
        const raw = await sendOnce(sent);
        seen = responseOf(service, operation, raw, startedAt);
        options.onResponse(seen);
        return raw;
      },
    };
    const parts = { path: params, query, ...(change ? { body: change.body } : {}) };
    try {
      await makeSdkClient(service, common, scopeOf(service, domainId)).call({
        operation,
        kind: change ? 'change' : 'read',
        secrets: change?.secrets ?? [],
        mayBeEmpty: true,
        use: (hc) => hc.sendRequest<object>(requestOf(change?.method ?? 'GET', path, parts)),
      });
    } catch (error) {
      if (!(error instanceof CloudError) || error.status === undefined) throw error;
    }
    if (seen === undefined) throw new Error(`${service} ${operation}: no response was seen`);
    return seen;
  };
  return { read: send, change: send };
}

function responseOf(service: ProbedService, operation: string, raw: RawResponse, startedAt: number): ProbeResponse {
  const now = Date.now();
  const date = Date.parse(String(raw.headers['date']));
  // The header was written between the two instants, and cuts off the fraction of the second: half a second on average.
  const clockAheadMs = Number.isNaN(date) ? {} : { clockAheadMs: date + 500 - (startedAt + now) / 2 };
  return { service, operation, status: raw.status, body: parse(raw.body), ...clockAheadMs, tookMs: now - startedAt };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
