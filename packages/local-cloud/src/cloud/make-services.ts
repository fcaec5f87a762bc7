import { regionTimeZone } from '../region-time-zone.ts';
import { makeCesService } from './ces/service.ts';
import type { Clock } from './clock.ts';
import type { CloudStores } from './cloud-stores.ts';
import type { Credentials } from './credentials.ts';
import { makeCsmsService } from './csms/service.ts';
import { makeDcsService } from './dcs/service.ts';
import { WebCliSessions } from './dcs/web-cli-sessions.ts';
import { makeEcsService } from './ecs/service.ts';
import type { Dependencies } from './functiongraph/dependencies.ts';
import type { FunctionRunner } from './functiongraph/deps.ts';
import type { Functions } from './functiongraph/functions.ts';
import { makeFunctionGraphService } from './functiongraph/service.ts';
import { makeIamService } from './iam/service.ts';
import type { Tokens } from './iam/tokens.ts';
import type { LocalCloudOptions } from './local-cloud-options.ts';
import type { LocalObs } from './obs/local-obs.ts';
import type { Assumed } from './open-questions/assumptions.ts';
import type { CloudEvent, Service } from './operation.ts';
import { makeSmnService } from './smn/service.ts';
import { makeSmsService } from './sms/service.ts';

/** Larger backup files are imported without looking into them. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

export interface ServiceParts {
  readonly options: LocalCloudOptions;
  readonly region: string;
  readonly clock: Clock;
  readonly assumed: Assumed;
  readonly stores: CloudStores;
  readonly obs: LocalObs;
  readonly functions: Functions;
  readonly dependencies: Dependencies;
  readonly runner: FunctionRunner;
  readonly credentials: Credentials;
  readonly tokens: Tokens;
}

/** The services on the shared port; OBS has its own. */
export function makeServices({
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
}: ServiceParts): Service[] {
  const { instances, backups, dcsTasks, keySpaces, instanceData, scripts, situations } = stores;
  const { sources, smsTasks, templates, servers, topics, secrets, agencies, metrics, events, alarms } = stores;
  const { functionGraph = {} } = options;
  const onEvent = (event: CloudEvent) => stores.emit(event);
  const hasObject = options.obs ? (bucket: string, key: string) => obs.has(bucket, key) : () => true;
  const objectExists = options.objectExists ?? hasObject;
  const bucketExists = async (name: string) => {
    await obs.adopt(name);
    return options.obs === undefined || obs.buckets().some((bucket) => bucket.name === name);
  };
  return [
    makeDcsService({
      instances,
      backups,
      tasks: dcsTasks,
      keySpaces,
      instanceData,
      sessions: new WebCliSessions(clock),
      scripts,
      situations,
      onWork: (task, ms) => stores.onWork(task, ms),
      clock,
      assumed,
      objectExists,
      readObject: async (bucket, key) => {
        if (!(await obs.has(bucket, key))) return undefined;
        const object = await obs.bucket(bucket).storage.find(key);
        return object !== undefined && object.size <= MAX_READ_BYTES ? obs.bytes(bucket, key) : undefined;
      },
    }),
    makeSmsService({ sources, tasks: smsTasks, templates, servers, scripts, situations, clock, bucketExists, assumed }),
    makeEcsService(servers),
    makeSmnService({ topics, clock, onEvent }),
    makeCesService({ metrics, events, alarms, clock, onEvent }),
    makeCsmsService(secrets),
    makeIamService({ region, accounts: options.accounts, agencies, credentials, tokens, clock }),
    makeFunctionGraphService({
      functions,
      dependencies,
      runner,
      clock,
      region,
      regionTimeZone: regionTimeZone(region),
      triggerDeletionMs: () => functionGraph.triggerDeletionMs ?? 5000,
      bucketExists,
      topicExists: (urn) => topics.has(urn),
      readObject: (bucket, key) => obs.bytes(bucket, key),
      gatewayUrl: functionGraph.gatewayUrl,
      random: functionGraph.random ?? Math.random,
      onEvent,
    }),
  ];
}
