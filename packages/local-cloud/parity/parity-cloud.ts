import { Clock } from '../src/cloud/clock.ts';
import { CloudStores } from '../src/cloud/cloud-stores.ts';
import { Credentials } from '../src/cloud/credentials.ts';
import { Dependencies } from '../src/cloud/functiongraph/dependencies.ts';
import { Functions } from '../src/cloud/functiongraph/functions.ts';
import { Tokens } from '../src/cloud/iam/tokens.ts';
import { formatJson, parseJson } from '../src/cloud/json.ts';
import type { LocalCloudOptions } from '../src/cloud/local-cloud-options.ts';
import { makeServices } from '../src/cloud/make-services.ts';
import { LocalObs } from '../src/cloud/obs/local-obs.ts';
import { assumedByDefault } from '../src/cloud/open-questions/assumptions.ts';
import type { OperationCall, Service, ServiceName } from '../src/cloud/operation.ts';
import { ServiceError } from '../src/cloud/service-error.ts';
import { ACCOUNT } from './account.ts';
import { makeSampleRunner } from './sample-runner.ts';
import { REGION, SEED } from './seed.ts';

export interface ParityCall {
  /** For the placeholders of the path, except those that name the project or the account. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

export interface ParityReply {
  readonly status: number;
  /** Those that the operation sets. Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As parsed by a client; undefined for an empty response. */
  readonly body: unknown;
}

/** The services of a seeded local cloud, called without HTTP, signatures and real time. */
export class ParityCloud {
  readonly clock: Clock;
  readonly services: readonly Service[];

  private constructor(clock: Clock, services: readonly Service[]) {
    this.clock = clock;
    this.services = services;
  }

  static async open(): Promise<ParityCloud> {
    const clock = new Clock({ frozenAt: Date.UTC(2026, 0, 31) });
    const options: LocalCloudOptions = { ...SEED, accounts: [ACCOUNT], clock, objectExists: () => true };
    const services = makeServices({
      options,
      region: REGION,
      clock,
      assumed: assumedByDefault,
      stores: new CloudStores(options, clock, assumedByDefault),
      obs: await LocalObs.open({ buckets: [{ name: 'packages' }], onChange: () => undefined, now: () => clock.now() }),
      functions: await Functions.open({ onChange: async () => undefined }),
      dependencies: await Dependencies.open(undefined),
      runner: makeSampleRunner(clock),
      credentials: new Credentials(options.accounts, clock),
      tokens: new Tokens(),
    });
    return new ParityCloud(clock, services);
  }

  /** Calls an operation. The project and the account in the path are those of the caller. */
  async send(service: ServiceName, name: string, call: ParityCall): Promise<ParityReply> {
    const found = this.services.find((candidate) => candidate.name === service);
    const operation = found?.operations.find((candidate) => candidate.name === name);
    if (found === undefined || operation === undefined) throw new Error(`the local cloud has no ${service} ${name}`);
    const sent: OperationCall = {
      account: ACCOUNT,
      requestId: 'b1f3d4a05b6e4c0d8a7e9f1023456789',
      headers: { 'x-project-id': ACCOUNT.projectId, ...lowerCase(call.headers ?? {}) },
      params: { project_id: ACCOUNT.projectId, domain_id: ACCOUNT.domainId, ...call.params },
      query: new URLSearchParams(
        Object.entries(call.query ?? {}).map(([field, value]): [string, string] => [field, String(value)]),
      ),
      body: operation.body === 'none' ? undefined : parseJson(formatJson(call.body ?? {})),
    };
    try {
      if (operation.isOpen !== true) found.authorize(sent);
      const { status, headers = {}, body } = await operation.handle(sent);
      const received = body === undefined ? undefined : JSON.parse(formatJson(body));
      return { status, headers: lowerCase(headers), body: received };
    } catch (error) {
      if (error instanceof ServiceError) return { status: error.status, headers: {}, body: error.body };
      throw error;
    }
  }

  /** The body of a call that succeeds. @throws {Error} when it does not */
  async ok(service: ServiceName, name: string, call: ParityCall = {}): Promise<Record<string, unknown>> {
    const { status, body } = await this.send(service, name, call);
    if (status >= 400) throw new Error(`${service} ${name} failed with ${status}: ${JSON.stringify(body)}`);
    return body as Record<string, unknown>;
  }
}

function lowerCase(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
