import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import type { FunctionTrigger } from '../cloud/programs/functiongraph/triggers.ts';
import { fieldsOf } from '../cloud/transport/read-fields.ts';
import { CloudError } from '../kernel/errors.ts';
import { configChanges } from './config-changes.ts';
import { asStep, DeployError } from './deploy-error.ts';
import type { DesiredFunction } from './desired-function.ts';
import type { DesiredTrigger } from './desired-triggers.ts';
import { canBeDisabled, describeTrigger, hasSameData, isGateway, isObjects, isSamePlace } from './same-trigger.ts';
import { tagSteps } from './tag-steps.ts';
import { triggerChanges } from './trigger-changes.ts';
import { codeBody, updateCode } from './update-code.ts';
import { type RetryOptions, withRetries } from './with-retries.ts';

/** One change of a function. Idempotent: repeating a completed step is not an error. */
export interface Step {
  /** For people: `create timer trigger`. */
  readonly what: string;
  /** What changes, for people; never a secret. */
  readonly changes?: readonly string[];
  readonly run: () => Promise<void>;
}

/** The steps that bring a function to its desired state. No steps: nothing would change. */
export interface FunctionPlan {
  readonly desired: DesiredFunction;
  readonly exists: boolean;
  /** Is the deployed code replaced? */
  readonly replacesCode: boolean;
  readonly steps: readonly Step[];
  /** Notes for people, to be shown before the first step. */
  readonly notes: readonly string[];
}

export interface PlanOptions extends RetryOptions {
  /** Keep triggers that are not in the files. */
  readonly keepUnknownTriggers: boolean;
  /** APIs of a gateway may be replaced; their callers may need to be authorized again. */
  readonly replaceApi: boolean;
  /** Processes objects that landed while these bucket triggers were being replaced. Absent without a ledger. */
  readonly coverGap?: (urn: string, triggers: readonly DesiredTrigger[]) => Promise<void>;
}

/** Polling for deleted triggers: interval and number of attempts (terraform: first after 5 s, then every 10 s). */
const POLL_MS = 2000;
const MAX_POLLS = 60;

/**
 * Compares a function with its desired state. Reads only.
 *
 * @throws {DeployError} if it can't be read, has another runtime, or would need an API to be replaced without permission
 */
export async function planFunction(
  api: FunctionGraph,
  desired: DesiredFunction,
  options: PlanOptions,
): Promise<FunctionPlan> {
  const { name, urn } = desired;
  const read = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    asStep(name, what, () => withRetries(work, options));

  const there = await read('read configuration', () => api.findConfig(`${urn}:latest`));
  if (!there) return planNew(api, desired, options);
  if (there['runtime'] !== desired.config['runtime']) {
    const message = `it runs on ${String(there['runtime'])}, and the runtime of a function can't be changed (to ${String(desired.config['runtime'])}); remove it first, or give it another name`;
    throw new DeployError(name, 'compare configuration', message);
  }
  const steps: Step[] = [];
  const replacesCode = there['digest'] !== desired.digest;
  if (replacesCode) {
    steps.push({ what: 'update code', run: () => updateCode(api, desired.urn, desired.zip) });
  }
  refuseLeavingNetwork(desired, there);
  const changes = configChanges(desired.config, there);
  if (changes.length > 0) steps.push({ ...configStep(api, desired), changes });
  const asyncThere = await read('read asynchronous configuration', () => api.findAsyncConfig(`${urn}:latest`));
  steps.push(...asyncSteps(api, desired, asyncThere));
  if (desired.tags) steps.push(...tagSteps(api, desired, await read('list tags', () => api.listTags(urn))));
  const triggers = await read('list triggers', () => api.listTriggers(`${urn}:latest`));
  const { steps: triggerSteps, notes } = planTriggers(api, desired, triggers, options);
  return { desired, exists: true, replacesCode, steps: [...steps, ...triggerSteps], notes };
}

function planNew(api: FunctionGraph, desired: DesiredFunction, options: PlanOptions): FunctionPlan {
  const create: Step = {
    what: 'create function',
    run: async () => {
      const { strategy_config: _onlyUpdated, ...config } = desired.config;
      const body = { ...config, ...desired.createOnly, ...codeBody(desired.zip) };
      try {
        await api.createFunction(body, desired.secrets);
      } catch (error) {
        // Created by an attempt whose response was lost, or by somebody else: the next steps bring it to the desired state.
        if (!isExisting(error)) throw error;
        await updateCode(api, desired.urn, desired.zip);
      }
    },
  };
  const { steps } = planTriggers(api, desired, [], options);
  // Creation ignores some fields that updates accept: app_xrole, initializer, logs (terraform-provider-huaweicloud, 2025).
  const all = [
    create,
    configStep(api, desired),
    ...asyncSteps(api, desired, undefined),
    ...tagSteps(api, desired, new Map()),
    ...steps,
  ];
  return { desired, exists: false, replacesCode: false, steps: all, notes: [] };
}

/** An omitted network is kept, and no page says how a function leaves one. */
function refuseLeavingNetwork({ name, config }: DesiredFunction, there: Fields): void {
  const { vpc_id: id } = fieldsOf(there['func_vpc']);
  if (!id || config['func_vpc']) return;
  const message = `it is in VPC ${String(id)}, and the API documents no way out of it: turn off its VPC access in the console, and run the same command again`;
  throw new DeployError(name, 'compare configuration', message);
}

function isExisting(error: unknown): boolean {
  return error instanceof CloudError && error.cloudCode === 'FSS.1061';
}

function configStep(api: FunctionGraph, { urn, config, secrets }: DesiredFunction): Step {
  return { what: 'update configuration', run: () => api.updateConfig(`${urn}:latest`, config, secrets) };
}

function asyncSteps(api: FunctionGraph, { urn, asyncConfig }: DesiredFunction, there: Fields | undefined): Step[] {
  const latest = `${urn}:latest`;
  if (!asyncConfig) {
    if (!there) return [];
    return [{ what: 'delete asynchronous configuration', run: () => api.deleteAsyncConfig(latest) }];
  }
  const changes = there && configChanges(asyncConfig, there);
  if (changes?.length === 0) return [];
  const run = () => api.setAsyncConfig(latest, asyncConfig);
  return [{ what: 'set asynchronous configuration', ...(changes && { changes }), run }];
}

function planTriggers(
  api: FunctionGraph,
  desired: DesiredFunction,
  there: readonly FunctionTrigger[],
  { keepUnknownTriggers, replaceApi, coverGap, wait }: PlanOptions,
): Pick<FunctionPlan, 'steps' | 'notes'> {
  const latest = `${desired.urn}:latest`;
  const notes: string[] = [];
  const gone: FunctionTrigger[] = [];
  const switched: Step[] = [];
  const kept = new Set<DesiredTrigger>();
  for (const trigger of there) {
    const partner = desired.triggers.find((candidate) => isSamePlace(candidate, trigger));
    if (!partner && keepUnknownTriggers) notes.push(`${describeTrigger(trigger)} is not in the files, and is kept`);
    else if (!partner) {
      notes.push(`${describeTrigger(trigger)} is not in the files, and is deleted`);
      gone.push(trigger);
    } else if (!hasSameData(partner, trigger) || (partner.status !== trigger.status && !canBeDisabled(trigger))) {
      gone.push(trigger);
    } else {
      kept.add(partner);
      const { status } = partner;
      const what = `set ${describeTrigger(trigger)} ${status}`;
      if (status !== trigger.status)
        switched.push({ what, run: () => api.updateTriggerStatus(latest, trigger, status) });
    }
  }
  const made = desired.triggers.filter((trigger) => !kept.has(trigger));
  if (!replaceApi && gone.some(isGateway) && made.some(isGateway)) {
    const names = gone.filter(isGateway).map(describeTrigger).join(', ');
    const message = `${names} would be deleted and created again, and the apps that call it might have to be authorized again; if that is acceptable, add --replace-api`;
    throw new DeployError(desired.name, 'compare triggers', message);
  }
  const deleted = gone.map((trigger) => ({
    what: `delete ${describeTrigger(trigger)}`,
    run: () => api.deleteTrigger(latest, trigger),
  }));
  const waited: Step[] =
    gone.length > 0 && made.length > 0
      ? [{ what: 'wait until they are deleted', run: () => untilGone(api, latest, gone, wait) }]
      : [];
  const changes = triggerChanges(made, gone);
  const created = made.map((trigger) => ({
    what: `create ${describeTrigger(trigger)}`,
    changes: changes.get(trigger) ?? [],
    run: () => createTrigger(api, latest, trigger),
  }));
  const isReplaced = gone.some(isObjects) && made.some(isObjects);
  const covered: Step[] =
    isReplaced && coverGap
      ? [{ what: 'process objects that landed in the meantime', run: () => coverGap(latest, made.filter(isObjects)) }]
      : [];
  return { steps: [...deleted, ...waited, ...created, ...switched, ...covered], notes };
}

/** After a failed or lost response, lists the triggers to see if it was created: the error for a duplicate differs by type. */
async function createTrigger(api: FunctionGraph, urn: string, trigger: DesiredTrigger): Promise<void> {
  const { type, status, data } = trigger;
  try {
    await api.createTrigger(urn, { trigger_type_code: type, trigger_status: status, event_data: data });
  } catch (error) {
    if (!(error instanceof CloudError) || error.outcome === 'not_sent') throw error;
    const there = await api.listTriggers(urn).catch(() => []);
    if (!there.some((candidate) => isSamePlace(trigger, candidate) && hasSameData(trigger, candidate))) throw error;
  }
}

async function untilGone(
  api: FunctionGraph,
  urn: string,
  gone: readonly FunctionTrigger[],
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  for (let poll = 0; poll < MAX_POLLS; poll += 1) {
    const there = await api.listTriggers(urn);
    if (!there.some(({ id }) => gone.some((trigger) => trigger.id === id))) return;
    await wait(POLL_MS);
  }
  throw new Error(
    `deleted triggers are still listed after ${(MAX_POLLS * POLL_MS) / 1000} s; run the same command again`,
  );
}

/** Executes the steps of a plan, in order. @throws {DeployError} from the first that fails; a new plan continues from there */
export async function executePlan(
  plan: FunctionPlan,
  onStep: (what: string, changes: readonly string[]) => void,
  retry: RetryOptions,
): Promise<void> {
  for (const { what, changes = [], run } of plan.steps) {
    onStep(what, changes);
    await asStep(plan.desired.name, what, () => withRetries(run, retry));
  }
}
