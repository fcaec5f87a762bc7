import { type Measurement, measureInterleaved, type Subject } from '../measure.ts';
import type { Row } from '../report.ts';
import { jobsFile, landedEvent, type System } from '../system.ts';

const FUNCTIONS = ['backup-landed', 'schedule', 'webhook', 'reconcile'] as const;

/** Load time of each bundle compared with the baselines, and the memory that it takes. Nothing is invoked. */
export async function load(system: System, rounds: number): Promise<Row[]> {
  const { baselines } = system;
  const subjects: Subject[] = [
    { name: 'empty handler', module: baselines.empty },
    { name: 'floor', module: baselines.floor },
    { name: 'sample handler', module: baselines.sample },
    { name: 'sample handler, bundled', module: baselines.bundledSample },
    ...FUNCTIONS.map((name) => ({ name, module: system.moduleOf(name) })),
  ];
  const found = await measureInterleaved(subjects, rounds);
  const of = (name: string, pick: (one: Measurement) => number) => (found.get(name) ?? []).map(pick);
  const cpu = (name: string) => of(name, ({ load: taken }) => taken.cpuMs);
  const isGoal = (name: string) => name === 'backup-landed';
  const times = subjects.map(({ name }): Row => {
    const against = [
      { name: 'sample handler', values: cpu('sample handler'), ...(isGoal(name) && { goal: { atMost: 1 / 6 } }) },
      { name: 'floor', values: cpu('floor'), ...(isGoal(name) && { goal: { atMost: 4 } }) },
    ];
    return { figure: 'load', subject: name, unit: 'ms CPU', values: cpu(name), against };
  });
  const more = (name: string) => of(name, ({ loadMb }) => loadMb.rss);
  const memory = subjects.map(({ name }): Row => {
    const values = more(name);
    const below = more('sample handler').map((mb, i) => (values[i] ?? Number.NaN) - mb);
    return isGoal(name)
      ? {
          figure: 'memory at load, minus that of the sample handler',
          subject: name,
          unit: 'MB',
          values: below,
          goal: { atMost: -20 },
        }
      : { figure: 'memory at load', subject: name, unit: 'MB', values };
  });
  const ours: Row = { figure: 'memory at load', subject: 'backup-landed', unit: 'MB', values: more('backup-landed') };
  return [...times, ...memory.filter(({ goal }) => !goal), ours, ...memory.filter(({ goal }) => goal)];
}

/** From a fresh process to the response: load, initializer and the first event, against the local cloud. */
export async function firstInvocation(system: System, rounds: number): Promise<Row[]> {
  const { baselines, cloud } = system;
  const event = await landedEvent();
  const plain = { event, userData: await system.userData(jobsFile({ ledger: false }), cloud.url) };
  const recorded = { event, userData: await system.userData(jobsFile({ ledger: true }), cloud.url) };
  const module = system.moduleOf('backup-landed');
  const subjects: Subject[] = [
    { name: 'empty handler', module: baselines.empty, workload: plain },
    { name: 'floor', module: baselines.floor, workload: plain },
    { name: 'sample handler', module: baselines.sample, workload: plain },
    { name: 'sample handler, bundled', module: baselines.bundledSample, workload: plain },
    { name: 'backup-landed', module, workload: plain },
    { name: 'backup-landed with a ledger', module, workload: recorded },
    { name: 'backup-landed with a code cache', module: system.cachedModule, workload: plain },
    { name: 'backup-landed with a ledger and a code cache', module: system.cachedModule, workload: recorded },
  ];
  const rows: Row[] = [];
  const phases: readonly [string, (found: Measurement) => number][] = [
    ['load, initializer and first event', ({ load: a, initialize: b, first: c }) => a.cpuMs + b.cpuMs + c.cpuMs],
    ['of which the initializer', ({ initialize }) => initialize.cpuMs],
    ['of which the first event', ({ first }) => first.cpuMs],
  ];
  const found = await measureInterleaved(subjects, rounds);
  for (const [figure, pick] of phases) {
    const values = (name: string) => (found.get(name) ?? []).map(pick);
    for (const { name } of subjects) {
      const against = ['sample handler', 'floor'].map((base) => ({ name: base, values: values(base) }));
      rows.push({
        figure,
        subject: name,
        unit: 'ms CPU',
        values: values(name),
        ...(phases[0]?.[0] === figure && { against }),
      });
    }
  }
  return rows;
}
