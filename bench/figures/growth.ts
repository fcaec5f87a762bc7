import { type Measurement, measureInterleaved } from '../measure.ts';
import type { Row } from '../report.ts';
import { jobsFile, landedEvent, type System } from '../system.ts';

export interface GrowthOptions {
  readonly rounds: number;
  readonly invocations: number;
}

/** The cost of an event with more jobs in the file, of which one matches. */
export async function growthInJobs(system: System, { rounds, invocations }: GrowthOptions): Promise<Row[]> {
  const event = JSON.parse(JSON.stringify(await landedEvent()).replace('t@/', 't0/'));
  const sizes = [1, 10, 100, 1_000];
  const subjects = await Promise.all(
    sizes.map(async (jobs) => {
      const userData = await system.userData(jobsFile({ ledger: false, jobs }), system.dcs.url);
      return {
        name: `${jobs} jobs`,
        module: system.moduleOf('backup-landed'),
        workload: { event, userData, invocations, warmUp: 20 },
      };
    }),
  );
  const found = await measureInterleaved(subjects, rounds);
  const of = (name: string, pick: (one: Measurement) => number) => (found.get(name) ?? []).map(pick);
  const rows = (figure: string, pick: (one: Measurement) => number, goal?: number) =>
    subjects.map(({ name }): Row => {
      const base = { name: '1 job', values: of('1 jobs', pick), ...(goal !== undefined && { goal: { atMost: goal } }) };
      return { figure, subject: name, unit: 'ms CPU', values: of(name, pick), against: [base] };
    });
  return [
    ...rows('growth in jobs: the initializer', ({ initialize }) => initialize.cpuMs),
    ...rows('growth in jobs: a warm event', ({ warm }) => warm.cpuMs, 1.25),
  ];
}

/** The cost of an object when an event contains more of them. */
export async function growthInRecords(system: System, { rounds, invocations }: GrowthOptions): Promise<Row[]> {
  const sizes = [1, 10, 100];
  const rows: Row[] = [];
  for (const ledger of [false, true]) {
    const userData = await system.userData(jobsFile({ ledger }), system.dcs.url);
    const subjects = await Promise.all(
      sizes.map(async (records) => ({
        name: `${records} records${ledger ? ' with a ledger' : ''}`,
        records,
        module: system.moduleOf('backup-landed'),
        workload: {
          event: await landedEvent(records),
          userData,
          invocations: Math.ceil(invocations / records),
          warmUp: Math.ceil(100 / records),
        },
      })),
    );
    const found = await measureInterleaved(subjects, rounds);
    const each = ({ name, records }: (typeof subjects)[number]) =>
      (found.get(name) ?? []).map(({ warm }) => warm.cpuMs / records);
    const [one] = subjects;
    for (const subject of subjects) {
      const base = { name: '1 record', values: one ? each(one) : [], goal: { atMost: 1.25 } };
      rows.push({
        figure: 'growth in records: one record',
        subject: subject.name,
        unit: 'ms CPU',
        values: each(subject),
        against: [base],
      });
    }
  }
  return rows;
}
