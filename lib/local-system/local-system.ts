import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Callers } from '../../packages/local-cloud/src/callers.ts';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import type { FunctionRunner } from '../../packages/local-cloud/src/cloud/functiongraph/deps.ts';
import {
  type FunctionGraphSettings,
  type LocalCloud,
  type ObsSettings,
  startLocalCloud,
} from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import type { Account, CloudEvent } from '../../packages/local-cloud/src/cloud/operation.ts';
import { DeployedFunctions } from '../../packages/local-cloud/src/deployed-functions.ts';
import { AsyncQueue } from '../../packages/local-cloud/src/functiongraph/async-queue.ts';
import { BucketFolder } from '../../packages/local-cloud/src/functiongraph/bucket-folder.ts';
import { FunctionHost, type LogLine } from '../../packages/local-cloud/src/functiongraph/function-host.ts';
import { type Gateway, type GatewayRoute, startGateway } from '../../packages/local-cloud/src/functiongraph/gateway.ts';
import type { Invocation, InvocationFaults } from '../../packages/local-cloud/src/functiongraph/invocation.ts';
import {
  makeObjectNotification,
  type ObjectChange,
  type ObjectTriggerRule,
  ruleMatches,
} from '../../packages/local-cloud/src/functiongraph/object-notification.ts';
import { Timers, type TimerTrigger } from '../../packages/local-cloud/src/functiongraph/timers.ts';
import { type LocalKeys, makeLocalKeys } from '../../packages/local-cloud/src/new-keys.ts';
import { regionTimeZone } from '../../packages/local-cloud/src/region-time-zone.ts';
import { keepProjectId, openStateFolder } from '../../packages/local-cloud/src/state-folder.ts';
import type { JobsGlance } from './jobs-glance.ts';
import { LOCAL_FUNCTIONS, type LocalFunction } from './local-functions.ts';
import { localSecret, localSigningSecret } from './local-secret.ts';
import { processStart } from './process-start.ts';
import { type Progress, readProgress } from './progress.ts';
import { seedAgencies, seedInstances, seedServers, seedTemplates } from './seeds.ts';
import { systemFilePath, writeSystemFile } from './system-file.ts';

/** Tasks walk so many times faster than documented: an import takes three seconds, long enough to see it on its way. */
export const CLOUD_SPEED = 20;

const DOMAIN_ID = '5f3e1d0c2b4a49788c6d7e8f90a1b2c3';

/** Something that happened, for the lines that a person reads. */
export type SystemEvent =
  | { readonly kind: 'object'; readonly change: ObjectChange; readonly functionNames: readonly string[] }
  | { readonly kind: 'tick'; readonly trigger: TimerTrigger }
  | { readonly kind: 'request'; readonly method: string; readonly path: string; readonly status: number }
  | { readonly kind: 'result'; readonly functionName: string; readonly result: Invocation; readonly attempt: number }
  | { readonly kind: 'gave_up'; readonly functionName: string; readonly attempts: number; readonly error: string }
  | { readonly kind: 'cloud'; readonly event: CloudEvent }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'trouble'; readonly error: unknown };

export interface LocalSystemOptions {
  /** Everything that is kept goes here. */
  readonly stateFolder: string;
  /** The built functions: `<folder>/<name>/index.js`. Without any, nothing runs but what is deployed. */
  readonly functions: readonly { readonly name: string; readonly folder: string }[];
  readonly glance: JobsGlance;
  /** Where the glance was read. */
  readonly jobsFile?: string;
  readonly gatewayPort: number;
  readonly onEvent: (event: SystemEvent) => void;
}

/** A local cloud, a local FunctionGraph and what triggers its functions, running. */
export interface LocalSystem {
  readonly stateFolder: string;
  /** Of the one account. */
  readonly projectId: string;
  /** They open this system, until it ends. */
  readonly keys: LocalKeys;
  readonly callers: Callers;
  readonly cloud: LocalCloud;
  readonly gateway: Gateway;
  readonly timers: Timers;
  readonly buckets: BucketFolder;
  readonly bucketsFolder: string;
  readonly logFile: string;
  readonly rules: readonly ObjectTriggerRule[];
  readonly timerTriggers: readonly TimerTrigger[];
  readonly routes: readonly GatewayRoute[];
  /**
   * Are the built functions without their triggers? They rest as long as any function is deployed: nothing is to run twice.
   */
  isResting(): boolean;
  /** Delivers the latest event of an object once more, as OBS and the platform may at any time. */
  deliverAgain(): void;
  /** Ends everything; what is under way is cut off. */
  close(): Promise<void>;
}

/**
 * Starts the whole system on this machine.
 *
 * @throws what its parts throw: a port that is taken (`EADDRINUSE`, as the error or its cause), a state file that can't be read. Then
 * nothing is left running.
 */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { glance, stateFolder, onEvent } = options;
  const stops: (() => unknown)[] = [];
  let onMessage: (id: string) => void = () => undefined;
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    await openStateFolder(stateFolder);
    return await startParts();
  } catch (error) {
    await stopAll();
    throw error;
  }

  async function startParts(): Promise<LocalSystem> {
    const builtIn: readonly LocalFunction[] = options.functions.length === 0 ? [] : LOCAL_FUNCTIONS;
    let host: FunctionHost | undefined;
    const invoke = async (name: string, event: string, requestId: string, faults: InvocationFaults = {}) => {
      if (!host) throw new Error(`invoke ${name}: the local FunctionGraph is not ready yet`);
      return host.invoke(name, event, requestId, faults);
    };
    const keys = makeLocalKeys();
    const { token, ...credentials } = keys;
    const callers = new Callers({ token });
    let deployed: DeployedFunctions | undefined;
    const isResting = () => deployed !== undefined && !deployed.isEmpty;
    const routes = builtIn.flatMap((row) => (row.routes ?? []).map((route) => ({ ...route, functionName: row.name })));

    const gateway = await startGateway({
      port: options.gatewayPort,
      callers,
      get routes() {
        return deployed && isResting() ? deployed.routes() : routes;
      },
      invoke: (name, event, requestId) =>
        deployed && isResting() ? deployed.invokeRoute(name, event, requestId) : invoke(name, event, requestId),
      onAnswer: ({ method, path: requested }, answer, result) => {
        onEvent({ kind: 'request', method, path: requested, status: answer.status });
        if (isResting()) return;
        const functionName = routes.find(({ prefix }) => requested.startsWith(prefix))?.functionName;
        if (result && functionName) onEvent({ kind: 'result', functionName, result, attempt: 1 });
      },
    });
    stops.push(() => gateway.close());

    const projectId = glance.projectId ?? (await keepProjectId(stateFolder));
    const account: Account = { ...credentials, projectId, domainId: DOMAIN_ID };
    const bucketsFolder = path.join(stateFolder, 'buckets');
    await mkdir(bucketsFolder, { recursive: true });
    let buckets: BucketFolder | undefined;
    let onObject: (change: ObjectChange) => void = () => undefined;
    let deploy: FunctionRunner['deploy'] = async () => undefined;
    const runner: FunctionRunner = {
      deploy: (functions) => deploy(functions),
      invoke: (...call) => ready(deployed).invoke(...call),
      invokeLater: (...call) => ready(deployed).invokeLater(...call),
    };
    const functionGraph = { folder: path.join(stateFolder, 'deployed'), runner, gatewayUrl: gateway.url };
    const cloud = await startCloud(account, token, functionGraph, {
      buckets: bucketNames().map((name) => ({ name })),
      folder: bucketsFolder,
      stateFolder: path.join(stateFolder, 'obs'),
      watch: { own: (bucket, key, change) => (buckets ? buckets.own(bucket, key, change) : change()) },
      onChange: (event) => onObject(event),
    });
    stops.push(() => cloud.close());

    const logFile = path.join(stateFolder, 'functions.log');
    const log = createWriteStream(logFile);
    stops.push(() => new Promise((resolve) => log.end(resolve)));
    host = await FunctionHost.start(functionSettings(builtIn, cloud), {
      projectId: account.projectId,
      credentials,
      onLog: (line) => {
        writeLog(log, line);
        deployed?.log(line);
        const progress = readProgress(line);
        if (progress) onEvent({ kind: 'progress', progress });
      },
    });
    const started = host;
    stops.push(() => started.close());

    const queue = new AsyncQueue({
      invoke,
      policyOf: (name) => builtIn.find((row) => row.name === name)?.async,
      functionUrn: (name) => `urn:fss:${glance.region}:${account.projectId}:function:default:${name}:latest`,
      onAttempt: (functionName, _event, result, attempt) => onEvent({ kind: 'result', functionName, result, attempt }),
      onFailure: (functionName, report) => {
        const attempts = report.request_context.approximate_invoke_count;
        onEvent({ kind: 'gave_up', functionName, attempts, error: report.response_context.function_error });
      },
      now: () => new Date(),
    });
    stops.push(() => void queue.close());

    const rules = builtIn.flatMap(({ name, objectTriggers }) =>
      (objectTriggers?.(glance) ?? []).map((rule) => ({ ...rule, functionName: name })),
    );
    const timerTriggers = builtIn.flatMap((row) =>
      (row.timers?.(glance) ?? []).map((timer) => ({ ...timer, functionName: row.name })),
    );
    const timers = new Timers(timerTriggers, {
      regionTimeZone: regionTimeZone(glance.region),
      now: () => new Date(),
      fire: (trigger, event) => {
        onEvent({ kind: 'tick', trigger });
        queue.enqueue(trigger.functionName, event);
      },
    });
    stops.push(() => timers.stop());

    const running = new DeployedFunctions({
      host: started,
      region: glance.region,
      regionTimeZone: regionTimeZone(glance.region),
      ownerId: DOMAIN_ID,
      codeFolder: cloud.codeFolder,
      variables: endpoints(cloud),
      now: () => new Date(),
      random: Math.random,
      publish: cloud.publish,
      putObject: async (bucket, key, text) => {
        await cloud.obs.put(bucket, key, Readable.from([Buffer.from(text)]), {
          contentType: 'application/json',
          metadata: {},
        });
      },
      onTick: (trigger) => onEvent({ kind: 'tick', trigger }),
      onResult: (functionName, result, attempt) => onEvent({ kind: 'result', functionName, result, attempt }),
      onGaveUp: (functionName, attempts, error) => onEvent({ kind: 'gave_up', functionName, attempts, error }),
      onTrouble: (error) => onEvent({ kind: 'trouble', error }),
    });
    deployed = running;
    stops.push(() => void running.close());
    onMessage = (id) => {
      const message = cloud.messages().find((published) => published.id === id);
      if (message) running.published(message);
    };
    let tick = false;
    deploy = async (functions) => {
      await running.deploy(functions);
      if (tick !== isResting()) return;
      tick = !tick;
      if (tick) timers.start();
      else timers.stop();
    };
    await deploy(cloud.functions());

    let deliverAgain: () => void = () => undefined;
    onObject = (change) => {
      if (isResting()) {
        onEvent({ kind: 'object', change, functionNames: running.objectChanged(change) });
        return;
      }
      const matching = rules.filter((rule) => ruleMatches(rule, change));
      onEvent({ kind: 'object', change, functionNames: matching.map((rule) => rule.functionName) });
      for (const rule of matching) {
        const notification = makeObjectNotification(change, rule, glance.region, DOMAIN_ID);
        deliverAgain = () => void queue.enqueue(rule.functionName, notification);
        deliverAgain();
      }
    };
    buckets = await BucketFolder.open({
      root: bucketsFolder,
      stateFile: path.join(stateFolder, 'buckets.json'),
      buckets: bucketNames(),
      onChange: onObject,
      onError: (error) => onEvent({ kind: 'trouble', error }),
      now: () => new Date(),
    });
    const opened = buckets;
    stops.push(() => opened.close());

    await writeSystemFile(stateFolder, {
      pid: process.pid,
      started: (await processStart(process.pid)) ?? '',
      project_id: account.projectId,
      region: glance.region,
      ...(options.jobsFile === undefined ? {} : { jobs_file: options.jobsFile }),
      cloud_url: cloud.url,
      obs_url: cloud.obsUrl,
      gateway_url: gateway.url,
      keys: { access_key: keys.accessKey, secret_key: keys.secretKey, security_token: keys.securityToken },
      token,
    });
    stops.push(() => rm(systemFilePath(stateFolder), { force: true }));

    return {
      stateFolder,
      projectId: account.projectId,
      keys,
      callers,
      cloud,
      gateway,
      timers,
      buckets,
      bucketsFolder,
      logFile,
      rules,
      timerTriggers,
      routes,
      isResting,
      deliverAgain: () => deliverAgain(),
      close: stopAll,
    };
  }

  function startCloud(
    account: Account,
    controlToken: string,
    functionGraph: FunctionGraphSettings,
    obs: ObsSettings,
  ): Promise<LocalCloud> {
    return startLocalCloud({
      region: glance.region,
      accounts: [account],
      controlToken,
      instances: seedInstances(glance, Date.now()),
      sources: glance.sourceServers,
      templates: seedTemplates(glance, account.projectId),
      servers: seedServers(glance),
      topics: glance.topics,
      agencies: seedAgencies(),
      clock: new Clock({ speed: CLOUD_SPEED }),
      obs,
      stateFile: path.join(stateFolder, 'cloud.json'),
      functionGraph,
      onEvent: (event) => {
        onEvent({ kind: 'cloud', event });
        if (event.kind === 'message_published') onMessage(event.id);
      },
    });
  }

  function functionSettings(builtIn: readonly LocalFunction[], cloud: LocalCloud) {
    const signing = new Set(glance.signingVariables);
    const secrets = Object.fromEntries(
      glance.variables.map((name) => [name, signing.has(name) ? localSigningSecret(name) : localSecret(name)]),
    );
    return builtIn.map(({ name, timeoutSeconds }) => {
      const built = options.functions.find((candidate) => candidate.name === name);
      if (!built)
        throw new Error(
          `start ${name}: the build made no such function, only ${options.functions.map((f) => f.name).join(', ')}`,
        );
      return {
        name,
        codeFolder: built.folder,
        initializer: 'index.initializer',
        timeoutSeconds,
        memoryMb: 256,
        userData: {
          ...secrets,
          ...endpoints(cloud),
          // In place of the one in the jobs file. A function runs in a folder of its own, so the path is a whole one.
          MIGRATIONS_LEDGER_FOLDER: path.resolve(stateFolder, 'ledger'),
          // As of what `npx serverless deploy --stage local` puts beside them.
          MIGRATIONS_STAGE: 'local',
        },
      };
    });
  }

  /** Those that jobs watch, and those that imports read from. */
  function bucketNames(): string[] {
    const names = glance.jobs.flatMap(({ objectCreated, action }) => {
      const files = action['backup_files'] as { bucket_name?: unknown } | undefined;
      return [objectCreated?.bucket, files?.bucket_name];
    });
    return [
      ...new Set(
        names.filter((name): name is string => typeof name === 'string' && /^[a-z0-9][a-z0-9.-]+$/.test(name)),
      ),
    ];
  }
}

/** Where the services are, for functions: their keys are of use nowhere else. */
function endpoints({ url, obsUrl }: LocalCloud): Readonly<Record<string, string>> {
  return {
    HUAWEICLOUD_DCS_ENDPOINT: url,
    HUAWEICLOUD_SMS_ENDPOINT: url,
    HUAWEICLOUD_ECS_ENDPOINT: url,
    HUAWEICLOUD_IAM_ENDPOINT: url,
    HUAWEICLOUD_SMN_ENDPOINT: url,
    HUAWEICLOUD_OBS_ENDPOINT: obsUrl,
  };
}

function ready(deployed: DeployedFunctions | undefined): DeployedFunctions {
  if (!deployed) throw new Error('run a function: the local FunctionGraph is not ready yet');
  return deployed;
}

function writeLog(log: WriteStream, { functionName, requestId, stream, line }: LogLine): void {
  log.write(`${functionName} ${requestId} ${stream} ${line}\n`);
}
