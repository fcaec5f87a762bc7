import type { CesEvent, CesService } from '../../../lib/ports/ces.ts';

export interface CloudEyeSubject {
  readonly ces: CesService;
  /** ms since 1970. */
  readonly now: number;
  /** The names of the events that were kept, oldest first. */
  readonly events: () => readonly string[];
  /** The number of values that were kept. */
  readonly metrics: () => number;
}

/** What Cloud Eye does, in the cloud and in its fakes. */
export function cloudEyePort(name: string, make: () => Promise<CloudEyeSubject>): void {
  describe(name, () => {
    const eventAt = (at: number, changes: Partial<CesEvent> = {}): CesEvent => ({
      name: 'run_parked',
      at,
      state: 'incident',
      level: 'Major',
      content: 'a person has to decide',
      resourceId: '0123456789abcdef0123456789abcdef',
      resourceName: 'restore-staging',
      ...changes,
    });

    it('keeps events that differ only in their content as one', async () => {
      const { ces, now, events } = await make();

      await ces.sendEvents('MIGRATIONS.PROD', [eventAt(now), eventAt(now, { name: 'run_stuck', level: 'Critical' })]);
      await ces.sendEvents('MIGRATIONS.PROD', [eventAt(now, { content: 'x'.repeat(4_096) }), eventAt(now + 1)]);

      expect(events()).toEqual(['run_parked', 'run_stuck', 'run_parked']);
    });

    it('keeps metrics with a unit and up to three dimensions', async () => {
      const { ces, now, metrics } = await make();
      const dimensions = { stage: 'prod', function: 'reconcile', job: 'restore-staging' };

      await ces.sendMetrics('MIGRATIONS.PROD', [
        { name: 'ticks', at: now, value: 1, unit: 'count', dimensions },
        { name: 'oldest_open_run_age', at: now, value: 86_400, unit: 's', dimensions: { stage: 'x-1_b' } },
      ]);

      expect(metrics()).toBe(2);
    });

    it('sends nothing when there is nothing', async () => {
      const { ces, events, metrics } = await make();

      await ces.sendEvents('MIGRATIONS.PROD', []);
      await ces.sendMetrics('MIGRATIONS.PROD', []);

      expect([events(), metrics()]).toEqual([[], 0]);
    });
  });
}
