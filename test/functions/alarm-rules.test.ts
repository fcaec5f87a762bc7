import { readFileSync } from 'node:fs';
import { makeCesService } from '../../lib/cloud/ces.ts';
import { makeKeysGuard } from '../../lib/cloud/transport/keys-guard.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import type { CesService } from '../../lib/ports/ces.ts';
import { cloudEyeEvent } from '../../lib/runs/report/cloud-eye-events.ts';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../../packages/local-cloud/test/cloud/caller.ts';

const MINUTE = 60_000;
const PAGE = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
const RULES = [...PAGE.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text) as object);
const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:night-shift`;

describe('the alarm rules of docs/notifications.md', () => {
  let cloud: LocalCloud;
  let clock: Clock;
  let ces: CesService;
  beforeEach(async () => {
    clock = new Clock({ frozenAt: Date.UTC(2026, 0, 31) });
    cloud = await startLocalCloud({ accounts: [ACCOUNT], clock, topics: [TOPIC] });
    ces = makeCesService({
      endpoint: cloud.url,
      credentials: { accessKey: ACCOUNT.accessKey, secretKey: new Secret(ACCOUNT.secretKey) },
      projectId: ACCOUNT.projectId,
      remainingMs: () => 60_000,
      keysGuard: makeKeysGuard(Date.now),
    });
    for (const rule of RULES) {
      expect((await call(cloud, 'POST', `/V1.0/${ACCOUNT.projectId}/alarms`, rule)).status).toBe(201);
    }
  });
  afterEach(() => cloud.close());

  const subjects = () => cloud.messages().map(({ topicUrn, subject }) => [topicUrn, subject]);
  async function tick(): Promise<void> {
    const point = { name: 'ticks', at: clock.now(), value: 1, unit: 'count', dimensions: { stage: 'prod' } };
    await ces.sendMetrics('MIGRATIONS.PROD', [point]);
    clock.advance(5 * MINUTE);
  }

  it('say nothing while reconcile ticks, and tell once when it has stopped for three hours', async () => {
    for (let i = 0; i < 48; i++) await tick();
    expect(subjects()).toEqual([]);

    clock.advance(170 * MINUTE);
    expect(subjects()).toEqual([]);
    clock.advance(300 * MINUTE);

    expect(subjects()).toEqual([[TOPIC, '[Cloud Eye] migrations-no-tick: insufficient_data']]);
  });

  it('tell at once when another function notices that reconcile is late', async () => {
    const event = cloudEyeEvent('reconcile_late', { at: clock.now(), content: 'reconcile has not run for 16 minutes' });

    await ces.sendEvents('MIGRATIONS.PROD', [event]);
    await ces.sendEvents('MIGRATIONS.PROD', [event]);

    expect(subjects()).toEqual([[TOPIC, '[Cloud Eye] migrations-reconcile-late: alarm']]);
  });
});
