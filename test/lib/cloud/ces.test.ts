import { makeCesService } from '../../../lib/cloud/ces.ts';
import type { CesEvent, CesMetricPoint, CesService } from '../../../lib/ports/ces.ts';
import { changingCall } from '../../contracts/changing-call.ts';
import { PROJECT_ID, SCRIPTED_SK, scriptedOptions } from '../../contracts/scripted-options.ts';
import { ScriptedCloud } from '../../fakes/scripted-cloud.ts';

const AT = Date.parse('2026-03-14T12:00:00Z');
const POINT: CesMetricPoint = { name: 'ticks', at: AT, value: 1, unit: 'count', dimensions: { stage: 'prod' } };
const EVENT: CesEvent = {
  name: 'run_parked',
  at: AT,
  state: 'incident',
  level: 'Major',
  content: 'a person has to decide',
  resourceId: 'run-1',
  resourceName: 'nightly',
};

describe('makeCesService', () => {
  const cloud = new ScriptedCloud(SCRIPTED_SK);
  let ces: CesService;

  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  beforeEach(() => {
    cloud.reset();
    ces = makeCesService({ ...scriptedOptions(cloud), projectId: PROJECT_ID });
  });

  it('sends metrics with one signed request, whose success is empty', async () => {
    cloud.respondWith({ status: 201, text: '' });

    await ces.sendMetrics('MIGRATIONS.PROD', [POINT]);

    expect(cloud.seen).toMatchObject([{ method: 'POST', path: `/V1.0/${PROJECT_ID}/metric-data`, signed: true }]);
    expect(cloud.seen[0]?.body).toEqual([
      {
        metric: {
          namespace: 'MIGRATIONS.PROD',
          metric_name: 'ticks',
          dimensions: [{ name: 'stage', value: 'prod' }],
        },
        ttl: 604_800,
        collect_time: AT,
        value: 1,
        unit: 'count',
        type: 'int',
      },
    ]);
  });

  it('sends events with one signed request, whose success is a list', async () => {
    cloud.respondWith({ status: 201, json: [{ event_id: 'ev1', event_name: 'run_parked' }] });

    await ces.sendEvents('MIGRATIONS.PROD', [EVENT]);

    expect(cloud.seen).toMatchObject([{ method: 'POST', path: `/V1.0/${PROJECT_ID}/events`, signed: true }]);
    expect(cloud.seen[0]?.body).toEqual([
      {
        event_name: 'run_parked',
        event_source: 'MIGRATIONS.PROD',
        time: AT,
        detail: {
          content: 'a person has to decide',
          resource_id: 'run-1',
          resource_name: 'nightly',
          event_state: 'incident',
          event_level: 'Major',
          event_type: 'EVENT.CUSTOM',
        },
      },
    ]);
  });

  it('sends 100 events in a request, and the others in another', async () => {
    cloud.respondWith({ status: 201, json: [] }, { status: 201, json: [] });

    await ces.sendEvents('MIGRATIONS.PROD', Array(101).fill(EVENT));

    expect(cloud.seen.map(({ body }) => (body as unknown[]).length)).toEqual([100, 1]);
  });

  it('cuts content at 4,096 characters', async () => {
    cloud.respondWith({ status: 201, json: [] });

    await ces.sendEvents('MIGRATIONS.PROD', [{ ...EVENT, content: 'x'.repeat(4_097) }]);

    expect(cloud.seen[0]?.body).toMatchObject([{ detail: { content: 'x'.repeat(4_096) } }]);
  });

  it('sends nothing when there is nothing to send, or too much', async () => {
    await ces.sendMetrics('MIGRATIONS.PROD', []);
    await ces.sendEvents('MIGRATIONS.PROD', []);
    await expect(ces.sendMetrics('MIGRATIONS.PROD', Array(4_000).fill(POINT))).rejects.toMatchObject({
      outcome: 'not_sent',
      cloudCode: 'bad_message',
    });

    expect(cloud.seen).toEqual([]);
  });

  it('reads the code of an error in the format of V1', async () => {
    const details = "Policy doesn't allow [ces:events:post] to be performed";
    cloud.respondWith({ status: 403, json: { http_code: '403', message: { details, code: '403' } } });

    await expect(ces.sendEvents('MIGRATIONS.PROD', [EVENT])).rejects.toMatchObject({
      outcome: 'rejected',
      status: 403,
      cloudCode: '403',
      cloudMessage: details,
    });
  });

  changingCall('CreateEvents', cloud, () => ces.sendEvents('MIGRATIONS.PROD', [EVENT]));
});
