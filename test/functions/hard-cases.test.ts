import { type ReportedRun, readRuns } from '../../lib/local-system/run-report.ts';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import type { InvocationResult } from '../../packages/local-cloud/src/functiongraph/invocation.ts';
import { type Deployed, deploy, INSTANCE, landedEvent, PASSWORD } from '../fixtures/deployed.ts';
import { eventFile } from '../fixtures/event-file.ts';

const JOBS = `
version: 1
region: ap-southeast-3
settle_seconds: 1
targets:
  cache-a: { id: ${INSTANCE.id}, password: { user_data: CACHE_PASSWORD } }
jobs:
  import-a:
    on: { object_created: { bucket: backups, key: "a/**" } }
    backup_import: { target_instance: cache-a }
  import-inbox:
    on: { object_created: { bucket: backup-inbox-prod, key: "**" } }
    backup_import: { target_instance: cache-a }
`;

describe('the bundles with a ledger', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy({
      jobs: JOBS,
      instances: [INSTANCE],
      clock: () => new Clock({ speed: 60 }),
      timeoutSeconds: 6,
      maxInstances: 1,
    });
  }, 60_000);
  beforeEach(() => deployed.startOver());
  afterAll(() => deployed?.close());

  const deliver = (event: unknown): Promise<InvocationResult> => deployed.invoke('backup-landed', event);
  async function outcomeOf(event: unknown): Promise<ReportedRun | undefined> {
    return readRuns(await deliver(event))[0];
  }
  const creates = () => deployed.cloud.requests.filter(({ operation }) => operation === 'CreateMigrationTask').length;

  it('returns before its deadline if the create call hangs, and has recorded it as unknown', async () => {
    deployed.cloud.faults.add({ operation: 'CreateMigrationTask', kind: 'hang' });

    const result = await deliver(landedEvent({ key: 'a/one.rdb' }));

    expect(result).toMatchObject({ ok: true });
    expect(readRuns(result)).toMatchObject([{ job: 'import-a', outcome: 'unknown' }]);
    expect(await deployed.ledgerText()).toContain('"type":"unknown"');
    expect(creates()).toBe(1);
    expect(deployed.cloud.tasks()).toEqual([]);

    // Nothing was created: after two complete listings, the second past settle_seconds, it is sent again, and its task made.
    await deployed.settle(60_000, 10);
    expect(creates()).toBe(2);
    expect(deployed.cloud.tasks()).toHaveLength(1);
    expect(await deployed.ledgerText()).not.toContain(PASSWORD);
  }, 60_000);

  it('creates a task for a new version of a key, and none for the same version by another route', async () => {
    const legacy = eventFile('obs-legacy-put');
    expect(await outcomeOf(legacy)).toMatchObject({ job: 'import-inbox', outcome: 'created' });

    expect(await outcomeOf(eventFile('obs-eventgrid-object-created'))).toMatchObject({ outcome: 'existing' });
    expect(deployed.cloud.tasks()).toHaveLength(1);

    await deployed.settle(60_000, 3);
    legacy.Records[0].s3.object.eTag = '00000000000000000000000000000002';
    legacy.Records[0].eventTime = '2026-03-14T02:21:00.000Z';
    expect(await outcomeOf(legacy)).toMatchObject({ outcome: 'created' });
    expect(deployed.cloud.tasks()).toHaveLength(2);
  }, 60_000);

  it('returns the recorded result of a refused upload without a call; a corrected upload runs', async () => {
    const fault = { kind: 'error', status: 400, code: 'DCS.4800' } as const;
    deployed.cloud.faults.add({ operation: 'CreateMigrationTask', ...fault });
    const refused = await deliver(landedEvent({ key: 'a/one.rdb', eTag: 'bad' }));
    expect(refused).toMatchObject({ ok: false, errorType: 'RunsFailedError' });
    expect(readRuns(refused)).toMatchObject([{ outcome: 'rejected', reason: { status: 400 } }]);
    const requests = deployed.cloud.requests.length;

    const again = await deliver(landedEvent({ key: 'a/one.rdb', eTag: 'bad' }));

    expect(readRuns(again)).toEqual(readRuns(refused));
    expect(deployed.cloud.requests).toHaveLength(requests);
    expect(await outcomeOf(landedEvent({ key: 'a/one.rdb', eTag: 'good', minute: 1 }))).toMatchObject({
      outcome: 'created',
    });
    expect(deployed.cloud.tasks()).toHaveLength(1);
  }, 60_000);

  // The last one: this instance's keys rest afterwards.
  it('sends a call once with refused keys (401), and nothing more with them for five minutes', async () => {
    const requests = () => deployed.cloud.requests.length;
    const listings = () => deployed.cloud.requests.filter(({ operation }) => operation === 'ListMigrationTask').length;
    deployed.cloud.faults.add({ operation: 'ListMigrationTask', kind: 'error', status: 401, code: 'APIGW.0301' });
    const refused = await outcomeOf(landedEvent({ key: 'a/one.rdb' }));
    expect(refused).toMatchObject({ outcome: 'waiting', reason: { status: 401 } });
    expect(listings()).toBe(1);
    const sent = requests();

    // The same instance, the same event and another, and time that passes.
    expect(await outcomeOf(landedEvent({ key: 'a/one.rdb' }))).toEqual(refused);
    expect(await outcomeOf(landedEvent({ key: 'a/two.rdb' }))).toMatchObject({ outcome: 'waiting' });
    await deployed.advance(4 * 60_000 + 50_000);
    expect(await outcomeOf(landedEvent({ key: 'a/two.rdb' }))).toMatchObject({ outcome: 'waiting' });
    expect(requests()).toBe(sent);

    await deployed.advance(11_000);
    await deployed.settle(60_000, 20);
    expect(await outcomeOf(landedEvent({ key: 'a/two.rdb' }))).toMatchObject({ outcome: 'existing' });
    expect(deployed.cloud.tasks()).toHaveLength(2);
  }, 60_000);
});
