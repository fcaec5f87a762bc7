import { setTimeout as wait } from 'node:timers/promises';
import type { Jobs } from '../jobs/job.ts';
import { damageLedger } from './damage-ledger.ts';
import { pauseJobs } from './pause-jobs.ts';
import { noResponse, RegionControl } from './region-control.ts';
import { makeSampleRdb } from './sample-rdb.ts';
import { isSigned, sampleBody, sampleCredentials } from './sample-request.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';
import type { SystemFile } from './system-file.ts';

/** How often the region's time is looked at, in real ms. */
const LOOK_MS = 1_000;

export interface PlayOptions {
  readonly system: SystemFile;
  readonly stateFolder: string;
  /** The jobs of the running system, for the bodies and credentials of requests. */
  readonly jobs: Jobs;
  /** Told what is done, one line each. */
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Plays a scenario on a running system: sets the clock and the faults, then does the steps one after the other.
 *
 * @throws {Error} at the first step that cannot be done, with its number; the steps before it stay done
 */
export async function playScenario(scenario: Scenario, options: PlayOptions): Promise<void> {
  const control = new RegionControl(options.system);
  options.say(`scenario       ${scenario.title}`);
  if (scenario.clock !== undefined) await setRate(scenario.clock, control, options);
  for (const fault of scenario.faults ?? []) await addFault(fault, control, options);
  for (const [index, step] of (scenario.steps ?? []).entries()) {
    if (options.signal?.aborted) return;
    try {
      await playStep(step, control, options);
    } catch (cause) {
      throw new Error(`step ${index + 1}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

async function playStep(step: ScenarioStep, control: RegionControl, options: PlayOptions): Promise<void> {
  const { after, faults, undo, tick, advance, clock, damage, pause, repeat = 1 } = step;
  const { say } = options;
  if (after !== undefined) await pass(after, control, options);
  for (const fault of faults ?? []) await addFault(fault, control, options);
  if (undo === 'all') await control.clear();
  else for (const which of undo ?? []) await control.undo(which);
  if (undo !== undefined) say(`undone         ${undo === 'all' ? 'all faults' : undo.join(', ')}`);
  for (let n = 1; n <= repeat; n++) {
    if (step.upload) await upload(numbered(step.upload, n), control, options);
    if (step.request) await request(numbered(step.request, n), control, options);
  }
  if (tick !== undefined) {
    await control.tick(tick);
    say(`tick           ${tick}`);
  }
  if (advance !== undefined) {
    await control.advance(advance);
    say(`clock          ${(await control.time()).now.toISOString()}`);
  }
  if (clock !== undefined) await setRate(clock, control, options);
  if (damage !== undefined) say(`damaged        ${await damageLedger(options.stateFolder, damage)}`);
  if (pause !== undefined) {
    await pauseJobs(pause, options);
    say(`paused         ${pause === 'all' ? 'all jobs' : pause}`);
  }
}

async function setRate(rate: number, control: RegionControl, { say }: PlayOptions): Promise<void> {
  await control.setRate(rate);
  say(`clock          ${rate} times as fast`);
}

async function addFault(fault: string, control: RegionControl, { say }: PlayOptions): Promise<void> {
  await control.add(fault);
  say(`fault          ${fault}`);
}

/** Waits until so much time of the region has passed. */
async function pass(ms: number, control: RegionControl, { signal }: PlayOptions): Promise<void> {
  const until = (await control.time()).now.getTime() + ms;
  while (!signal?.aborted) {
    const { now, rate } = await control.time();
    const left = until - now.getTime();
    if (left <= 0) return;
    // It takes longer while functions run, and somebody else may change the rate.
    const waitMs = Math.min(Math.max(left / rate, 1), LOOK_MS);
    await wait(waitMs, undefined, { ...(signal && { signal }) }).catch(() => undefined);
  }
}

type Upload = NonNullable<ScenarioStep['upload']>;

async function upload(
  { bucket, key, text, size }: Upload,
  control: RegionControl,
  { say }: PlayOptions,
): Promise<void> {
  const sample = makeSampleRdb({ [`sample:${key}`]: 'a value' });
  const content = text === undefined ? sample : Buffer.from(text);
  await control.upload(bucket, key, size === undefined ? content : resized(content, size));
  say(`upload         ${bucket}/${key}`);
}

function resized(content: Buffer, size: number): Buffer {
  return Buffer.concat([content, Buffer.alloc(Math.max(0, size - content.length))]).subarray(0, size);
}

type Request = NonNullable<ScenarioStep['request']>;

async function request(
  { job: name, body, idempotency_key: key }: Request,
  control: RegionControl,
  { system, jobs, say }: PlayOptions,
): Promise<void> {
  const job = jobs.jobs.get(name);
  if (!job?.on.request) throw new Error(`request: no job ${name} can be started by a request`);
  const text = JSON.stringify(body ?? sampleBody(job, jobs));
  const { now } = await control.time();
  const url = `${system.gateway_url}/jobs/${name}/runs`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'x-apig-appcode': system.token,
      'content-type': 'application/json',
      ...(key === undefined || isSigned(job) ? {} : { 'idempotency-key': key }),
      ...sampleCredentials(job, text, now, key),
    },
    body: text,
  }).catch(noResponse(`POST ${url}`));
  await response.arrayBuffer();
  say(`request        ${name}: ${response.status}`);
}

/** With its number instead of each `{n}`. */
function numbered<T>(value: T, n: number): T {
  return JSON.parse(JSON.stringify(value).replaceAll('{n}', String(n))) as T;
}
