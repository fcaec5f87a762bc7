import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import type { LocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import type { LocalTask } from '../../packages/local-cloud/src/cloud/local-task.ts';
import type { Job, Jobs, ObjectSet } from '../jobs/job.ts';
import type { LocalSystem } from './local-system.ts';
import type { ReportedRun } from './run-report.ts';
import { makeSampleRdb } from './sample-rdb.ts';
import { needsRequestedFile, REQUESTED_KEY, requestedBucket, sampleBody, sampleCredentials } from './sample-request.ts';

/** One trigger of one job, and its expected result: a task of this job in the local cloud. */
export interface DemoStep {
  readonly job: string;
  readonly what: string;
  /** The outcome that the function must return; if absent, a created or an existing task. `dry_run`: no task, and what would be sent. */
  readonly outcome?: 'existing' | 'dry_run';
  /** The keys that the task must import; absent: any. */
  readonly files?: readonly string[];
  /** The call whose response is lost, by its name in the API reference. */
  readonly lost?: string;
  /** Does only what an external party would do. */
  play(): Promise<void>;
  /** Called after the function has handled each of `files`: events are handled concurrently, and the marker of a set must come last. */
  complete?(): Promise<void>;
}

export interface DemoOptions {
  readonly system: Pick<LocalSystem, 'bucketsFolder' | 'builtIn' | 'gateway' | 'keys'> & {
    readonly cloud: Pick<LocalCloud, 'faults'>;
  };
  readonly jobs: Jobs;
  readonly now: () => Date;
}

type Play = Omit<DemoStep, 'job' | 'outcome'>;

/** How each kind of trigger is fired. A job with several triggers gets a step for each. */
const PLAYS: readonly ((job: Job, options: DemoOptions) => Play | undefined)[] = [
  playObject,
  playSet,
  playTick,
  playRequest,
];

/** The create call of each kind of task, by its name in the API reference. */
const CREATE_CALLS: Readonly<Record<string, string>> = {
  backup_import: 'CreateMigrationTask',
  online_migration: 'CreateOnlineMigrationTask',
  server_migration: 'CreateTask',
};

/**
 * The steps for a jobs file: an object that lands, and whose event is delivered twice; then what takes longest, servers and online
 * migrations; then the other imports, which take turns; and finally the first object again, with a lost response.
 */
export function planDemonstration(options: DemoOptions): DemoStep[] {
  const jobs = [...options.jobs.jobs.values()];
  const steps = PLAYS.flatMap((play) =>
    jobs.flatMap((job): DemoStep[] => {
      const step = play(job, options);
      return step ? [{ job: job.name, ...step, ...(job.policies.dryRun ? { outcome: 'dry_run' } : {}) }] : [];
    }),
  );
  const job = jobs.find(({ on, policies }) => on.object_created && !on.object_created.set && !policies.dryRun);
  const first = steps.find((step) => step.job === job?.name);
  const isImport = (step: DemoStep) => jobs.find(({ name }) => name === step.job)?.kind === 'backup_import';
  const others = steps.filter((step) => step !== first);
  const inOrder = [...others.filter((step) => !isImport(step)), ...others.filter(isImport)];
  return first && job ? [first, deliverAgain(first, options), ...inOrder, loseResponse(first, job, options)] : inOrder;
}

/** Must directly follow the step in which the object lands: the latest event is delivered again. */
function deliverAgain({ job }: DemoStep, { system }: DemoOptions): DemoStep {
  return {
    job,
    what: 'the same event is delivered again',
    outcome: 'existing',
    play: async () => system.builtIn.deliverAgain(),
  };
}

function loseResponse({ job, what, play }: DemoStep, { kind }: Job, { system }: DemoOptions): DemoStep {
  const operation = CREATE_CALLS[kind] ?? kind;
  return {
    job,
    what: `${what}, and the response to ${operation} is lost`,
    lost: operation,
    play: async () => {
      system.cloud.faults.add({ operation, kind: 'reply_lost' });
      await play();
    },
  };
}

/** The existing task of a job's source server, if it has one: it never gets a second. */
export function taskOfSource(
  { kind, fields }: Pick<Job, 'kind' | 'fields'>,
  tasks: readonly Pick<LocalTask, 'name' | 'sourceServerId'>[],
): Pick<LocalTask, 'name'> | undefined {
  const { id } = (fields['source_server'] ?? {}) as { readonly id?: unknown };
  if (kind !== 'server_migration' || typeof id !== 'string') return undefined;
  return tasks.find(({ sourceServerId }) => sourceServerId === id);
}

/**
 * Does the run fulfil the step: is it a run of its job whose task exists exactly once in the cloud?
 *
 * @param earlierTasks may the source server have a task from an earlier start? If so, it gets no second one
 */
export function fulfils(
  step: Pick<DemoStep, 'job' | 'outcome'>,
  run: ReportedRun,
  tasks: readonly Pick<LocalTask, 'id' | 'name'>[],
  earlierTasks: boolean,
): boolean {
  if (run.job !== step.job) return false;
  if (step.outcome === 'dry_run') return run.outcome === 'skipped' && run.reason?.code === 'dry_run';
  if (run.outcome === 'created' || run.outcome === 'existing') {
    if (step.outcome !== undefined && run.outcome !== step.outcome) return false;
    const same = tasks.filter(({ name }) => name === run.task?.name);
    return same.length === 1 && same[0]?.id === run.task?.id;
  }
  return earlierTasks && run.reason?.code === 'source_has_task';
}

function playObject({ on: { object_created: objectCreated } }: Job, options: DemoOptions): Play | undefined {
  if (!objectCreated || objectCreated.set) return undefined;
  const { bucket } = objectCreated;
  const key = sampleKey(objectCreated.key);
  return {
    what: `an object lands: ${bucket}/${key ?? objectCreated.key}`,
    play: async () => {
      if (key === undefined) throw notGuessed(objectCreated.key);
      await putSample(bucket, key, options);
    },
  };
}

function playSet({ on: { object_created: objectCreated } }: Job, options: DemoOptions): Play | undefined {
  if (!objectCreated?.set) return undefined;
  const { bucket, key: glob, set } = objectCreated;
  const { marker, manifest } = set.complete;
  const keys = sampleSet(glob, set, options.now());
  const names = (keys ?? [`${set.by}...`]).map((key) => key.split('/').at(-1));
  const prefix = keys?.[0]?.slice(0, -(names[0]?.length ?? 0)) ?? set.by;
  const files = keys?.filter((key) => key !== prefix + marker) ?? [];
  const list = manifest ? files.map((key) => `${key.slice(prefix.length)}\n`).join('') : undefined;
  return {
    what: `the objects of a set land: ${bucket}/${prefix} ${names.join(', ')}`,
    ...(keys ? { files } : {}),
    play: async () => {
      if (!keys) throw notGuessed(glob);
      for (const key of files) await putSample(bucket, key, options);
    },
    ...(marker === undefined ? {} : { complete: () => putSample(bucket, prefix + marker, options, list) }),
  };
}

function notGuessed(glob: string): Error {
  return new Error(`could not guess a key that matches ${glob}: copy a file there yourself`);
}

function playTick({ name, on: { schedule }, fields }: Job, options: DemoOptions): Play | undefined {
  if (!schedule) return undefined;
  return {
    what: `the timer ${name} ticks`,
    play: async () => {
      const file = namedFile(fields, 'cron' in schedule ? schedule.cron : '', options);
      if (file) await putSample(file.bucket, file.key, options);
      options.system.builtIn.timers.tick(name);
    },
  };
}

function playRequest(job: Job, options: DemoOptions): Play | undefined {
  const { name } = job;
  if (!job.on.request) return undefined;
  return {
    what: `a caller sends POST /jobs/${name}/runs`,
    play: async () => {
      if (needsRequestedFile(job)) await putSample(requestedBucket(options.jobs), REQUESTED_KEY, options);
      const body = JSON.stringify(sampleBody(job, options.jobs));
      await fetch(`${options.system.gateway.url}/jobs/${name}/runs`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-apig-appcode': options.system.keys.token,
          ...sampleCredentials(job, body, options.now()),
        },
        body,
      });
    },
  };
}

/** A key that matches the glob; `undefined` if the glob is too complex to guess one. */
export function sampleKey(glob: string): string | undefined {
  const guess = glob
    .replaceAll('**/', '')
    .replaceAll('**', 'sample')
    .replaceAll('*', 'sample')
    .replaceAll('?', 's')
    .replaceAll(/\{([^,{}]*)[^{}]*\}/g, '$1');
  // Leftover glob syntax is not a plausible file name.
  return !/[[\]()!+@]/.test(guess) && picomatch.isMatch(guess, glob) ? guess : undefined;
}

/** The number of files of a sample set, as of a cluster with three shards. */
const SHARDS = 3;

/**
 * The keys of a new set, its marker last; `undefined` if the glob is too complex to guess them.
 */
export function sampleSet(
  glob: string,
  { by, complete: { marker, count = SHARDS } }: Pick<ObjectSet, 'by' | 'complete'>,
  now: Date,
): string[] | undefined {
  const prefix = by.replace('{set}', now.toISOString().replaceAll(/[-:.]/g, ''));
  const name = glob.split('/').at(-1) ?? '';
  const keys = Array.from({ length: count }, (_, i) => `${prefix}${name.replaceAll(/\*+/g, `shard-${i + 1}`)}`);
  if (new Set(keys).size < count || !keys.every((key) => picomatch.isMatch(key, glob))) return undefined;
  return marker === undefined ? keys : [...keys, prefix + marker];
}

/** The file that a scheduled import names, with its date filled in; `undefined` if it names none. */
function namedFile(
  fields: Job['fields'],
  cron: string,
  { jobs, now }: DemoOptions,
): { bucket: string; key: string } | undefined {
  const given = fields['backup_files'] as { bucket_name?: unknown; files?: { file_name?: unknown }[] } | undefined;
  const bucket = given?.bucket_name;
  const name = given?.files?.[0]?.file_name;
  if (typeof bucket !== 'string' || typeof name !== 'string') return undefined;
  const zone = /^CRON_TZ=(\S+)/.exec(cron)?.[1] ?? jobs.timeZone ?? 'UTC';
  // The Swedish locale formats dates as 2026-03-14.
  const date = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(now());
  return { bucket, key: name.replaceAll(/\{\{\s*time\.date\s*\}\}/g, date) };
}

/** The content is different each time: the same content under the same key would be the same occurrence, and start nothing. */
async function putSample(
  bucket: string,
  key: string,
  { system, now }: DemoOptions,
  content: string | Uint8Array = makeSampleRdb({
    'sample:made-at': now().toISOString(),
    'session:1': 'alice',
    counter: '42',
  }),
): Promise<void> {
  const file = path.join(system.bucketsFolder, bucket, key);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}
