import { type Measurement, measure, measureInterleaved, type Subject } from '../measure.ts';
import type { Row } from '../report.ts';
import { startStubDcs } from '../stub-dcs.ts';
import { jobsFile, landedEvent, type System } from '../system.ts';

export interface WarmOptions {
  readonly rounds: number;
  readonly invocations: number;
}

/** Warm invocations one after the other: times, CPU, requests, and memory before and after. */
export async function warm(system: System, { rounds, invocations }: WarmOptions): Promise<Row[]> {
  const subjects = await handlers(system, { invocations, warmUp: Math.ceil(invocations / 10) });
  const found = await measureInterleaved(subjects, rounds);
  const of = (name: string, pick: (one: Measurement) => number) => (found.get(name) ?? []).map(pick);
  const compared = (figure: string, unit: string, pick: (one: Measurement) => number): Row[] =>
    subjects.map(({ name }) => {
      const isGoal = name.startsWith('backup-landed') && !name.endsWith('ledger');
      const base = { name: 'sample handler', values: of('sample handler', pick) };
      const against = [
        { ...base, ...(isGoal && { goal: { atMost: 1 } }) },
        { name: 'floor', values: of('floor', pick) },
      ];
      return { figure, subject: name, unit, values: of(name, pick), against };
    });
  const plain = (figure: string, unit: string, pick: (one: Measurement) => number): Row[] =>
    subjects.map(({ name }) => ({ figure, subject: name, unit, values: of(name, pick) }));
  return [
    ...compared('warm, p50', 'ms', ({ warm: { p50 } }) => p50),
    ...compared('warm, p99', 'ms', ({ warm: { p99 } }) => p99),
    ...compared('warm, CPU of an event', 'ms CPU', ({ warm: { cpuMs } }) => cpuMs),
    ...plain(
      'requests of an event, including those for the ledger',
      'requests',
      ({ requests }) => Object.values(requests).reduce((sum, count) => sum + count, 0) / invocations,
    ),
    ...plain('memory after the first event', 'MB', ({ memoryBefore }) => memoryBefore.rss),
    ...plain(`memory after ${invocations} events`, 'MB', ({ memoryAfter }) => memoryAfter.rss),
    ...plain(
      `growth of the heap over ${invocations} events`,
      'MB',
      ({ memoryBefore, memoryAfter }) => memoryAfter.heap - memoryBefore.heap,
    ),
  ];
}

/** Memory over many events: growth after the first thousand would be a leak. */
export async function memory(system: System, invocations: number): Promise<Row[]> {
  const subjects = await handlers(system, { invocations, warmUp: 1_000 });
  const rows: Row[] = [];
  for (const { name, module, workload } of subjects.filter(({ name }) => name.startsWith('backup-landed'))) {
    const { memoryBefore, memoryAfter } = await measure(module, workload);
    const add = (figure: string, mb: number, goal?: number) => {
      rows.push({
        figure,
        subject: name,
        unit: 'MB',
        values: [mb],
        ...(goal !== undefined && { goal: { atMost: goal } }),
      });
    };
    add('heap after 1000 events', memoryBefore.heap);
    add(`growth of the heap over ${invocations} more events`, memoryAfter.heap - memoryBefore.heap, 1);
    add(`growth of all memory over ${invocations} more events`, memoryAfter.rss - memoryBefore.rss);
  }
  return rows;
}

/** Warm invocations with TLS. `backup-landed` never sends a create call on a kept-alive connection; the sample handler does. */
export async function warmWithTls(system: System, { rounds, invocations }: WarmOptions): Promise<Row[]> {
  const dcs = await startStubDcs({ status: 'SUCCESS', secure: true });
  try {
    const all = await handlers(system, { invocations, warmUp: Math.ceil(invocations / 10) }, dcs.url);
    const subjects = all.filter(({ name }) => !name.endsWith('ledger'));
    const found = await measureInterleaved(subjects, rounds);
    const of = (name: string) => (found.get(name) ?? []).map(({ warm: { cpuMs } }) => cpuMs);
    const against = [{ name: 'sample handler', values: of('sample handler') }];
    return subjects.map(({ name }) => ({
      figure: 'with TLS: CPU of a warm event',
      subject: name,
      unit: 'ms CPU',
      values: of(name),
      against,
    }));
  } finally {
    await dcs.close();
  }
}

/** Events per second through one instance. */
export async function throughput(system: System, { rounds, invocations }: WarmOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const concurrency of [1, 50]) {
    const subjects = await handlers(system, { invocations, warmUp: Math.max(concurrency, 20), concurrency });
    const found = await measureInterleaved(subjects, rounds);
    const figure = `events per second, ${concurrency} concurrent`;
    for (const { name } of subjects) {
      rows.push({
        figure,
        subject: name,
        unit: '/s',
        values: (found.get(name) ?? []).map(({ warm: { perSecond } }) => perSecond),
      });
    }
  }
  return rows;
}

async function handlers(
  system: System,
  how: { invocations: number; warmUp: number; concurrency?: number },
  dcsUrl = system.dcs.url,
): Promise<Subject[]> {
  const { baselines } = system;
  const event = await landedEvent();
  const plain = { ...how, event, userData: await system.userData(jobsFile({ ledger: false }), dcsUrl) };
  const recorded = { ...how, event, userData: await system.userData(jobsFile({ ledger: true }), dcsUrl) };
  // The sample handler checks nothing, so the cost of preflight is measured separately.
  const off = jobsFile({ ledger: false, preflight: 'off' });
  const unseen = { ...how, event, userData: await system.userData(off, dcsUrl) };
  const module = system.moduleOf('backup-landed');
  return [
    { name: 'empty handler', module: baselines.empty, workload: plain },
    { name: 'floor', module: baselines.floor, workload: plain },
    { name: 'sample handler', module: baselines.sample, workload: plain },
    { name: 'backup-landed', module, workload: plain },
    { name: 'backup-landed without preflight', module, workload: unseen },
    { name: 'backup-landed with a ledger', module, workload: recorded },
  ];
}
