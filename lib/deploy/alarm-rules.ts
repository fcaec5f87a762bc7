import type { AlarmCondition, AlarmMetric, AlarmSettings } from '../cloud/programs/alarm-rules.ts';
import type { Jobs } from '../jobs/job.ts';
import { stageDimension } from '../kernel/stage-dimension.ts';
import { plainVariables } from './check-service.ts';
import { DEFAULTS, FUNCTION_OF, type ServiceFile } from './service-file.ts';

/** The levels of Cloud Eye. */
const CRITICAL = 1;
const MAJOR = 2;
const MINOR = 3;

/** The events that have a rule, with the level that the functions report them with. `run_waiting` has none: a rule on the metric sends one message for all runs. */
const EVENT_RULES = {
  reconcile_late: { level: CRITICAL, when: 'reconcile has not run for 15 minutes' },
  rights_refused: { level: CRITICAL, when: 'a run waits because keys or a permission were refused' },
  run_parked: { level: MAJOR, when: 'a person has to investigate a run' },
  run_stuck: { level: MAJOR, when: 'a task is not over after its deadline' },
  run_failed: { level: MAJOR, when: 'a task failed, was refused, was stopped or is gone' },
  objects_missed: { level: MINOR, when: 'objects have no run, or a set is not complete in time' },
} as const;

/** The periods that a rule can have, in seconds, but for raw data (CreateAlarm, V1). */
const PERIODS = [300, 1200, 3600, 14_400, 86_400] as const;
const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };
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
  const stage = stageDimension(plainVariables(file, reconcile)['MIGRATIONS_STAGE'] ?? file.stage);
  const period = periodOf(provider.reconcileEvery ?? DEFAULTS.reconcileEvery);
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
      condition: { period, filter: 'sum', comparison_operator: '<', value: 1, count: 3 },
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
      condition: { ...AT_LEAST_ONE, period, filter: 'min', count: Math.max(1, Math.ceil(WAIT_SECONDS / period)) },
      level: MINOR,
    }),
    ...[...functions].map(([key, { name }]) =>
      rule(`errors-${key}`, `an invocation of ${name} failed`, {
        metric: {
          namespace: 'SYS.FunctionGraph',
          name: 'failcount',
          dimensions: { 'package-functionname': `${provider.package ?? 'default'}-${name}` },
        },
        condition: { ...AT_LEAST_ONE, period: PERIODS[0], filter: 'sum' },
        level: MAJOR,
      }),
    ),
  ];
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
function periodOf(reconcileEvery: string): number {
  const [, count = '', unit = ''] = /^(\d+)([mhd])$/.exec(reconcileEvery) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? 0);
  return PERIODS.find((period) => period >= seconds) ?? PERIODS[PERIODS.length - 1] ?? 0;
}
