import type { AlarmCondition, AlarmMetric, AlarmSettings } from '../cloud/programs/alarm-rules.ts';
import type { Jobs } from '../jobs/job.ts';
import { rateMs } from '../kernel/rate.ts';
import { lateAfterMs, RECONCILE_INTERVAL_MS } from '../kernel/reconcile-interval.ts';
import { stageDimension } from '../kernel/stage-dimension.ts';
import { plainVariables } from './check-service.ts';
import { retriesOf } from './desired-function.ts';
import { FUNCTION_OF, type FunctionSection, type ServiceFile } from './service-file.ts';

/** The levels of Cloud Eye. */
const CRITICAL = 1;
const MAJOR = 2;
const MINOR = 3;

/** The events that have a rule, with the level that the functions report them with. `run_waiting` has none: a rule on the metric sends one message for all runs. */
const EVENT_RULES = {
  reconcile_late: { level: CRITICAL, when: 'reconcile has missed three ticks' },
  rights_refused: { level: CRITICAL, when: 'a run waits because keys or a permission were refused' },
  run_parked: { level: MAJOR, when: 'a person has to investigate a run' },
  run_stuck: { level: MAJOR, when: 'a task is not over after its deadline' },
  run_failed: { level: MAJOR, when: 'a task failed, was refused, was stopped or is gone' },
  objects_missed: { level: MINOR, when: 'objects have no run, or a set is not complete in time' },
} as const;

/**
 * The periods that a rule can have, in seconds, but for raw data (CreateAlarm, V1). No rule needs more than five periods in a row: the SDKs document
 * `count` as 1 to 5.
 */
const PERIODS = [300, 1200, 3600, 14_400, 86_400] as const;
const TWENTY_MINUTES = PERIODS[1];
/** How long runs wait before anybody is told, as for the reports. */
const WAIT_SECONDS = 3600;

/**
 * The alarm rules of a deployment: none without `provider.alarms`. Each has a name of its own, and a description that says what made it.
 *
 * The rules on functions are on metrics of FunctionGraph (user manual functiongraph_01_0213, 2026): `failcount`, dimension `package-functionname`.
 */
export function alarmRules(file: ServiceFile, { cloudEye }: Pick<Jobs, 'cloudEye'>): AlarmSettings[] {
  const { provider, functions } = file;
  const topic = provider.alarms?.smn;
  const reconcile = functions.get(FUNCTION_OF.reconcile);
  if (!topic || !cloudEye || !reconcile) return [];
  const { namespace } = cloudEye;
  const variables = plainVariables(file, reconcile);
  const stage = stageDimension(variables['MIGRATIONS_STAGE'] ?? file.stage);
  const everyMs = rateMs(variables['RECONCILE_EVERY'] ?? '') ?? RECONCILE_INTERVAL_MS;
  const period = periodOf(everyMs);
  const waitPeriod = Math.max(period, TWENTY_MINUTES);
  const own = (name: string): AlarmMetric => ({ namespace, name, dimensions: { stage } });
  const rule = (
    name: string,
    when: string,
    more: Pick<AlarmSettings, 'metric' | 'condition' | 'level'> & Partial<AlarmSettings>,
  ): AlarmSettings => ({
    name: `${file.service}-${file.stage}-${name}`,
    description: `${markOf(file)}${when}`,
    isOnEvents: false,
    topics: [topic],
    noDataTopics: [],
    ...more,
  });
  return [
    rule('no-tick', 'reconcile does not tick', {
      metric: own('ticks'),
      condition: {
        period,
        filter: 'sum',
        comparison_operator: '<',
        value: 1,
        count: Math.ceil(lateAfterMs(everyMs) / 1000 / period),
      },
      level: CRITICAL,
      noDataTopics: [topic],
    }),
    ...Object.entries(EVENT_RULES).map(([event, { level, when }]) =>
      rule(event.replaceAll('_', '-'), when, {
        isOnEvents: true,
        metric: { namespace, name: event, dimensions: {} },
        condition: { ...AT_LEAST_ONE, period: 0, filter: 'average' },
        level,
      }),
    ),
    rule('runs-waiting', 'at every tick of an hour, runs were waiting', {
      metric: own('runs_waiting'),
      condition: { ...AT_LEAST_ONE, period: waitPeriod, filter: 'min', count: Math.ceil(WAIT_SECONDS / waitPeriod) },
      level: MINOR,
    }),
    ...[...functions].map(([key, own]) =>
      rule(`errors-${key}`, `invocations of ${own.name} fail again and again`, {
        metric: {
          namespace: 'SYS.FunctionGraph',
          name: 'failcount',
          dimensions: { 'package-functionname': `${provider.package ?? 'default'}-${own.name}` },
        },
        condition: { ...AT_LEAST_ONE, filter: 'sum', ...failuresOf(key, own, period) },
        level: MAJOR,
      }),
    ),
  ];
}

/**
 * How many failures wake somebody. One that is repaired does not: by the next attempt of the platform, the next tick, or the caller of the webhook. Four
 * attempts that all fail are at least two in one of the periods, however far apart they are.
 */
function failuresOf(
  key: string,
  own: FunctionSection,
  period: number,
): Pick<AlarmCondition, 'period'> & Partial<AlarmCondition> {
  if (key === FUNCTION_OF.reconcile) return { period, count: 2 };
  const isRepeated = key === FUNCTION_OF.requests || retriesOf(key, own, true) >= 2;
  return { period: TWENTY_MINUTES, value: isRepeated ? 2 : 1 };
}

const AT_LEAST_ONE = { comparison_operator: '>=', value: 1, count: 1 } as const satisfies Partial<AlarmCondition>;

/** The beginning of the description of every rule of a deployment. */
export function markOf({ service, stage }: Pick<ServiceFile, 'service' | 'stage'>): string {
  return `Made by serverless deploy of ${service}, stage ${stage}: `;
}

/** Every name that a rule of a deployment can have, in this version or an earlier one. */
export function alarmNames({ service, stage }: Pick<ServiceFile, 'service' | 'stage'>): ReadonlySet<string> {
  const names = [
    'no-tick',
    'runs-waiting',
    ...Object.keys(EVENT_RULES).map((event) => event.replaceAll('_', '-')),
    ...Object.values(FUNCTION_OF).map((key) => `errors-${key}`),
  ];
  return new Set(names.map((name) => `${service}-${stage}-${name}`));
}

/** The shortest period that has a tick in it: a rule must not fire between two. */
function periodOf(everyMs: number): number {
  return PERIODS.find((period) => period * 1000 >= everyMs) ?? PERIODS[PERIODS.length - 1] ?? 0;
}
