import { makeCesService } from '../../lib/cloud/ces.ts';
import { makeAlarmRules } from '../../lib/cloud/programs/alarm-rules.ts';
import { makeKeysGuard } from '../../lib/cloud/transport/keys-guard.ts';
import { alarmRules } from '../../lib/deploy/alarm-rules.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import type { CesService } from '../../lib/ports/ces.ts';
import { cloudEyeEvent } from '../../lib/runs/report/cloud-eye-events.ts';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { ACCOUNT } from '../../packages/local-cloud/test/cloud/caller.ts';

const MINUTE = 60_000;
const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:night-shift`;
const NAMESPACE = 'MIGRATIONS.PROD';
const RULES = alarmRules(
  {
    service: 'mig',
    stage: 'prod',
    provider: { region: 'ap-southeast-3', alarms: { smn: TOPIC } },
    functions: new Map(['reconcile', 'schedule'].map((key) => [key, { name: `mig-prod-${key}` }])),
  },
  { cloudEye: { namespace: NAMESPACE } },
);

describe('the alarm rules of a deploy', () => {
  let cloud: LocalCloud;
  let clock: Clock;
  let ces: CesService;
  beforeEach(async () => {
    clock = new Clock({ frozenAt: Date.UTC(2026, 0, 31) });
    cloud = await startLocalCloud({ accounts: [ACCOUNT], clock, topics: [TOPIC] });
    const options = {
      endpoint: cloud.url,
      credentials: { accessKey: ACCOUNT.accessKey, secretKey: new Secret(ACCOUNT.secretKey) },
      projectId: ACCOUNT.projectId,
      remainingMs: () => 60_000,
      keysGuard: makeKeysGuard(Date.now),
    };
    ces = makeCesService(options);
    for (const rule of RULES) await makeAlarmRules(options).create(rule, { isEnabled: true });
  });
  afterEach(() => cloud.close());

  const subjects = () => cloud.messages().map(({ topicUrn, subject }) => [topicUrn, subject]);
  async function tick(waiting = 0): Promise<void> {
    const point = (name: string, value: number) => ({
      name,
      at: clock.now(),
      value,
      unit: 'count',
      dimensions: { stage: 'prod' },
    });
    await ces.sendMetrics(NAMESPACE, [point('ticks', 1), point('runs_waiting', waiting)]);
    clock.advance(5 * MINUTE);
  }

  it('say nothing while reconcile ticks, and tell once when it has stopped for three hours', async () => {
    for (let i = 0; i < 48; i++) await tick();
    expect(subjects()).toEqual([]);

    clock.advance(170 * MINUTE);
    expect(subjects()).toEqual([]);
    clock.advance(300 * MINUTE);

    expect(subjects()).toEqual([[TOPIC, '[Cloud Eye] mig-prod-no-tick: insufficient_data']]);
  });

  it('tell at once when another function notices that reconcile is late', async () => {
    const event = cloudEyeEvent('reconcile_late', { at: clock.now(), content: 'reconcile has not run for 16 minutes' });

    await ces.sendEvents(NAMESPACE, [event]);
    await ces.sendEvents(NAMESPACE, [event]);

    expect(subjects()).toEqual([[TOPIC, '[Cloud Eye] mig-prod-reconcile-late: alarm']]);
  });

  it('tell once that runs are waiting, when some were at every tick of an hour', async () => {
    for (let i = 0; i < 11; i++) await tick(300);
    await tick(0);
    expect(subjects()).toEqual([]);
    for (let i = 0; i < 11; i++) await tick(300);
    expect(subjects()).toEqual([]);

    for (let i = 0; i < 24; i++) await tick(300);

    expect(subjects()).toEqual([[TOPIC, '[Cloud Eye] mig-prod-runs-waiting: alarm']]);
  });

  it('tell once of ticks that fail in two periods in a row, and not of one whose next succeeds', async () => {
    const urn = `urn:fss:ap-southeast-3:${ACCOUNT.projectId}:function:default:mig-prod-reconcile:latest`;
    const period = (isOk: boolean) => {
      cloud.invoked(urn, isOk);
      clock.advance(5 * MINUTE);
    };
    for (const isOk of [true, false, true, false, true]) period(isOk);
    expect(subjects()).toEqual([]);

    for (const isOk of [false, false, false, true]) period(isOk);
    expect(subjects()).toEqual([[TOPIC, '[Cloud Eye] mig-prod-errors-reconcile: alarm']]);

    for (const isOk of [false, false]) period(isOk);
    expect(subjects()).toHaveLength(2);
  });

  it('tell of two failed attempts within 20 minutes, and not of one that the platform repairs', async () => {
    const urn = `urn:fss:ap-southeast-3:${ACCOUNT.projectId}:function:default:mig-prod-schedule:latest`;
    for (const isOk of [false, true]) cloud.invoked(urn, isOk);
    clock.advance(20 * MINUTE);
    expect(subjects()).toEqual([]);

    for (const isOk of [false, false]) cloud.invoked(urn, isOk);
    clock.advance(20 * MINUTE);
    expect(subjects()).toEqual([[TOPIC, '[Cloud Eye] mig-prod-errors-schedule: alarm']]);
  });
});
