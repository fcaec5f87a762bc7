import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Callers } from './callers.ts';
import { Clock } from './cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from './cloud/local-cloud.ts';
import type { FunctionGraphSettings, LocalCloudOptions, ObsSettings } from './cloud/local-cloud-options.ts';
import { type Assumed, assumedByDefault } from './cloud/open-questions/assumptions.ts';
import type { Answers } from './cloud/open-questions/open-questions.ts';
import type { Account } from './cloud/operation.ts';
import { isNamed, Situations } from './cloud/situations.ts';
import { DeployedFunctions } from './deployed-functions.ts';
import { FunctionSwitch } from './function-switch.ts';
import { BucketFolder } from './functiongraph/bucket-folder.ts';
import { FunctionHost, type LogLine } from './functiongraph/function-host.ts';
import { type Gateway, startGateway } from './functiongraph/gateway.ts';
import { InvocationRefusedError } from './functiongraph/invocation.ts';
import type { ObjectChange } from './functiongraph/object-notification.ts';
import { type LocalKeys, makeLocalKeys } from './new-keys.ts';
import type { RegionEvent } from './region-event.ts';
import { RequestLogs } from './request-logs.ts';
import { StartedParts } from './started-parts.ts';
import { keepProjectId, openStateFolder } from './state-folder.ts';
import type { OwnFunctions } from './triggered-functions.ts';

const DOMAIN_ID = '5f3e1d0c2b4a49788c6d7e8f90a1b2c3';
/** The names of the only account and of its only IAM user. */
export const DOMAIN_NAME = 'local';
export const USER_NAME = 'local-user';

export interface LocalRegionOptions<Own extends OwnFunctions | undefined> {
  readonly region: string;
  /** The folder for all persistent data. */
  readonly stateFolder: string;
  /** The project of the only account. @default generated and stored in the state folder */
  readonly projectId?: string | undefined;
  /** 0 selects any free port. */
  readonly gatewayPort: number;
  /** @default any free port */
  readonly obsPort?: number;
  /** Created if they do not exist. */
  readonly buckets: readonly string[];
  /** The initial data of the services for this account. */
  readonly seed: (
    account: Account,
  ) => Pick<
    LocalCloudOptions,
    'port' | 'instances' | 'sources' | 'templates' | 'servers' | 'topics' | 'secrets' | 'agencies' | 'clock'
  >;
  /** How the region behaves where the documentation leaves it open. @default the assumed behavior of each question */
  readonly assume?: Answers;
  /** Creates the functions that run while nothing is deployed; undefined if there are none. */
  readonly makeOwn: (parts: { readonly host: FunctionHost; readonly account: Account; readonly clock: Clock }) => Own;
  readonly onEvent: (event: RegionEvent) => void;
  readonly onLog: (line: LogLine) => void;
}

/** A running local cloud with a local FunctionGraph and the triggers of its functions. */
export interface LocalRegion<Own extends OwnFunctions | undefined> {
  /** The project of the only account. */
  readonly projectId: string;
  /** Valid for this region until it ends. */
  readonly keys: LocalKeys;
  /** The temporary keys of the functions' agency, in the same account. */
  readonly functionKeys: Pick<LocalKeys, 'accessKey' | 'secretKey' | 'securityToken'>;
  readonly callers: Callers;
  readonly cloud: LocalCloud;
  readonly gateway: Gateway;
  readonly buckets: BucketFolder;
  readonly bucketsFolder: string;
  readonly logFile: string;
  readonly own: Own;
  /** Whether the own functions are without their triggers, which is the case while any function is deployed. */
  isResting(): boolean;
  /** Stops everything; work in progress is aborted. */
  close(): Promise<void>;
}

/**
 * Starts a region of one account on this machine: its services, its functions, its API gateway and its buckets, which are folders.
 *
 * @throws errors of its parts: a port in use (`EADDRINUSE`, as the error or its cause), or an unreadable state file. Nothing is left running then.
 */
export async function startLocalRegion<Own extends OwnFunctions | undefined>(
  options: LocalRegionOptions<Own>,
): Promise<LocalRegion<Own>> {
  const parts = new StartedParts();
  try {
    await openStateFolder(options.stateFolder);
    return await startRegion(options, parts);
  } catch (error) {
    await parts.end();
    throw error;
  }
}

async function startRegion<Own extends OwnFunctions | undefined>(
  options: LocalRegionOptions<Own>,
  parts: StartedParts,
): Promise<LocalRegion<Own>> {
  const { token, password, ...credentials } = makeLocalKeys();
  const { token: _token, password: _password, ...functionKeys } = makeLocalKeys();
  const callers = new Callers({ token });
  const projectId = options.projectId ?? (await keepProjectId(options.stateFolder));
  const user = { name: USER_NAME, password };
  const account: Required<Omit<Account, 'isAgency'>> = {
    ...credentials,
    projectId,
    domainId: DOMAIN_ID,
    domainName: DOMAIN_NAME,
    user,
  };
  const agency = { ...account, ...functionKeys, isAgency: true };
  const logFile = path.join(options.stateFolder, 'functions.log');
  const bucketsFolder = path.join(options.stateFolder, 'buckets');

  const seeded = options.seed(account);
  const { clock = new Clock() } = seeded;
  let started: LocalCloud | undefined;
  const none = new Situations();
  const situations = () => started?.situations ?? none;
  const functions = await startFunctions(options, agency, clock, situations, logFile, parts);
  const assumed = () => started?.assumed ?? assumedByDefault;
  const gateway = await openGateway(options, functions.switch, callers, assumed);
  parts.add(() => gateway.close());
  const onChange = (change: ObjectChange) =>
    options.onEvent({ kind: 'object', change, functionNames: functions.switch.active?.objectChanged(change) ?? [] });
  const buckets = await openBuckets(options, clock, bucketsFolder, (change) => {
    onChange(change);
    cloud.notify(change);
  });
  parts.add(() => buckets.close());
  const obs = { folder: bucketsFolder, watch: buckets, onChange };
  const functionGraph = { runner: functions.switch, gatewayUrl: gateway.url };
  const cloud = await openCloud(options, {
    seeded: { ...seeded, clock },
    accounts: [account, agency],
    token,
    obs,
    functionGraph,
    onMessage: functions.onMessage,
  });
  started = cloud;
  parts.add(() => cloud.close());
  // Closed before the services that they call.
  parts.add(functions.close);
  parts.add(() => buckets.close());
  await functions.switch.connect(cloud);
  buckets.watch();
  return {
    projectId,
    keys: { ...credentials, password, token },
    functionKeys,
    callers,
    cloud,
    gateway,
    buckets,
    bucketsFolder,
    logFile,
    own: functions.own,
    isResting: () => functions.switch.isResting,
    close: () => parts.end(),
  };
}

async function startFunctions<Own extends OwnFunctions | undefined>(
  { region, makeOwn, onEvent, onLog }: LocalRegionOptions<Own>,
  account: Account & { readonly securityToken: string },
  clock: Clock,
  situations: () => Situations,
  logFile: string,
  parts: StartedParts,
) {
  const log = createWriteStream(logFile);
  parts.add(() => new Promise((resolve) => log.end(resolve)));
  const logs = new RequestLogs();
  const { accessKey, secretKey, securityToken, projectId, domainId } = account;
  const host = await FunctionHost.start([], {
    faultOf: (name) => situations().take('function', (one) => isNamed(one, name))?.kind,
    projectId,
    credentials: { accessKey, secretKey, securityToken },
    clock,
    onLog: (line) => {
      log.write(`${line.functionName} ${line.requestId} ${line.stream} ${line.line}\n`);
      logs.add(line);
      onLog(line);
    },
  });
  parts.add(() => host.close());
  const deployed = new DeployedFunctions({ host, logs, region, ownerId: domainId, onEvent });
  const own = makeOwn({ host, account, clock });
  return {
    own,
    switch: new FunctionSwitch(deployed, own),
    onMessage: (id: string) => deployed.published(id),
    close: async () => {
      void deployed.close();
      void own?.close();
      await host.close();
    },
  };
}

function openGateway(
  { gatewayPort, onEvent }: Pick<LocalRegionOptions<undefined>, 'gatewayPort' | 'onEvent'>,
  functions: FunctionSwitch,
  callers: Callers,
  assumed: () => Assumed,
): Promise<Gateway> {
  return startGateway({
    port: gatewayPort,
    callers,
    assumed,
    get routes() {
      return functions.active?.routes() ?? [];
    },
    invoke: async (functionName, event, requestId) => {
      if (!functions.active) throw new InvocationRefusedError(`invoke ${functionName}: the function does not exist`);
      return functions.active.invokeRoute(functionName, event, requestId);
    },
    onResponse: ({ method, path: requested, functionName }, { status }, result) => {
      onEvent({ kind: 'request', method, path: requested, status });
      // Deployed functions report their own results.
      if (result && functionName !== undefined && !functions.isResting)
        onEvent({ kind: 'result', functionName, result, attempt: 1 });
    },
  });
}

function openBuckets(
  { buckets, stateFolder, onEvent }: Pick<LocalRegionOptions<undefined>, 'buckets' | 'stateFolder' | 'onEvent'>,
  clock: Clock,
  root: string,
  onChange: (change: ObjectChange) => void,
): Promise<BucketFolder> {
  return BucketFolder.open({
    root,
    stateFile: path.join(stateFolder, 'buckets.json'),
    buckets,
    onChange,
    onError: (error) => onEvent({ kind: 'trouble', error }),
    now: () => new Date(clock.now()),
  });
}

interface CloudWiring {
  readonly seeded: ReturnType<LocalRegionOptions<undefined>['seed']>;
  readonly accounts: readonly Account[];
  readonly token: string;
  readonly obs: ObsSettings;
  readonly functionGraph: FunctionGraphSettings;
  readonly onMessage: (id: string) => void;
}

function openCloud(
  { region, assume, obsPort = 0, buckets, stateFolder, onEvent }: Omit<LocalRegionOptions<undefined>, 'makeOwn'>,
  { seeded, accounts, token, obs, functionGraph, onMessage }: CloudWiring,
): Promise<LocalCloud> {
  return startLocalCloud({
    ...seeded,
    ...(assume && { assume }),
    region,
    accounts,
    controlToken: token,
    obs: {
      ...obs,
      port: obsPort,
      buckets: buckets.map((name) => ({ name })),
      stateFolder: path.join(stateFolder, 'obs'),
    },
    stateFile: path.join(stateFolder, 'cloud.json'),
    functionGraph: { ...functionGraph, folder: path.join(stateFolder, 'deployed') },
    onEvent: (event) => {
      onEvent({ kind: 'cloud', event });
      if (event.kind === 'message_published') onMessage(event.id);
    },
  });
}
