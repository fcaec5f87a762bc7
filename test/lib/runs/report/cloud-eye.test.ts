import { CloudEye } from '../../../../lib/runs/report/cloud-eye.ts';
import { cloudEyeEvent } from '../../../../lib/runs/report/cloud-eye-events.ts';
import { FakeCes } from '../../../fakes/fake-ces.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const AT = Date.parse('2026-03-14T02:00:00Z');
const failed = (run: string) => cloudEyeEvent('run_failed', { at: AT, job: 'nightly', run, content: 'bad_backup: no' });

describe('an event that is noted after everything was sent', () => {
  it('is logged, once and unless it was sent', async () => {
    const { deps, lines } = fakeRun();
    const ces = new FakeCes();
    const cloudEye = new CloudEye({ namespace: 'MIGRATIONS.PROD', stage: 'prod', now: () => AT });
    cloudEye.note(failed('in-time'));
    await cloudEye.send({ ...deps, services: { ces: async () => ces } });
    expect(lines).toEqual([]);

    for (const run of ['in-time', 'late', 'late']) cloudEye.note(failed(run));

    expect(ces.events.map(({ resourceId }) => resourceId)).toEqual(['in-time']);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', event: 'run_failed', job: 'nightly', run: 'late' }),
    ]);
  });
});
