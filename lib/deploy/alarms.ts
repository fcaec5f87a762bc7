import type { AlarmRule, AlarmRules } from '../cloud/programs/alarm-rules.ts';
import { ConfigError } from '../kernel/errors.ts';
import { alarmRules } from './alarm-rules.ts';
import { type Connection, openAlarmRules } from './connect.ts';
import { asStep, DeployError } from './deploy-error.ts';
import type { LoadedService } from './load-service.ts';
import { type AlarmPlan, ownAlarms, planAlarms } from './plan-alarms.ts';
import { type RetryOptions, withRetries } from './with-retries.ts';

/** What a command needs for the alarm rules of its service. */
export interface AlarmWork extends RetryOptions {
  readonly loaded: LoadedService;
  readonly projectId: Connection['projectId'];
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** Brings the alarm rules to their desired state. A failure is one warning, because functions work without them; the next deploy continues from there. */
export async function deployAlarms(work: AlarmWork): Promise<void> {
  await unlessRefused(work, 'not all alarm rules are set', async (api, there) => {
    const { steps, notes, count } = planAlarms(api, there, work.loaded);
    for (const note of notes) work.say(note);
    if (steps.length === 0 && count > 0) work.say(`alarm rules: ${count} unchanged`);
    for (const { name, what, changes = [], run } of steps) {
      for (const line of [what, ...changes]) work.say(`${name}: ${line}`);
      await asStep(name, what, () => withRetries(run, work));
    }
  });
}

/** What `deployAlarms` would do. A failure is one warning, and a plan without steps. */
export async function planOfAlarms(work: AlarmWork): Promise<AlarmPlan> {
  const plan = await unlessRefused(work, 'alarm rules are not compared', async (api, there) =>
    planAlarms(api, there, work.loaded),
  );
  return plan ?? { steps: [], notes: [], count: 0 };
}

/** Says the state of each alarm rule. */
export async function describeAlarms(work: AlarmWork): Promise<void> {
  await unlessRefused(work, 'the state of the alarm rules is not known', async (_api, there) => {
    const { file, jobs } = work.loaded;
    const names = new Set([...alarmRules(file, jobs), ...there].map(({ name }) => name));
    if (names.size > 0) work.say('alarm rules');
    const width = Math.max(...[...names].map((name) => name.length));
    for (const name of names) {
      const rule = there.find((candidate) => candidate.name === name);
      const state = rule ? `${rule.state || 'no state'}${rule.isEnabled ? '' : ', disabled'}` : 'not deployed';
      work.say(`  ${name.padEnd(width)} ${state}`);
    }
  });
}

/** Deletes the alarm rules of the service, and no others. */
export async function removeAlarms(work: AlarmWork): Promise<void> {
  await unlessRefused(work, 'not all alarm rules are deleted', async (api, there) => {
    for (const { id, name } of there) {
      const what = 'delete alarm rule';
      work.say(`${name}: ${what}`);
      await asStep(name, what, () => withRetries(() => api.delete(id), work));
    }
  });
}

/**
 * Does something with the deployment's alarm rules. One that has `cloud_eye` and no `alarms` may have had some, which are looked for. Most never had, so
 * a failure to list them is not mentioned; what fails after that is.
 */
async function unlessRefused<T>(
  work: AlarmWork,
  consequence: string,
  use: (api: AlarmRules, there: readonly AlarmRule[]) => Promise<T>,
): Promise<T | undefined> {
  const { file, jobs } = work.loaded;
  const hasAlarms = Boolean(file.provider.alarms?.smn);
  if (!hasAlarms && !jobs.cloudEye) return undefined;
  let isToldOf = hasAlarms;
  try {
    const api = openAlarmRules(work.loaded, work.projectId);
    const there = await ownAlarms(api, work.loaded, work);
    isToldOf = true;
    return await use(api, there);
  } catch (error) {
    // A malformed endpoint is noticed only here.
    if (!(error instanceof DeployError || error instanceof ConfigError)) throw error;
    if (isToldOf) work.warn(`${consequence}; the functions are not affected: ${error.message}`);
    return undefined;
  }
}
