import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import type { FunctionTrigger } from '../cloud/programs/functiongraph/triggers.ts';
import { CloudError } from '../kernel/errors.ts';
import { asStep, DeployError } from './deploy-error.ts';
import { sameConfig } from './same-config.ts';
import { canBeDisabled, describeTrigger, hasSameData, isGateway, isObjects, isSamePlace } from './same-trigger.ts';
import { type Patience, tryAgain } from './try-again.ts';
import type { WantedFunction } from './wanted-function.ts';
import type { WantedTrigger } from './wanted-triggers.ts';

/** One change of a function. A step may be done twice: what is done already is no error. */
interface Step {
  /** `create timer trigger`, for a person. */
  readonly what: string;
  readonly run: () => Promise<void>;
}

/** What has to be done to a function so that it is as it is to be. No steps: nothing would change. */
export interface FunctionPlan {
  readonly wanted: WantedFunction;
  readonly exists: boolean;
  readonly steps: readonly Step[];
  /** What a person has to know before the first step. */
  readonly notes: readonly string[];
}

export interface PlanOptions extends Patience {
  /** Triggers that nobody here asked for stay. */
  readonly keepUnknownTriggers: boolean;
  /** A gateway's API may be made again; whoever is allowed to call it may have to be allowed again. */
  readonly replaceApi: boolean;
  /** Finds what landed while these bucket triggers of the function were away. Absent where there is no ledger. */
  readonly coverGap?: (urn: string, triggers: readonly WantedTrigger[]) => Promise<void>;
}

/** How often it is looked whether a deleted trigger is gone, and how long in all (terraform: first after 5 s, then every 10 s). */
const LOOK_MS = 2000;
const MAX_LOOKS = 60;

/**
 * Compares a function with how it is to be. Reads only.
 *
 * @throws {DeployError} when it can't be read, has another runtime, or would need an API made again without leave
 */
export async function planFunction(
  api: FunctionGraph,
  wanted: WantedFunction,
  options: PlanOptions,
): Promise<FunctionPlan> {
  const { name, urn } = wanted;
  const read = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    asStep(name, what, () => tryAgain(work, options));

  const there = await read('read configuration', () => api.findConfig(`${urn}:latest`));
  if (!there) return planNew(api, wanted, options);
  if (there['runtime'] !== wanted.config['runtime']) {
    const message = `it runs on ${String(there['runtime'])}, and the runtime of a function can't be changed to ${String(wanted.config['runtime'])}; remove it first, or give it another name`;
    throw new DeployError(name, 'compare configuration', message);
  }
  const steps: Step[] = [];
  if (there['digest'] !== wanted.digest) {
    steps.push({ what: 'update code', run: () => updateCode(api, wanted) });
  }
  if (!sameConfig(wanted.config, there)) steps.push(configStep(api, wanted));
  const asyncThere = await read('read asynchronous configuration', () => api.findAsyncConfig(`${urn}:latest`));
  steps.push(...asyncSteps(api, wanted, asyncThere));
  const triggers = await read('list triggers', () => api.listTriggers(`${urn}:latest`));
  const { steps: triggerSteps, notes } = planTriggers(api, wanted, triggers, options);
  return { wanted, exists: true, steps: [...steps, ...triggerSteps], notes };
}

function planNew(api: FunctionGraph, wanted: WantedFunction, options: PlanOptions): FunctionPlan {
  const create: Step = {
    what: 'create function',
    run: async () => {
      const { strategy_config: _onlyUpdated, ...config } = wanted.config;
      const body = { ...config, ...wanted.createOnly, ...codeBody(wanted) };
      try {
        await api.createFunction(body, wanted.secrets);
      } catch (error) {
        // A try whose answer was lost, or somebody else's: the steps that follow make it as it is to be.
        if (!isExisting(error)) throw error;
        await updateCode(api, wanted);
      }
    },
  };
  const { steps } = planTriggers(api, wanted, [], options);
  // Creating leaves out some of what updating takes: app_xrole, initializer, logs (terraform-provider-huaweicloud, 2025).
  const all = [create, configStep(api, wanted), ...asyncSteps(api, wanted, undefined), ...steps];
  return { wanted, exists: false, steps: all, notes: [] };
}

function isExisting(error: unknown): boolean {
  return error instanceof CloudError && error.cloudCode === 'FSS.1061';
}

async function updateCode(api: FunctionGraph, wanted: WantedFunction): Promise<void> {
  try {
    await api.updateCode(`${wanted.urn}:latest`, codeBody(wanted));
  } catch (error) {
    // The service has this very code.
    if (!(error instanceof CloudError && error.cloudCode === 'FSS.0409')) throw error;
  }
}

function codeBody({ zip }: WantedFunction): Fields {
  const file = Buffer.from(zip).toString('base64');
  return { code_type: 'zip', code_filename: 'index.zip', func_code: { file } };
}

function configStep(api: FunctionGraph, { urn, config, secrets }: WantedFunction): Step {
  return { what: 'update configuration', run: () => api.updateConfig(`${urn}:latest`, config, secrets) };
}

function asyncSteps(api: FunctionGraph, { urn, asyncConfig }: WantedFunction, there: Fields | undefined): Step[] {
  const latest = `${urn}:latest`;
  if (!asyncConfig) {
    if (!there) return [];
    return [{ what: 'delete asynchronous configuration', run: () => api.deleteAsyncConfig(latest) }];
  }
  if (there && sameConfig(asyncConfig, there)) return [];
  return [{ what: 'set asynchronous configuration', run: () => api.setAsyncConfig(latest, asyncConfig) }];
}

function planTriggers(
  api: FunctionGraph,
  wanted: WantedFunction,
  there: readonly FunctionTrigger[],
  { keepUnknownTriggers, replaceApi, coverGap, wait }: PlanOptions,
): Pick<FunctionPlan, 'steps' | 'notes'> {
  const latest = `${wanted.urn}:latest`;
  const notes: string[] = [];
  const gone: FunctionTrigger[] = [];
  const switched: Step[] = [];
  const kept = new Set<WantedTrigger>();
  for (const trigger of there) {
    const partner = wanted.triggers.find((candidate) => isSamePlace(candidate, trigger));
    if (!partner && keepUnknownTriggers) notes.push(`${describeTrigger(trigger)} is not asked for, and stays`);
    else if (!partner) {
      notes.push(`${describeTrigger(trigger)} is not asked for (any more), and is deleted`);
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
  const made = wanted.triggers.filter((trigger) => !kept.has(trigger));
  if (!replaceApi && gone.some(isGateway) && made.some(isGateway)) {
    const names = gone.filter(isGateway).map(describeTrigger).join(', ');
    const message = `${names} would be deleted and made again, and the Apps that may call it might have to be allowed again; run it with --replace-api if that is all right`;
    throw new DeployError(wanted.name, 'compare triggers', message);
  }
  const deleted = gone.map((trigger) => ({
    what: `delete ${describeTrigger(trigger)}`,
    run: () => api.deleteTrigger(latest, trigger),
  }));
  const waited: Step[] =
    gone.length > 0 && made.length > 0
      ? [{ what: 'wait until they are gone', run: () => untilGone(api, latest, gone, wait) }]
      : [];
  const created = made.map((trigger) => ({
    what: `create ${describeTrigger(trigger)}`,
    run: () => createTrigger(api, latest, trigger),
  }));
  const isReplaced = gone.some(isObjects) && made.some(isObjects);
  const covered: Step[] =
    isReplaced && coverGap
      ? [{ what: 'start what landed meanwhile', run: () => coverGap(latest, made.filter(isObjects)) }]
      : [];
  return { steps: [...deleted, ...waited, ...created, ...switched, ...covered], notes };
}

/** What a lost answer leaves behind is found by looking: the service would refuse a second one by other codes for each type. */
async function createTrigger(api: FunctionGraph, urn: string, trigger: WantedTrigger): Promise<void> {
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
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const there = await api.listTriggers(urn);
    if (!there.some(({ id }) => gone.some((trigger) => trigger.id === id))) return;
    await wait(LOOK_MS);
  }
  throw new Error(
    `deleted triggers are still listed after ${(MAX_LOOKS * LOOK_MS) / 1000} s; run the same command again`,
  );
}

/** Does the steps of a plan, in order. @throws {DeployError} from the first that fails; another plan goes on from there */
export async function carryOut(plan: FunctionPlan, onStep: (what: string) => void, patience: Patience): Promise<void> {
  for (const { what, run } of plan.steps) {
    onStep(what);
    await asStep(plan.wanted.name, what, () => tryAgain(run, patience));
  }
}
