import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { makeJobsCache } from '../../../lib/jobs/jobs-cache.ts';
import { loadJobs, parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { ConfigError } from '../../../lib/kernel/errors.ts';

const FIRST_FILE = join(__dirname, '../../../migrations.yml');
/** The warning for a file without a ledger. */
const NO_LEDGER =
  "no ledger: the cloud's own lists of tasks are the only record. Simultaneous deliveries may create two tasks, runs for the same target do not wait for each other, and nothing continues by itself. Add ledger: { obs: { bucket, prefix } }";
const MINIMAL = `version: 1
region: ap-southeast-3
jobs:
  move:
    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`;

describe('loadJobs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function write(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  }

  it('loads migrations.yml without warnings', async () => {
    const { jobs, warnings } = await loadJobs(FIRST_FILE);

    expect(warnings).toEqual([]);
    expect(jobs.region).toBe('ap-southeast-3');
    expect(jobs.timeZone).toBe('Asia/Singapore');
    expect([...jobs.targets.keys()]).toEqual(['prod-cache', 'staging-cache', 'reports-cluster', 'session-cache']);
    expect(jobs.targets.get('staging-cache')).toEqual({
      id: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5',
      password: { user_data: 'STAGING_CACHE_PASSWORD' },
    });
    expect([...jobs.jobs.values()].map(({ name, kind, on }) => [name, kind, Object.keys(on)])).toEqual([
      ['restore-staging', 'backup_import', ['object_created']],
      ['restore-reports', 'backup_import', ['object_created']],
      ['refresh-staging-nightly', 'backup_import', ['schedule']],
      ['import-on-demand', 'backup_import', ['request']],
      ['move-session-cache', 'online_migration', ['request']],
      ['move-web-01', 'server_migration', ['request']],
    ]);
  });

  it('returns the same jobs for the document as JSON', async () => {
    const yaml = await loadJobs(FIRST_FILE);

    const json = await loadJobs(await write('migrations.json', JSON.stringify(yaml.document)));

    expect(json.jobs).toEqual(yaml.jobs);
  });

  it.each(['a.yml', 'a.yaml', 'A.YML'])('reads %s as YAML', async (name) => {
    const { jobs } = await loadJobs(await write(name, MINIMAL));

    expect(jobs.jobs.get('move')).toEqual({
      name: 'move',
      kind: 'online_migration',
      on: { request: { accepts: [] } },
      fields: { vpc_id: 'v', subnet_id: 's', security_group_id: 'g' },
      overlap: 'queue',
      limit: { runs: 20, perMs: 3_600_000 },
      policies: { deadlineMs: 21_600_000, preflight: 'refuse', dryRun: false, onFailure: 'keep' },
    });
    expect(jobs.settleSeconds).toBe(60);
    expect(jobs).not.toHaveProperty('ledger');
  });

  it('reports which file cannot be read, and why', async () => {
    const path = join(folder, 'none.yml');

    await expect(loadJobs(path)).rejects.toMatchObject({
      name: 'ConfigError',
      message: `jobs file ${path}: file not found; npx migrations init creates one`,
      cause: { code: 'ENOENT' },
    });
  });

  it('refuses a folder', async () => {
    await expect(loadJobs(folder)).rejects.toMatchObject({ name: 'ConfigError', cause: { code: 'EISDIR' } });
  });

  it('refuses a file of more than 1 MiB', async () => {
    const most = `${MINIMAL}#`.padEnd(1024 * 1024, 'x');

    await expect(loadJobs(await write('most.yml', most))).resolves.toMatchObject({ jobs: { version: 1 } });
    await expect(loadJobs(await write('more.yml', `${most}x`))).rejects.toThrow('has more than 1048576 bytes');
  });
});

describe('makeJobsCache', () => {
  it('accepts keys that need a ledger in a file without one only if a ledger is given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jobs-'));
    const path = join(folder, 'a.yml');
    await writeFile(path, `${MINIMAL}    overlap: reject\n`);

    const given = await makeJobsCache().get(path, { ledger: 'given' });

    expect(given.jobs.jobs.get('move')?.overlap).toBe('reject');
    await expect(makeJobsCache().get(path, {})).rejects.toThrow('line 7, jobs.move.overlap: needs a ledger');
    await rm(folder, { recursive: true });
  });
});

describe('parseJobs', () => {
  it.each([
    ['yaml', 'password: "hunter2\nx: y'],
    ['yaml', 'a: &x hunter2 hunter2: hunter2\n- *hunter2'],
    ['yaml', '*hunter2 : 1'],
    ['json', '{"password": hunter2}'],
    ['json', '{"password": "hunter2"'],
  ] as const)('does not show the text that is not valid %s: %s', async (kind, text) => {
    const error = await parseJobs(text, kind).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).not.toContain('hunter2');
    expect(error).not.toHaveProperty('cause');
  });

  it('reports the line of malformed JSON', async () => {
    await expect(parseJobs('{\n  "version": 1,\n  x\n}', 'json')).rejects.toThrow('line 3: not valid JSON');
  });

  it('reads the policies and sets of a job', async () => {
    const text = `version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations } }
targets: { cache: { id: x, password: { user_data: P } }, prod: { id: y } }
jobs:
  move:
    on:
      object_created: { bucket: b-1, key: "prod/**", set: { by: "prod/{set}/", complete: { marker: _SUCCESS }, deadline: 30m } }
    online_migration:
      vpc_id: v
      subnet_id: s
      security_group_id: g
      configure:
        migration_method: incremental_migration
        resume_mode: manual
        bandwidth_limit_mb: 100
        source_instance: prod
        target_instance: { addrs: "10.0.0.1:6379", password: { user_data: Q } }
    deadline: 2d
    preflight: warn
    sweep: { every: 10m, look_back: 2h }
    notify: { smn: "urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:ops", on: [failed, stuck] }
    on_failure: release
    stop_when: { offset: 0, for: 10m }
    dry_run: true
  second:
    on: { object_created: { bucket: b-1, key: "**", set: { by: "{set}/", complete: { marker: _OK, count: 3, quiet: 5m, manifest: true } } } }
    backup_import: { target_instance: cache, backup_files: { latest_of: prod, copy_first: true }, backup_target_first: true }
    sweep: {}
    notify: { smn: "urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:ops" }
`;

    const { jobs, warnings } = await parseJobs(text, 'yaml');

    expect(warnings).toEqual([]);
    expect(jobs.jobs.get('move')).toEqual({
      name: 'move',
      kind: 'online_migration',
      on: {
        object_created: {
          bucket: 'b-1',
          key: 'prod/**',
          set: { by: 'prod/{set}/', complete: { marker: '_SUCCESS' }, deadlineMs: 1_800_000 },
        },
      },
      fields: {
        vpc_id: 'v',
        subnet_id: 's',
        security_group_id: 'g',
        configure: {
          migration_method: 'incremental_migration',
          resume_mode: 'manual',
          bandwidth_limit_mb: '100',
          source_instance: 'prod',
          target_instance: { addrs: '10.0.0.1:6379', password: { user_data: 'Q' } },
        },
      },
      overlap: 'queue',
      limit: { runs: 20, perMs: 3_600_000 },
      sweep: { everyMs: 600_000, lookBackMs: 7_200_000 },
      policies: {
        deadlineMs: 172_800_000,
        preflight: 'warn',
        dryRun: true,
        onFailure: 'release',
        stopWhen: { offset: 0, forMs: 600_000 },
        notify: { smn: 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:ops', on: ['failed', 'stuck'] },
      },
    });
    expect(jobs.jobs.get('second')).toMatchObject({
      on: {
        object_created: {
          set: {
            by: '{set}/',
            complete: { marker: '_OK', count: 3, quietMs: 300_000, manifest: true },
            deadlineMs: 21_600_000,
          },
        },
      },
      fields: { backup_files: { latest_of: 'prod', copy_first: true }, backup_target_first: true },
      sweep: { everyMs: 3_600_000, lookBackMs: 86_400_000 },
      policies: {
        notify: {
          smn: 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:ops',
          on: ['started', 'succeeded', 'failed', 'stuck', 'parked', 'missed', 'waiting'],
        },
      },
    });
  });

  it('warns of on_failure: release without a ledger', async () => {
    const { warnings } = await parseJobs(`${MINIMAL}    on_failure: release\n`, 'yaml');

    expect(warnings.map(({ line, message }) => [line, message])).toEqual([
      [1, NO_LEDGER],
      [7, 'has no effect without a ledger: the task is not followed'],
    ]);
  });

  it('warns of an existing server whose format is not confirmed, as in the example of the API page', async () => {
    const body = JSON.parse(await readFile(join(__dirname, '../../fixtures/bodies/sms-create-task.json'), 'utf8'));
    const text = (more: object) =>
      JSON.stringify({
        version: 1,
        region: 'ap-southeast-3',
        jobs: { move: { on: { request: {} }, server_migration: { ...body, ...more } } },
      });
    const message = 'the disks of the existing target are formatted and their data is lost; set confirm_format: true';
    const unconfirmed = { path: ['jobs', 'move', 'server_migration', 'exist_server'], message };

    expect((await parseJobs(text({}), 'json')).warnings).toContainEqual(unconfirmed);
    expect((await parseJobs(text({ confirm_format: true }), 'json')).warnings).not.toContainEqual(unconfirmed);
    expect((await parseJobs(text({ exist_server: false }), 'json')).warnings).not.toContainEqual(unconfirmed);
  });

  it('replaces an alias by the value of its anchor', async () => {
    const text = `${MINIMAL}  again:\n    on: { request: {} }\n    online_migration: &x { vpc_id: v, subnet_id: s, security_group_id: g }\n  third: { on: { request: {} }, online_migration: *x }\n`;

    const { jobs } = await parseJobs(text, 'yaml');

    expect(jobs.jobs.get('third')?.fields).toEqual({ vpc_id: 'v', subnet_id: 's', security_group_id: 'g' });
  });

  it.each([
    [
      'aliases that grow without end',
      `a: &a [x, x]\n${[...'bcdefghijk'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghijk'[i]}`).join(', ')}]`).join('\n')}`,
    ],
    ['an alias within its own anchor', 'a: &a { b: *a }\nversion: *a'],
    ['excessive nesting', '['.repeat(50_000)],
    ['excessively nested mappings', '{a: '.repeat(20_000)],
  ])('refuses %s', async (_, text) => {
    await expect(parseJobs(text, 'yaml')).rejects.toBeInstanceOf(ConfigError);
  });

  it('warns of a placeholder that only some of the triggers fill', async () => {
    const text = MINIMAL.replace('{ request: {} }', '{ request: {}, schedule: { rate: 1h } }').replace(
      'vpc_id: v',
      'vpc_id: v, description: "{{ request.body.ticket }}"',
    );

    const { warnings } = await parseJobs(text, 'yaml');

    expect(warnings).toEqual([
      { path: [], line: 1, message: NO_LEDGER },
      {
        path: ['jobs', 'move', 'online_migration', 'description'],
        line: 6,
        message: '{{ request.body.ticket }} has a value only for runs started by request; other runs are refused',
      },
    ]);
  });

  it('reads cloud_eye, and has none without it', async () => {
    const { jobs } = await parseJobs(`${MINIMAL}cloud_eye: { namespace: MIGRATIONS.PROD }\n`, 'yaml');

    expect(jobs.cloudEye).toEqual({ namespace: 'MIGRATIONS.PROD' });
    expect((await parseJobs(MINIMAL, 'yaml')).jobs).not.toHaveProperty('cloudEye');
  });

  it.each(['MINE.APP', 'a_1.b_2', `ABC.${'D'.repeat(28)}`])('accepts the namespace %s', async (namespace) => {
    await expect(parseJobs(`${MINIMAL}cloud_eye: { namespace: ${namespace} }\n`, 'yaml')).resolves.toBeDefined();
  });

  it.each([
    'MINE',
    'MY.APP',
    'MINE.AP',
    'MINE.APP.X',
    '1INE.APP',
    'MINE-1.APP',
    'SYS.ECS',
    'sys.ecs',
    'AGT.ECS',
    'SRE.APP',
    'SERVICE.BMS',
    `ABC.${'D'.repeat(29)}`,
    '""',
  ])('refuses the namespace %s', async (namespace) => {
    await expect(parseJobs(`${MINIMAL}cloud_eye: { namespace: ${namespace} }\n`, 'yaml')).rejects.toThrow(
      'cloud_eye.namespace: must be a namespace such as MIGRATIONS.PROD',
    );
  });

  it('reads ledger, settle_seconds, overlap and limit', async () => {
    const text = `${MINIMAL}    overlap: latest\n    limit: { runs: 5, per: 90s }\nsettle_seconds: 5\nledger: { obs: { bucket: ops-ledger, prefix: migrations } }\n`;

    const { jobs, warnings } = await parseJobs(text, 'yaml');

    expect(jobs.ledger).toEqual({ obs: { bucket: 'ops-ledger', prefix: 'migrations/' } });
    expect(jobs.settleSeconds).toBe(5);
    expect(jobs.jobs.get('move')).toMatchObject({ overlap: 'latest', limit: { runs: 5, perMs: 90_000 } });
    expect(warnings).toEqual([]);
  });

  it('accepts keys that need a ledger in a file without one if a ledger is given', async () => {
    const text = `${MINIMAL}    overlap: reject\n    limit: { runs: 100000, per: 30d }\n`;

    const { jobs, warnings } = await parseJobs(text, 'yaml', { ledger: 'given' });

    expect(jobs).not.toHaveProperty('ledger');
    expect(jobs.jobs.get('move')).toMatchObject({ overlap: 'reject', limit: { runs: 100_000, perMs: 2_592_000_000 } });
    expect(warnings).toEqual([]);
  });

  it('lets callers of a job set its mandatory fields', async () => {
    const text = MINIMAL.replace('request: {}', 'request: { accepts: [vpc_id, subnet_id] }').replace(
      'vpc_id: v, subnet_id: s, ',
      '',
    );

    const { jobs } = await parseJobs(text, 'yaml');

    expect(jobs.jobs.get('move')?.on).toEqual({ request: { accepts: ['vpc_id', 'subnet_id'] } });
  });

  it('returns jobs or throws a ConfigError for any text', async () => {
    const pieces = fc.constantFrom(
      'version: 1\n',
      'region: ap-southeast-3\n',
      'jobs:\n',
      '  a:\n',
      '    on: ',
      '{{ job }}',
      '&a ',
      '*a ',
      '- ',
      '? ',
      '!!binary ',
      '"',
      '<<: ',
      '\t',
    );
    const text = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 10 })))
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('yaml', 'json'), async (given, kind) => {
        const error = await parseJobs(given, kind).catch((thrown: unknown) => thrown);

        expect(error).toBeInstanceOf(ConfigError);
      }),
      { numRuns: 500 },
    );
  });

  it('returns jobs or throws a ConfigError for any JSON anywhere in a file', async () => {
    const places: ((value: unknown) => unknown)[] = [
      (value) => value,
      (jobs) => ({ version: 1, region: 'ap-southeast-3', jobs }),
      (ledger) => ({ version: 1, region: 'ap-southeast-3', ledger, settle_seconds: ledger, jobs: {} }),
      (limit) => ({ version: 1, region: 'r', jobs: { a: { limit, overlap: limit } } }),
      (targets) => ({ version: 1, region: 'ap-southeast-3', targets, jobs: {} }),
      (on) => ({ version: 1, region: 'ap-southeast-3', jobs: { a: { on, backup_import: {} } } }),
      (backup_import) => ({
        version: 1,
        region: 'ap-southeast-3',
        jobs: { a: { on: { request: {} }, backup_import } },
      }),
      (server_migration) => ({ version: 1, region: 'r', jobs: { a: { on: { request: {} }, server_migration } } }),
      (target_server) => ({ jobs: { a: { on: { request: {} }, server_migration: { target_server } } } }),
    ];
    const names = fc.constantFrom(
      'obs',
      'runs',
      'per',
      'on',
      'request',
      'accepts',
      'target_instance',
      'backup_files',
      'files',
      'disks',
      '__proto__',
    );
    const value = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
      ),
    })).tree;
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom(...places), async (given, place) => {
        const error = await parseJobs(JSON.stringify(place(given)), 'json').catch((thrown: unknown) => thrown);

        expect(error).toBeInstanceOf(ConfigError);
      }),
      { numRuns: 500 },
    );
  });
});
