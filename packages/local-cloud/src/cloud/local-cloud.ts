import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { foreignPage } from '../own-site.ts';
import { regionTimeZone } from '../region-time-zone.ts';
import { Clock } from './clock.ts';
import { isControlPath, makeControl } from './control.ts';
import { type BackupRecord, Backups } from './dcs/backups.ts';
import type { DcsSettings } from './dcs/deps.ts';
import { Instances, type LocalInstance } from './dcs/instances.ts';
import { makeDcsService } from './dcs/service.ts';
import type { DcsTask } from './dcs/task.ts';
import { DcsTasks } from './dcs/tasks.ts';
import { type LocalServer, Servers } from './ecs/servers.ts';
import { makeEcsService } from './ecs/service.ts';
import { Faults } from './faults.ts';
import { makeFront } from './front.ts';
import type { FunctionRunner } from './functiongraph/deps.ts';
import { Functions } from './functiongraph/functions.ts';
import type { FunctionRecord } from './functiongraph/records.ts';
import { makeFunctionGraphService } from './functiongraph/service.ts';
import { Gateway } from './gateway.ts';
import { LocalAgencies, type LocalAgency } from './iam/agencies.ts';
import { makeIamService } from './iam/service.ts';
import type { BucketSettings } from './obs/bucket.ts';
import { type FolderWatch, LocalObs } from './obs/local-obs.ts';
import type { ObjectEvent } from './obs/object-event.ts';
import { OBS_OPERATIONS } from './obs/obs-operation.ts';
import { makeObsServer } from './obs/obs-server.ts';
import type { Account, CloudEvent, ServiceName } from './operation.ts';
import type { RecordedRequest } from './recorder.ts';
import { type Script, Scripts } from './scripts.ts';
import { makeSmnService } from './smn/service.ts';
import { type LocalMessage, type LocalSubscription, Topics } from './smn/topics.ts';
import { makeSmsService } from './sms/service.ts';
import { type LocalSource, Sources } from './sms/sources.ts';
import type { SmsTask } from './sms/task.ts';
import { SmsTasks } from './sms/tasks.ts';
import { type LocalTemplate, Templates } from './sms/templates.ts';
import { readState, writeState } from './state-file.ts';

export interface LocalCloudOptions {
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** The name of the one project that each account has. @default 'ap-southeast-3' */
  readonly region?: string;
  readonly accounts: readonly Account[];
  /** DCS instances. @default [] */
  readonly instances?: readonly LocalInstance[];
  /** Source servers of SMS. @default [] */
  readonly sources?: readonly LocalSource[];
  /** Templates of SMS, which every account sees. @default [] */
  readonly templates?: readonly LocalTemplate[];
  /** Servers of ECS: the existing targets of server migrations. @default [] */
  readonly servers?: readonly LocalServer[];
  /** URNs of the topics of SMN; the project in it owns it. @default [] */
  readonly topics?: readonly string[];
  /** Agencies of IAM, which every account sees. @default [] */
  readonly agencies?: readonly LocalAgency[];
  /** @default real time */
  readonly clock?: Clock;
  /** The time that signatures are compared with: epoch ms. @default Date.now */
  readonly signatureTime?: () => number;
  readonly obs?: ObsSettings;
  /** Is there an object of this key in the bucket? Asked for each file of an import. @default the local OBS is asked, and always true without `obs` */
  readonly objectExists?: (bucket: string, key: string) => boolean | Promise<boolean>;
  /** How long a new task takes to show in a list: ms of the clock. @default 0 */
  readonly listDelayMs?: number;
  readonly dcs?: Partial<DcsSettings>;
  /** What of the local FunctionGraph can be set. @default functions can be deployed, are kept in memory, and do not run */
  readonly functionGraph?: FunctionGraphSettings;
  /** Called after each change of a task, a backup, a function or a trigger, and for each message. */
  readonly onEvent?: (event: CloudEvent) => void;
  /** What the control below `/local` wants as `Authorization: Bearer ...`. @default every program of this machine is let in */
  readonly controlToken?: string;
  /** Tasks, the backups that were taken and the templates that were made are kept in this file, without passwords, and are there again after a restart. @default not kept */
  readonly stateFile?: string;
}

/** The local FunctionGraph: its management API. */
export interface FunctionGraphSettings {
  /** What is deployed is kept here, encrypted variables included, and is there again after a restart. @default kept in memory, without the code */
  readonly folder?: string;
  /** Runs what is deployed. @default nobody does: an invocation is refused */
  readonly runner?: FunctionRunner;
  /** How long a deleted trigger still fires, shows and takes its place: ms of the clock. @default 5000, after which Terraform looks first */
  readonly triggerDeletionMs?: number;
  /** Where APIs that triggers make can be called, without a slash at the end. @default their group's domain is answered */
  readonly gatewayUrl?: string;
  /** From 0 to below 1; for the weights of an alias. @default Math.random */
  readonly random?: () => number;
}

/** The local OBS. */
export interface ObsSettings {
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** @default none */
  readonly buckets?: readonly BucketSettings[];
  /** Its direct folders are the buckets, their files the objects. @default all buckets are in memory */
  readonly folder?: string;
  /** For what a folder bucket keeps beside its files; on the same file system and not below it. Needed with `folder`. */
  readonly stateFolder?: string;
  /** Who else looks at the folder, and is kept from telling of what comes over HTTP. */
  readonly watch?: FolderWatch;
  /** Called once for each upload and removal over HTTP, before the client has its answer. */
  readonly onChange?: (event: ObjectEvent) => void;
}

/** How the cloud behaves, and may behave otherwise from one moment to the next. */
export interface CloudSettings {
  /** How long a new task takes to show in a list: ms of the clock. */
  readonly listDelayMs: number;
  /** The services' own time is so many ms ahead of `signatureTime`, or behind: signatures are compared with it, and the Date header shows it. */
  readonly clockSkewMs: number;
  readonly dcs: DcsSettings;
}

/** A task of any service, in one shape. */
export interface LocalTask {
  readonly service: ServiceName;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Epoch ms of the cloud's clock. */
  readonly createdAt: number;
  /** The DCS instance that it writes to; undefined until it is configured. */
  readonly targetInstanceId?: string | undefined;
  /** The source server that it moves; undefined for DCS. */
  readonly sourceServerId?: string | undefined;
}

export interface LocalCloud {
  /** Base URL for the endpoints of all services, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Base URL of OBS, without a slash at the end: path style, `/<bucket>/<key>`. */
  readonly obsUrl: string;
  /** What OBS holds, without HTTP and signatures. */
  readonly obs: LocalObs;
  readonly clock: Clock;
  readonly faults: Faults;
  /** All requests so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** The requests of one operation, named as in the API reference. `service` where two have it: `ShowServer` of SMS and of ECS. */
  requestsOf(operation: string, service?: ServiceName): RecordedRequest[];
  /** What was deployed, by name. */
  functions(): FunctionRecord[];
  /** Where the code with this digest is unpacked; undefined where none is kept. */
  codeFolder(digest: string): string | undefined;
  /** What was published to the topics of SMN, oldest first. */
  messages(): LocalMessage[];
  /** Publishes to a topic of SMN, as PublishMessage does. */
  publish(topicUrn: string, subject: string, message: string): void;
  /**
   * Lets the next task that comes to a stage end badly. What is in that stage already goes on as before.
   *
   * @throws {RangeError} when a number makes no sense, or no task of this kind can end so
   */
  script(script: Script): void;
  /** The tasks that exist, oldest first within a service. */
  tasks(): LocalTask[];
  /** From now on these settings; what is absent stays as it is. */
  configure(settings: Partial<Omit<CloudSettings, 'dcs'>> & { readonly dcs?: Partial<DcsSettings> }): void;
  /** Adds or replaces a DCS instance. */
  setInstance(instance: LocalInstance): void;
  /** Adds or replaces a source server. */
  setSource(source: LocalSource): void;
  /** Adds or replaces a template of SMS. */
  setTemplate(template: LocalTemplate): void;
  /** Adds or replaces a server of ECS. */
  setServer(server: LocalServer): void;
  /** Adds or replaces a topic of SMN: `urn:smn:<region>:<project id>:<name>`. Without `subscriptions` it has one that is confirmed. */
  setTopic(urn: string, subscriptions?: readonly LocalSubscription[]): void;
  /** Adds or replaces an agency of IAM. */
  setAgency(agency: LocalAgency): void;
  /** Breaks all connections and frees the port. The tasks stop walking. */
  close(): Promise<void>;
}

/** Where nobody runs functions: they can be deployed all the same. */
const NOBODY: FunctionRunner = {
  deploy: async () => undefined,
  invoke: () => Promise.reject(new Error('nothing runs functions here')),
  invokeLater: () => {
    throw new Error('nothing runs functions here');
  },
};

const PROJECT_ID = /^[0-9a-f]{32}$/;
const HOST = '127.0.0.1';

/**
 * Starts a cloud on this machine: DCS, SMS, ECS, SMN, IAM and FunctionGraph over HTTP on one port, told apart by path, and OBS on a port of its own.
 *
 * It is written from the API documentation and is strict: what a page's table excludes is refused.
 *
 * @throws {Error} when an account's project id is not 32 hex digits, the state file is not readable, or the port is taken
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  for (const { projectId } of options.accounts) {
    if (!PROJECT_ID.test(projectId))
      throw new Error(`start the local cloud: project id ${projectId} is not 32 hex digits`);
  }
  const clock = options.clock ?? new Clock();
  const requests: RecordedRequest[] = [];
  const instances = new Instances(options.instances ?? []);

  const keepState = (): void => {
    if (options.stateFile === undefined) return;
    writeState(options.stateFile, {
      dcs: dcsTasks.all(),
      sms: smsTasks.all(),
      backups: backups.taken(),
      templates: templates.made(),
    });
  };
  const onEvent = (event: CloudEvent): void => {
    keepState();
    options.onEvent?.(event);
  };
  const scripts = new Scripts();
  const servers = new Servers(options.servers ?? []);
  const topics = new Topics(options.topics ?? []);
  const agencies = new LocalAgencies(options.agencies ?? []);
  const templates = new Templates(options.templates ?? [], keepState);
  const sources = new Sources(options.sources ?? []);
  const settings: { -readonly [K in keyof CloudSettings]-?: CloudSettings[K] } = {
    listDelayMs: options.listDelayMs ?? 0,
    clockSkewMs: 0,
    dcs: { nameFilter: 'fuzzy', incrementalState: 'INCRMIGEATING', importFails: 'later', ...options.dcs },
  };
  const listDelayMs = () => settings.listDelayMs;
  const dcsTasks = new DcsTasks({ clock, listDelayMs, scripts, onEvent });
  const backups = new Backups({ instances, clock, scripts, onEvent });
  const smsTasks = new SmsTasks({ clock, listDelayMs, onEvent });
  const state = options.stateFile === undefined ? undefined : readState(options.stateFile);
  for (const task of state?.dcs ?? []) dcsTasks.restore(task as DcsTask);
  for (const task of state?.sms ?? []) smsTasks.restore(task as SmsTask);
  for (const record of state?.backups ?? []) backups.restore(record as BackupRecord);
  for (const made of state?.templates ?? []) templates.restore(made as ReturnType<Templates['made']>[number]);

  const serviceTime = () => (options.signatureTime ?? Date.now)() + settings.clockSkewMs;
  const region = options.region ?? 'ap-southeast-3';
  const { port: obsPort, onChange = () => undefined, ...obsSettings } = options.obs ?? {};
  const obs = await LocalObs.open({ buckets: [], ...obsSettings, onChange, now: () => clock.now() });
  const objectExists =
    options.objectExists ?? (options.obs ? (bucket: string, key: string) => obs.has(bucket, key) : () => true);

  const { functionGraph = {} } = options;
  const runner = functionGraph.runner ?? NOBODY;
  const functions = await Functions.open({
    folder: functionGraph.folder,
    onChange: (deployed) => runner.deploy(deployed),
  });

  const services = [
    makeDcsService({
      instances,
      backups,
      tasks: dcsTasks,
      scripts,
      clock,
      settings: () => settings.dcs,
      objectExists,
    }),
    makeSmsService({ sources, tasks: smsTasks, templates, servers, scripts, clock }),
    makeEcsService(servers),
    makeSmnService({ topics, clock, onEvent }),
    makeIamService(region, agencies),
    makeFunctionGraphService({
      functions,
      runner,
      clock,
      region,
      regionTimeZone: regionTimeZone(region),
      triggerDeletionMs: () => functionGraph.triggerDeletionMs ?? 5000,
      bucketExists: async (name) => {
        await obs.adopt(name);
        return options.obs === undefined || obs.buckets().some((bucket) => bucket.name === name);
      },
      topicExists: (urn) => topics.has(urn),
      readObject: (bucket, key) => obs.bytes(bucket, key),
      gatewayUrl: functionGraph.gatewayUrl,
      random: functionGraph.random ?? Math.random,
      onEvent,
    }),
  ];
  const operations = [...services.flatMap((service) => service.operations.map(({ name }) => name)), ...OBS_OPERATIONS];
  const faults = new Faults({ now: () => clock.now(), operations: new Set(operations) });
  const tasks = (): LocalTask[] => [
    ...dcsTasks.all().map(
      ({ id, name, status, createdAt, target }): LocalTask => ({
        service: 'DCS',
        id,
        name,
        status,
        createdAt,
        targetInstanceId: target?.id,
      }),
    ),
    ...smsTasks.all().map(
      ({ id, name, status, createdAt, sent }): LocalTask => ({
        service: 'SMS',
        id,
        name,
        status,
        createdAt,
        sourceServerId: sent.source_server.id,
      }),
    ),
  ];
  const configure: LocalCloud['configure'] = ({ dcs, ...changes }) => {
    Object.assign(settings, changes);
    settings.dcs = { ...settings.dcs, ...dcs };
  };
  const control = makeControl({
    faults,
    scripts,
    clock,
    requests,
    tasks,
    messages: () => topics.messages(),
    configure,
    token: options.controlToken,
  });
  const gateway = new Gateway({
    accounts: options.accounts,
    clock,
    signatureTime: serviceTime,
  });
  const front = makeFront({ services, gateway, faults, clock, requests, serviceTime });
  const { accounts } = options;
  const obsFront = makeObsServer({ obs, accounts, region, faults, clock, serviceTime, requests });
  const server = serve((request, response) =>
    isControlPath(request.url) ? control(request, response) : front(request, response),
  );
  const obsServer = serve(obsFront);
  const port = await listen(server, options.port ?? 0);
  const obsUrl = await listen(obsServer, obsPort ?? 0).then(
    (taken) => `http://${HOST}:${taken}`,
    async (error: unknown) => {
      await closeServer(server);
      throw error;
    },
  );

  return {
    url: `http://${HOST}:${port}`,
    port,
    obsUrl,
    obs,
    clock,
    faults,
    requests,
    requestsOf: (operation, service) =>
      requests.filter((made) => made.operation === operation && (service === undefined || made.service === service)),
    functions: () => functions.all(),
    codeFolder: (digest) => functions.codeFolder(digest),
    messages: () => topics.messages(),
    publish: (topicUrn, subject, message) => {
      const id = randomUUID().replaceAll('-', '');
      topics.keep({ id, topicUrn, subject, message, publishedAt: clock.now() });
      const told = { name: subject, status: 'PUBLISHED', message, topic: topicUrn };
      onEvent({ kind: 'message_published', service: 'SMN', id, ...told });
    },
    script: (script) => scripts.add(script),
    tasks,
    configure,
    setInstance: (instance) => instances.set(instance),
    setSource: (source) => sources.set(source),
    setTemplate: (template) => templates.set(template),
    setServer: (server) => servers.set(server),
    setTopic: (urn, subscriptions) => topics.set(urn, subscriptions),
    setAgency: (agency) => agencies.set(agency),
    close: async () => {
      clock.stop();
      await Promise.all([closeServer(server), closeServer(obsServer)]);
    },
  };
}

type Front = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Signed or not, no page of a browser has business here. */
function serve(front: Front): Server {
  return createServer((request, response) => {
    const foreign = foreignPage(request, request.socket.localPort ?? 0);
    if (foreign === undefined) front(request, response).catch(() => request.socket.destroy());
    else response.writeHead(403, { 'Content-Type': 'application/json' }).end(`${JSON.stringify({ error: foreign })}\n`);
  });
}

/** @returns the port */
async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(`start the local cloud on ${HOST}:${port}`, { cause })));
    server.listen(port, HOST, resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
