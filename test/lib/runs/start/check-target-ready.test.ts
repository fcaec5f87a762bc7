import type { RequestTrigger } from '../../../../lib/events/trigger.ts';
import { CloudError, type CloudErrorDetails } from '../../../../lib/kernel/errors.ts';
import type { PlannedTask } from '../../../../lib/migrations/action.ts';
import { DEFAULT_TASK_POLICIES } from '../../../../lib/migrations/task-policies.ts';
import { checkTargetReady, completePlan } from '../../../../lib/runs/start/prepare-run.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const PLANNED: PlannedTask = {
  kind: 'backup_import',
  name: 'a-0123456789ab',
  target: 'cache-a',
  body: {
    backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'a.rdb' }] },
    target_instance: { id: 'cache-a', password: { user_data: 'P' } },
  },
  warnings: [],
  policies: { ...DEFAULT_TASK_POLICIES, preflight: 'refuse' },
};
const ASKED: RequestTrigger = {
  kind: 'request',
  requestId: 'r',
  job: 'a',
  body: { target_instance: 'staging' },
  query: {},
  time: '2026-03-14T02:00:00Z',
};

/** Services whose target is in a state, or is not shown. */
function seeing(seen: string | Partial<CloudErrorDetails>) {
  const { services } = fakeRun().deps;
  const dcsInstances = async () => {
    const instances = await services.dcsInstances();
    return {
      ...instances,
      showInstance: async (id: string) => {
        if (typeof seen !== 'string') {
          throw new CloudError({
            service: 'DCS',
            operation: 'ShowInstance',
            outcome: 'rejected',
            temporary: false,
            resource: id,
            ...seen,
          });
        }
        const instance = await instances.showInstance(id);
        return instance && { ...instance, status: seen };
      },
    };
  };
  return { services: { ...services, dcsInstances } };
}

describe('the look before the lane and the look in it', () => {
  it.each<[string | Partial<CloudErrorDetails>, string, string | undefined]>([
    ['RUNNING', 'ready', undefined],
    ['RESTARTING', 'waiting', 'instance_busy'],
    ['EXTENDING', 'waiting', 'instance_busy'],
    ['FROZEN', 'refused', 'preflight'],
    ['ERROR', 'refused', 'preflight'],
    [{ status: 403, cloudCode: 'DCS.2007' }, 'waiting', 'DCS.2007'],
    [{ status: 429, cloudCode: 'APIGW.0308', temporary: true }, 'waiting', 'APIGW.0308'],
    [{ outcome: 'unknown', status: 500, cloudCode: 'DCS.5000' }, 'waiting', 'DCS.5000'],
    [{ outcome: 'not_sent', cloudCode: 'CERT_HAS_EXPIRED' }, 'waiting', 'CERT_HAS_EXPIRED'],
    [{ status: 400, cloudCode: 'DCS.4061' }, 'refused', 'DCS.4061'],
  ])('agree on a target that is %j: %s', async (seen, end, code) => {
    const inLane = await checkTargetReady(PLANNED, seeing(seen));
    const before = await completePlan(PLANNED, seeing(seen));

    expect(inLane).toMatchObject({ end, ...(code && { reason: { code } }) });
    const early = before.end === 'complete' ? { end: 'ready', reason: before.targetBusy } : before;
    expect(early.reason?.code).toBe(code);
    expect(early.end === 'refused').toBe(end === 'refused');
  });

  it('agree that what the caller named and may not be seen is refused, and what the jobs file named is not', async () => {
    const denied = seeing({ status: 403, cloudCode: 'DCS.2007' });
    const ofJob = { ...ASKED, body: {} };

    expect(await checkTargetReady(PLANNED, denied, ASKED)).toMatchObject({ end: 'refused' });
    expect(await completePlan(PLANNED, denied, ASKED)).toMatchObject({ end: 'refused' });
    expect(await checkTargetReady(PLANNED, denied, ofJob)).toMatchObject({ end: 'waiting' });
    expect(await completePlan(PLANNED, denied, ofJob)).toMatchObject({ end: 'waiting' });
  });
});
