import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type Deployed, deploy, INSTANCE, landedEvent, PASSWORD } from '../fixtures/deployed.ts';
import { putLanded } from '../fixtures/put-backup.ts';
import { runBundles } from '../fixtures/run-bundles.ts';

const PROCESSES = 8;
const DELIVERIES = 100;

const jobs = (top: string) => `
version: 1
region: ap-southeast-3
${top}
targets:
  cache-a: { id: ${INSTANCE.id}, password: { user_data: CACHE_PASSWORD } }
jobs:
  import-a:
    on: { object_created: { bucket: backups, key: "a/**" } }
    backup_import: { target_instance: cache-a }
`;

describe.each([
  ['folder', ''],
  ['obs', 'ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }'],
] as const)('with the %s ledger', (ledger, top) => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy({
      jobs: jobs(top),
      ledger,
      instances: [INSTANCE],
      clock: () => new Clock({ speed: 600 }),
    });
  }, 60_000);
  afterAll(() => deployed?.close());

  /** Handles events all at once in a process of its own. @returns what it printed */
  function handleInProcess(events: readonly unknown[]): Promise<string> {
    const context = {
      remainingMs: 60_000,
      userData: { ...deployed.userData(), LOG_LEVEL: 'error' },
      accessKey: 'AK-1',
      secretKey: 'SK-secret-1',
      token: 'TOKEN-secret-1',
    };
    return runBundles([{ folder: `${deployed.bundles}/backup-landed`, context, events, parallel: true }]);
  }

  it(`makes one create call for ${DELIVERIES} concurrent deliveries of one event in ${PROCESSES} processes`, async () => {
    await putLanded(deployed.cloud, landedEvent({ key: 'a/dump.rdb' }));
    const shares = Array.from({ length: PROCESSES }, (_, i) =>
      Array.from({ length: Math.floor(DELIVERIES / PROCESSES) + (i < DELIVERIES % PROCESSES ? 1 : 0) }, () =>
        landedEvent({ key: 'a/dump.rdb' }),
      ),
    );

    const printed = await Promise.all(shares.map(handleInProcess));

    const text = printed.join('');
    const results = text.split('\n').flatMap((line) => (line.startsWith('{"runs":') ? [JSON.parse(line).runs] : []));
    const counts: Record<string, number> = {};
    for (const [{ outcome }] of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
    process.stdout.write(`${ledger} ledger: ${JSON.stringify(counts)}\n`);
    expect(results).toHaveLength(DELIVERIES);
    expect(counts['created']).toBe(1);
    expect((counts['existing'] ?? 0) + (counts['waiting'] ?? 0)).toBe(DELIVERIES - 1);
    const creates = deployed.cloud.requests.filter(({ operation }) => operation === 'CreateMigrationTask');
    expect(creates).toHaveLength(1);
    expect(deployed.cloud.tasks()).toHaveLength(1);

    await deployed.settle(60_000, 5);
    expect(deployed.cloud.tasks()).toHaveLength(1);
    const again = await handleInProcess([landedEvent({ key: 'a/dump.rdb' })]);
    expect(again).toContain('"outcome":"existing"');
    expect(text).not.toContain(PASSWORD);
  }, 60_000);
});
