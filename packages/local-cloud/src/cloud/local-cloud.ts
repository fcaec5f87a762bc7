import { Readable } from 'node:stream';
import { ActiveFaults } from './active-faults.ts';
import type { AlarmRule } from './ces/alarms.ts';
import type { KeptEvent } from './ces/events.ts';
import type { Metric } from './ces/metrics.ts';
import { Clock } from './clock.ts';
import { CloudStores } from './cloud-stores.ts';
import { isControlPath, makeControl } from './control.ts';
import { Credentials } from './credentials.ts';
import type { LocalSecret } from './csms/secrets.ts';
import type { LocalInstance } from './dcs/instances.ts';
import type { LocalServer } from './ecs/servers.ts';
import { Faults } from './faults.ts';
import { FunctionAgency } from './function-agency.ts';
import { Dependencies } from './functiongraph/dependencies.ts';
import type { FunctionRunner } from './functiongraph/deps.ts';
import { Functions } from './functiongraph/functions.ts';
import { InvocationHistory } from './functiongraph/invocation-history.ts';
import type { CodeRecord, FunctionRecord } from './functiongraph/records.ts';
import { reportMetrics } from './functiongraph/report-metrics.ts';
import { Gateway } from './gateway.ts';
import type { LocalAgency, LocalStatement } from './iam/agencies.ts';
import { Grants } from './iam/grants.ts';
import { Tokens } from './iam/tokens.ts';
import type { LocalCloudOptions } from './local-cloud-options.ts';
import type { LocalTask } from './local-task.ts';
import { makeServices } from './make-services.ts';
import { LocalObs } from './obs/local-obs.ts';
import type { ObjectEvent } from './obs/object-event.ts';
import { OBS_OPERATIONS } from './obs/obs-routes.ts';
import { makeObsServer } from './obs/obs-server.ts';
import { publishChange } from './obs-notifications.ts';
import { type Assumed, Assumptions } from './open-questions/assumptions.ts';
import type { Answers } from './open-questions/open-questions.ts';
import type { Account, Service, ServiceName } from './operation.ts';
import type { RecordedRequest } from './recorder.ts';
import { makeRequestHandler } from './request-handler.ts';
import { applyToRunning } from './running-tasks.ts';
import type { Script } from './scripts.ts';
import { serviceTimes } from './service-times.ts';
import type { Situations } from './situations.ts';
import type { LocalMessage, LocalSubscription } from './smn/topics.ts';
import type { LocalSource } from './sms/sources.ts';
import type { LocalTemplate } from './sms/templates.ts';
import { type RequestHandler, type RunningServer, startServer } from './start-server.ts';

export interface LocalCloud {
  /** Base URL for the endpoints of all services, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Base URL of OBS, without a trailing slash: path style, `/<bucket>/<key>`. */
  readonly obsUrl: string;
  /** Direct access to OBS, without HTTP and signatures. */
  readonly obs: LocalObs;
  readonly clock: Clock;
  /** Failing calls, for tests. */
  readonly faults: Faults;
  /** All active faults, by number, in their text form. */
  readonly active: ActiveFaults;
  /** The active situations, for what they affect outside the services. */
  readonly situations: Situations;
  /** All requests so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** The requests of one operation, named as in the API reference. Pass `service` if two services have it, such as `ShowServer` of SMS and of ECS. */
  requestsOf(operation: string, service?: ServiceName): RecordedRequest[];
  /** The deployed functions, by name. */
  functions(): FunctionRecord[];
  /** The folder in which this code and its dependencies are unpacked; undefined if code is not stored. */
  codeFolder(code: CodeRecord): string | undefined;
  /** The messages published to SMN topics, oldest first. */
  messages(): LocalMessage[];
  /** The custom events reported to CES, oldest first. */
  events(): KeptEvent[];
  /** The metrics reported to CES, with their values that have not expired. */
  metrics(): Metric[];
  /** The alarm rules of CES with their states. */
  alarms(): AlarmRule[];
  /** Reports an invocation of a deployed function to CES, as FunctionGraph does. */
  invoked(urn: string, isOk: boolean): void;
  /** Publishes to a topic of SMN, as PublishMessage does. */
  publish(topicUrn: string, subject: string, message: string): void;
  /** Publishes a change that was made in the folder of a bucket to the topics in the bucket's notification rules. */
  notify(change: ObjectEvent): void;
  /**
   * Makes the next task that enters a stage fail. Tasks already in that stage are not affected.
   *
   * @throws {RangeError} when a number is out of range or the stage cannot end this way
   */
  script(script: Script): void;
  /** All tasks, oldest first within a service. */
  tasks(): LocalTask[];
  /** Changes the behavior for open questions; the others stay as they are. @throws {Error} for an unknown question or behavior */
  assume(answers: Answers): void;
  /** The behavior for an open question at this moment. */
  readonly assumed: Assumed;
  /** Adds or replaces a DCS instance. It keeps its Redis keys, unless the new definition has some. */
  setInstance(instance: LocalInstance): void;
  /** Adds or replaces a source server. */
  setSource(source: LocalSource): void;
  /** Adds or replaces a template of SMS. */
  setTemplate(template: LocalTemplate): void;
  /** Adds or replaces a server of ECS. */
  setServer(server: LocalServer): void;
  /** Adds or replaces a topic of SMN: `urn:smn:<region>:<project id>:<name>`. Without `subscriptions` it has one that is confirmed. */
  setTopic(urn: string, subscriptions?: readonly LocalSubscription[]): void;
  /** Adds a secret of CSMS, or a version of it, as CreateSecret and CreateSecretVersion do. */
  setSecret(secret: LocalSecret): void;
  /** Changes what the keys of all accounts may do; undefined: everything. */
  grant(statements: readonly LocalStatement[] | undefined): void;
  /** Adds or replaces an agency of IAM. */
  setAgency(agency: LocalAgency): void;
  /** Closes all connections and the ports. Tasks stop progressing. */
  close(): Promise<void>;
}

/** Used without a runner: functions can be deployed but not invoked. */
const NO_RUNNER: FunctionRunner = {
  deploy: async () => undefined,
  invoke: () => Promise.reject(new Error('this local cloud has no runner for functions')),
  invokeLater: () => {
    throw new Error('this local cloud has no runner for functions');
  },
  history: new InvocationHistory(),
};

const PROJECT_ID = /^[0-9a-f]{32}$/;

/**
 * Starts a cloud on this machine: DCS, SMS, ECS, SMN, CSMS, CES, IAM and FunctionGraph over HTTP on one port, distinguished by path, and OBS on its own port.
 *
 * It is written from the API documentation and is strict: values that the documentation excludes are refused.
 *
 * @throws {Error} when an account's project ID is not 32 hex digits, the state file cannot be read, or the port is in use
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  checkAccounts(options.accounts);
  const { clock = new Clock(), region = 'ap-southeast-3', functionGraph = {} } = options;
  const assumptions = new Assumptions(options.assume);
  const { assumed } = assumptions;
  const stores = new CloudStores(options, clock, assumed);
  const { port: obsPort = 0, onChange = () => undefined, ...obsSettings } = options.obs ?? {};
  const publish = (topicUrn: string, subject: string, message: string) => stores.publish(topicUrn, subject, message);
  const notify = (change: ObjectEvent) => publishChange({ obs, accounts: options.accounts, region, publish }, change);
  const obs: LocalObs = await LocalObs.open({
    buckets: [],
    ...obsSettings,
    onChange: (change) => {
      onChange(change);
      notify(change);
    },
    now: () => clock.now(),
    assumed,
  });
  const runner = functionGraph.runner ?? NO_RUNNER;
  const functions = await Functions.open({
    folder: functionGraph.folder,
    onChange: (deployed) => runner.deploy(deployed),
  });
  const dependencies = await Dependencies.open(functionGraph.folder);
  const credentials = new Credentials(options.accounts, clock);
  const tokens = new Tokens();
  const services = makeServices({
    options,
    region,
    clock,
    assumed,
    stores,
    obs,
    functions,
    dependencies,
    runner,
    credentials,
    tokens,
  });
  const grants = new Grants(options.grants);
  const faults = new Faults({ now: () => clock.now(), operations: operationsOf(services) });
  const active = new ActiveFaults({
    calls: faults,
    situations: stores.situations,
    instanceNames: () => stores.instances.names(),
    applyToRunning: (situation) =>
      applyToRunning({ clock, dcsTasks: stores.dcsTasks, smsTasks: stores.smsTasks }, situation),
    onAdded: () => stores.failLostTasks(),
  });
  const parts: CloudParts = {
    active,
    region,
    clock,
    assumptions,
    stores,
    obs,
    functions,
    services,
    faults,
    grants,
    credentials,
    tokens,
    requests: [],
  };
  const fronts = makeRequestHandlers(options, parts);
  const server = await startServer(fronts.main, options.port ?? 0);
  const obsServer = await startServer(fronts.obs, obsPort).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return { ...makeCloud(parts, server, obsServer), publish, notify };
}

interface CloudParts {
  readonly active: ActiveFaults;
  readonly region: string;
  readonly clock: Clock;
  readonly assumptions: Assumptions;
  readonly stores: CloudStores;
  readonly obs: LocalObs;
  readonly functions: Functions;
  readonly services: readonly Service[];
  readonly faults: Faults;
  readonly grants: Grants;
  readonly credentials: Credentials;
  readonly tokens: Tokens;
  readonly requests: RecordedRequest[];
}

/** @throws {Error} */
function checkAccounts(accounts: readonly Account[]): void {
  for (const { projectId } of accounts) {
    if (!PROJECT_ID.test(projectId))
      throw new Error(`start the local cloud: project ID ${projectId} is not 32 hex digits`);
  }
}

function operationsOf(services: readonly Service[]): Map<string, ReadonlySet<string>> {
  const own = services.map(
    ({ name, operations }) => [name, new Set(operations.map((operation) => operation.name))] as const,
  );
  return new Map<string, ReadonlySet<string>>([...own, ['OBS', new Set<string>(OBS_OPERATIONS)]]);
}

/** The services and the control API on one port, and OBS on another. */
function makeRequestHandlers(
  { accounts, signatureTime, controlToken, functionGraph: { runner = NO_RUNNER } = {} }: LocalCloudOptions,
  {
    region,
    clock,
    assumptions,
    stores,
    obs,
    services,
    active,
    faults,
    grants,
    credentials,
    tokens,
    requests,
  }: CloudParts,
): { readonly main: RequestHandler; readonly obs: RequestHandler } {
  const { assumed } = assumptions;
  const times = () => serviceTimes(clock, assumed, signatureTime);
  const agency = new FunctionAgency({ accounts, clock, assumed, situations: stores.situations });
  const gateway = new Gateway({ credentials, tokens, clock, serviceTimes: times });
  const front = makeRequestHandler({
    services,
    gateway,
    agency,
    faults,
    clock,
    requests,
    grants,
    serviceTimes: times,
    assumed,
  });
  const control = makeControl({
    active,
    faults,
    scripts: stores.scripts,
    clock,
    requests,
    tasks: () => stores.tasks(),
    messages: () => stores.topics.messages(),
    tick: (name) => {
      if (runner.tick === undefined) throw new Error('timer: this local cloud has no runner for functions');
      runner.tick(name);
    },
    putObject: async (bucket, key, content) => {
      await obs.adopt(bucket);
      if (!obs.buckets().some(({ name }) => name === bucket)) throw new Error(`bucket: there is no bucket ${bucket}`);
      await obs.put(bucket, key, Readable.from([content]), { contentType: 'application/octet-stream', metadata: {} });
    },
    assumptions,
    token: controlToken,
  });
  return {
    main: (request, response) =>
      isControlPath(request.url) ? control(request, response) : clock.during(() => front(request, response)),
    obs: makeObsServer({
      obs,
      // Read for each request, because temporary keys come and go.
      get accounts() {
        return credentials.all();
      },
      agency,
      region,
      faults,
      clock,
      serviceTimes: times,
      requests,
      topicExists: (urn) => stores.topics.has(urn),
      grants,
    }),
  };
}

function makeCloud(
  { clock, assumptions, stores, obs, functions, active, faults, grants, requests }: CloudParts,
  server: RunningServer,
  obsServer: RunningServer,
): Omit<LocalCloud, 'publish' | 'notify'> {
  return {
    url: server.url,
    port: server.port,
    obsUrl: obsServer.url,
    obs,
    clock,
    faults,
    active,
    situations: stores.situations,
    requests,
    requestsOf: (operation, service) =>
      requests.filter((made) => made.operation === operation && (service === undefined || made.service === service)),
    functions: () => functions.all(),
    codeFolder: (code) => functions.codeFolder(code),
    messages: () => stores.topics.messages(),
    events: () => stores.events.all(),
    metrics: () => stores.metrics.all(),
    alarms: () => stores.alarms.all(),
    invoked: (urn, isOk) => reportMetrics(stores.metrics, urn, { at: clock.now(), isOk }),
    script: (script) => stores.scripts.add(script),
    tasks: () => stores.tasks(),
    assume: (answers) => assumptions.change(answers),
    assumed: assumptions.assumed,
    setInstance: (instance) => stores.setInstance(instance),
    setSource: (source) => stores.sources.set(source),
    setTemplate: (template) => stores.templates.set(template),
    setServer: (changed) => stores.servers.set(changed),
    setTopic: (urn, subscriptions) => stores.topics.set(urn, subscriptions),
    setSecret: (secret) => stores.setSecret(secret),
    grant: (statements) => grants.set(statements),
    setAgency: (agency) => stores.agencies.set(agency),
    close: async () => {
      clock.stop();
      await Promise.all([server.close(), obsServer.close()]);
    },
  };
}
