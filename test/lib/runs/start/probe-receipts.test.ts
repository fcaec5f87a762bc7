import { parseObjectEvent } from '../../../../lib/events/object-event.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import type { ObjectKeys } from '../../../../lib/kernel/settings.ts';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { startObjectRuns } from '../../../../lib/runs/start/object-runs.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';
import { loadYaml } from '../../../fixtures/jobs.ts';

const PROBE = '20260101T000000Z-0000000a';
const AT = Date.parse('2026-03-14T12:00:00Z');
const RAW = `prod/.migrations-probe/${PROBE}/a b+c%-.rdb`;
const ENCODED = `prod%2F.migrations-probe%2F${PROBE}%2Fa+b%2Bc%25-.rdb`;
const FIELDS = { size: 6, eTag: '"e0"', versionId: 'G001null', sequencer: 'AB' };

const direct = (key: string, eventName = 'ObjectCreated:Put') => ({
  Records: [
    {
      eventTime: '2026-03-14T12:00:00.000Z',
      eventName,
      userIdentity: { principalId: 'account' },
      s3: { bucket: { name: 'backups' }, object: { key, ...FIELDS } },
    },
  ],
});
const eventGrid = (key: string) => ({
  specversion: '1.0',
  id: 'id',
  source: 'HC.OBS.DWR',
  type: 'OBS:DWR:ObjectCreated:PUT',
  time: '2026-03-14T04:00:00Z',
  data: {
    eventTime: '2026-03-14T12:00:00Z',
    eventName: 'ObjectCreated:Put',
    obs: { bucket: { name: 'backups' }, object: { key, ...FIELDS } },
  },
});

describe('the event of an object of a probe', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    ({ jobs } = await loadYaml(`
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets: { cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 } }
jobs:
  restore: { on: { object_created: { bucket: backups, key: "prod/**" } }, backup_import: { target_instance: cache } }
`));
  });

  async function deliver(event: unknown, store: LedgerStore = makeMemoryStore(), encoding = 'auto') {
    const { deps, cloud } = fakeRun();
    const ledger = makeLedger(store, 'test', () => AT);
    const keys = { direct: encoding, eventgrid: encoding, smn: encoding } as ObjectKeys;
    const runs = await startObjectRuns(parseObjectEvent(event, keys), jobs, { ...deps, ledger });
    const entries = await store.list('', { limit: 10 });
    const texts = await Promise.all(entries.map(({ name }) => store.get(name)));
    return { runs, cloud, names: entries.map(({ name }) => name), texts };
  }

  it.each(['auto', 'encoded', 'raw'])('starts nothing, and is recorded as it is (OBJECT_KEYS=%s)', async (encoding) => {
    for (const key of [RAW, ENCODED]) {
      const { runs, cloud, names, texts } = await deliver(direct(key), undefined, encoding);

      expect(runs).toEqual([expect.objectContaining({ outcome: 'skipped', reason: expect.anything() })]);
      expect(runs[0]?.reason?.code).toBe('probe_object');
      expect(cloud.tasks).toEqual([]);
      expect(names).toEqual([expect.stringMatching(new RegExp(`^probe/${PROBE}/event/${AT}-[0-9a-f]{8}$`))]);
      expect(JSON.parse(texts[0] ?? '')).toEqual({
        at: AT,
        route: 'direct',
        layout: 's3',
        key,
        ...FIELDS,
        eventTime: '2026-03-14T12:00:00.000Z',
      });
    }
  });

  it('is recorded with its own time if it comes by EventGrid', async () => {
    const { texts } = await deliver(eventGrid(RAW));
    expect(JSON.parse(texts[0] ?? '')).toEqual({
      at: AT,
      route: 'eventgrid',
      layout: 'obs',
      key: RAW,
      ...FIELDS,
      eventTime: '2026-03-14T12:00:00Z',
    });
  });

  it('is recorded once for each delivery', async () => {
    const store = makeMemoryStore();
    await deliver(direct(RAW), store);
    const { names } = await deliver(direct(RAW), store);
    expect(names).toHaveLength(2);
  });

  it('is not recorded if the object was removed', async () => {
    const { runs, names } = await deliver(direct(RAW, 'ObjectRemoved:Delete'));
    expect(runs[0]?.reason?.code).toBe('probe_object');
    expect(names).toEqual([]);
  });

  it('is refused if it cannot be recorded, so that it is delivered again', async () => {
    const put = async () => Promise.reject(new LedgerError('write: refused', { temporary: true }));
    const { runs } = await deliver(direct(RAW), { ...makeMemoryStore(), put });
    expect(runs).toEqual([{ outcome: 'rejected', reason: { code: 'ledger', message: 'write: refused' } }]);
  });

  it.each([
    'prod/.migrations-probe/a.rdb',
    'prod/.migrations-probe/20260101T000000Z-0000000a/',
    'prod/.migrations-probe/20260101T000000Z-0000000A/a.rdb',
    'prod/migrations-probe/20260101T000000Z-0000000a/a.rdb',
  ])('is not that of %s, which starts its job', async (key) => {
    const { runs } = await deliver(direct(key));
    expect(runs).toEqual([expect.objectContaining({ job: 'restore' })]);
  });
});
