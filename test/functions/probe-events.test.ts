import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type Deployed, deploy, INSTANCE, landedEvent } from '../fixtures/deployed.ts';

const PROBE = '20260101T000000Z-0000000a';
const KEY = `prod/.migrations-probe/${PROBE}/a b+c%-.rdb`;
const JOBS = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets: { cache: { id: ${INSTANCE.id}, password: { user_data: CACHE_PASSWORD } } }
jobs:
  restore: { on: { object_created: { bucket: backups, key: "prod/**" } }, backup_import: { target_instance: cache } }
`;

describe('backup-landed as it is deployed', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy({ jobs: JOBS, instances: [INSTANCE], ledger: 'obs', clock: () => new Clock() });
  });
  afterAll(() => deployed.close());

  it('records the event of an object of a probe in the ledger, and creates no task', async () => {
    const { ok, payload } = await deployed.invoke('backup-landed', landedEvent({ key: KEY }));

    expect(ok).toBe(true);
    expect(JSON.parse(payload)).toEqual({
      runs: [
        {
          outcome: 'skipped',
          reason: { code: 'probe_object', message: `obs://backups/${KEY} was written by a probe` },
        },
      ],
    });
    const keys = await deployed.cloud.obs.bucket('ops-ledger').storage.keys('');
    expect(keys).toEqual([expect.stringMatching(new RegExp(`^migrations/probe/${PROBE}/event/\\d+-[0-9a-f]{8}$`))]);
    expect(deployed.cloud.tasks()).toEqual([]);
  });
});
