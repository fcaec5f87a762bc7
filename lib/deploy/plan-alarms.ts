import { isDeepStrictEqual } from 'node:util';
import type { AlarmRule, AlarmRules, AlarmSettings } from '../cloud/programs/alarm-rules.ts';
import { alarmNames, alarmRules, markOf } from './alarm-rules.ts';
import { asStep } from './deploy-error.ts';
import type { LoadedService } from './load-service.ts';
import type { Step } from './plan-function.ts';
import { type RetryOptions, withRetries } from './with-retries.ts';

/** What has to change so that the alarm rules are those of the files. */
export interface AlarmPlan {
  readonly steps: readonly (Step & { readonly name: string })[];
  /** Rules that are left as they are although they may surprise. */
  readonly notes: readonly string[];
  /** How many rules there will be. */
  readonly count: number;
}

/**
 * The rules of a deployment that exist. Rules with one of its names and another description are somebody else's.
 *
 * @throws {DeployError} if they cannot be listed
 */
export async function ownAlarms(api: AlarmRules, { file }: LoadedService, retry: RetryOptions): Promise<AlarmRule[]> {
  return ownOf(await asStep('alarm rules', 'list', () => withRetries(() => api.list(), retry)), file);
}

/** Two deployments can have the same names, as stage `b-c` of service `a` and stage `c` of service `a-b`, but not the same descriptions. */
function ownOf(rules: readonly AlarmRule[], file: LoadedService['file']): AlarmRule[] {
  const names = alarmNames(file);
  return rules.filter(({ name, description }) => names.has(name) && description.startsWith(markOf(file)));
}

/**
 * Compares the rules that exist with those of the files. A rule that somebody disabled stays disabled.
 *
 * @param there the deployment's own (`ownAlarms`)
 */
export function planAlarms(api: AlarmRules, there: readonly AlarmRule[], loaded: LoadedService): AlarmPlan {
  const wanted = alarmRules(loaded.file, loaded.jobs);
  const kept = new Set<AlarmRule>();
  const steps = wanted.flatMap((rule) => {
    const partner = there.find((candidate) => isSameMetric(candidate, rule));
    if (!partner) return [createStep(api, rule, there, loaded)];
    kept.add(partner);
    const changes = changesOf(partner, rule);
    return changes.length === 0 ? [] : [updateStep(api, partner, rule, changes)];
  });
  // Last, so that a rule on another metric is there before the one that it replaces is gone.
  const deleted = there
    .filter((rule) => !kept.has(rule))
    .map(({ name, id }) => ({ name, what: 'delete alarm rule', run: () => api.delete(id) }));
  const notes = [...kept].flatMap(({ name, isEnabled }) =>
    isEnabled ? [] : [`${name}: alarm rule is disabled, and stays so: enable it in the console of Cloud Eye`],
  );
  return { steps: [...steps, ...deleted], notes, count: wanted.length };
}

/** A create call that failed may have succeeded, and names need not be unique: before another one, the rules are listed. */
function createStep(api: AlarmRules, rule: AlarmSettings, there: readonly AlarmRule[], { file }: LoadedService) {
  const { enterpriseProject } = file.provider;
  // One that is replaced because it watches something else.
  const isEnabled = there.find(({ name }) => name === rule.name)?.isEnabled ?? true;
  let isRepeated = false;
  const run = async () => {
    const exists = isRepeated && ownOf(await api.list(), file).some((candidate) => isSameMetric(candidate, rule));
    isRepeated = true;
    if (!exists) await api.create(rule, { isEnabled, ...(enterpriseProject !== undefined && { enterpriseProject }) });
  };
  return { name: rule.name, what: 'create alarm rule', run };
}

function updateStep(api: AlarmRules, { id }: AlarmRule, rule: AlarmSettings, changes: readonly string[]) {
  return { name: rule.name, what: 'update alarm rule', changes, run: () => api.update(id, rule) };
}

/** UpdateAlarm cannot change these. */
function isSameMetric(a: AlarmSettings, b: AlarmSettings): boolean {
  return a.name === b.name && a.isOnEvents === b.isOnEvents && isDeepStrictEqual(a.metric, b.metric);
}

/** The settings that differ, for people: `level: 3 -> 2`. */
function changesOf(there: AlarmRule, wanted: AlarmSettings): string[] {
  const names = ['description', 'condition', 'level', 'topics', 'noDataTopics'] as const;
  const changed = names
    .filter((name) => !isDeepStrictEqual(there[name], wanted[name]))
    .map((name) => `${name}: ${JSON.stringify(there[name])} -> ${JSON.stringify(wanted[name])}`);
  return there.hasActions ? changed : [...changed, 'notifications: off -> on'];
}
