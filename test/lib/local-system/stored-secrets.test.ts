import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadJobs } from '../../../lib/jobs/load-jobs.ts';
import { type LocalSystem, startLocalSystem } from '../../../lib/local-system/local-system.ts';
import { sampleCredentials } from '../../../lib/local-system/sample-request.ts';
import { copyOfFunctions } from '../../fixtures/built-functions.ts';

const FILES = '{ file_source: self_build_obs, bucket_name: redis-backups, files: [ { file_name: a.rdb } ] }';
const JOBS = `
version: 1
region: ap-southeast-3
targets:
  cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { csms: cache, key: password, version: v2 } }
jobs:
  tokened:
    on: { request: { auth: { bearer: [ { csms: callers, key: ci } ] } } }
    preflight: off
    backup_import: { target_instance: cache, backup_files: ${FILES} }
  signed:
    on: { request: { auth: { standard_webhooks: [ { csms: partner } ] } } }
    preflight: off
    backup_import: { target_instance: cache, backup_files: ${FILES} }
`;

describe('the local system, with secrets in DEW', () => {
  let home: string;
  let system: LocalSystem;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'stored-'));
    const jobsFile = join(home, 'migrations.yml');
    await writeFile(jobsFile, JOBS);
    system = await startLocalSystem({
      stateFolder: join(home, 'state'),
      functions: await copyOfFunctions({ jobsFile, out: join(home, 'functions'), ledger: 'given' }),
      jobs: (await loadJobs(jobsFile, { ledger: 'given' })).jobs,
      gatewayPort: 0,
      onEvent: () => undefined,
    });
  }, 60_000);
  afterAll(async () => {
    await system.close();
    await rm(home, { recursive: true });
  });

  it.each(['tokened', 'signed'])('lets in the sample caller of job %s, and reads the password', async (name) => {
    const { jobs } = await loadJobs(join(home, 'migrations.yml'), { ledger: 'given' });
    const job = jobs.jobs.get(name);
    if (!job) throw new Error(`no job ${name}`);
    const response = await fetch(`${system.gateway.url}/jobs/${name}/runs`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', ...sampleCredentials(job, '{}', new Date()) },
    });

    expect([response.status, await response.json()]).toMatchObject([expect.any(Number), { job: name }]);
    expect([201, 202]).toContain(response.status);
  });

  it('shows no value in the log, the ledger and the requests', async () => {
    const folder = join(home, 'state');
    const names = await readdir(join(folder, 'ledger'), { recursive: true, withFileTypes: true });
    const files = names.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    const texts = await Promise.all([system.logFile, ...files].map((file) => readFile(file, 'utf8')));

    expect(system.cloud.requestsOf('ShowSecretVersion').length).toBeGreaterThan(0);
    for (const text of [...texts, JSON.stringify(system.cloud.requests)]) {
      expect(text).not.toContain('local-cache-password');
      expect(text).not.toContain('local-callers-ci');
    }
  });
});
