import { FakeFunctionGraph } from '../../fakes/fake-functiongraph.ts';
import { jobsYaml, KEYS, makeService, PASSWORD, type Service, serviceYaml } from '../../fixtures/deploy-harness.ts';

interface Wrong {
  readonly what: string;
  readonly jobs?: string;
  readonly service?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly says: string;
}

const provider = (lines: string) => serviceYaml({ provider: `  ${lines}` });
const functions = (lines: string) => serviceYaml({ functions: `  ${lines}` });
const change = (from: string, to: string) => {
  const text = serviceYaml();
  if (!text.includes(from)) throw new Error(`the file of the tests has no ${from}`);
  return text.replace(from, to);
};
const schedules = (count: number) =>
  jobsYaml(
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`job-${'abcdefghijkl'[i]}`, `{ schedule: { rate: ${i + 1}m } }`]),
    ),
  );
const buckets = (count: number) =>
  jobsYaml(
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `job-${'abcdefghijkl'[i]}`,
        `{ object_created: { bucket: bucket-${i}, key: "**" } }`,
      ]),
    ),
  );
const variables = (count: number) => Array.from({ length: count }, (_, i) => `V${i}: x`).join(', ');

const TOPIC = 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:night-shift';
const LEDGER = 'ledger: { obs: { bucket: ops-ledger, prefix: m/ } }';
const CLOUD_EYE = 'cloud_eye: { namespace: MIGRATIONS.PROD }';
const JOB = { hourly: '{ schedule: { rate: 1h } }' };

const TABLE: readonly Wrong[] = [
  ...['path: out', 'artifact: own.zip', "patterns: ['!docs/**']", 'individually: true'].map((line) => ({
    what: `a package with ${line}`,
    service: `package: { ${line} }\n${serviceYaml()}`,
    says: 'serverless.yml:1: package: is not used: packages are made of these functions; remove it',
  })),
  {
    what: 'alarm rules without cloud_eye',
    jobs: jobsYaml(JOB, LEDGER),
    service: provider(`alarms: { smn: "${TOPIC}" }`),
    says: 'serverless.yml:8: provider.alarms: needs cloud_eye in migrations.yml: without it the functions report nothing',
  },
  {
    what: 'alarm rules without a ledger',
    jobs: jobsYaml(JOB, CLOUD_EYE),
    service: provider(`alarms: { smn: "${TOPIC}" }`),
    says: 'serverless.yml:8: provider.alarms: needs a ledger',
  },
  {
    what: 'alarm rules with a topic of another region',
    jobs: jobsYaml(JOB, `${LEDGER}\n${CLOUD_EYE}`),
    service: provider(`alarms: { smn: "${TOPIC.replace('ap-southeast-3', 'cn-north-4')}" }`),
    says: "serverless.yml:8: provider.alarms.smn: is in cn-north-4; must be in the functions' region, ap-southeast-3",
  },
  {
    what: 'alarm rules with something that is no topic',
    jobs: jobsYaml(JOB, `${LEDGER}\n${CLOUD_EYE}`),
    service: provider('alarms: { smn: "urn:smn:ap-southeast-3:night-shift" }'),
    says: 'serverless.yml:8: provider.alarms.smn: is not a topic URN',
  },
  {
    what: 'alarm rules of a service whose name they cannot have',
    jobs: jobsYaml(JOB, `${LEDGER}\n${CLOUD_EYE}`),
    service: provider(`alarms: { smn: "${TOPIC}" }`).replace('service: mig', `service: ${'m'.repeat(87)}`),
    says: 'provider.alarms: cannot name rules after mmm',
  },
  {
    what: 'alarm rules for ticks that no period of Cloud Eye covers',
    jobs: jobsYaml(JOB, `${LEDGER}\n${CLOUD_EYE}`),
    service: provider(`alarms: { smn: "${TOPIC}" }\n  reconcileEvery: 2d`),
    says: 'serverless.yml:9: provider.reconcileEvery: must be at most 1d with alarms',
  },
  {
    what: 'no region',
    service: change('  region: ap-southeast-3\n', ''),
    says: 'serverless.yml:2: provider: region is missing',
  },
  {
    what: 'another region than the jobs',
    service: change('region: ap-southeast-3', 'region: cn-north-4'),
    says: 'serverless.yml:4: provider.region: is cn-north-4, but migrations.yml has ap-southeast-3',
  },
  {
    what: 'no agency',
    service: change('  agency: migrations\n', ''),
    says: 'serverless.yml:2: provider: agency is missing',
  },
  {
    what: 'a memory size between two',
    service: provider('memorySize: 300'),
    says: 'serverless.yml:8: provider.memorySize: unsupported memorySize 300; use one of',
  },
  {
    what: 'a memory size of a function',
    service: change('schedule: { timeout: 60 }', 'schedule: { timeout: 60, memorySize: 100 }'),
    says: 'serverless.yml:10: functions.schedule.memorySize: unsupported memorySize 100',
  },
  {
    what: 'a timeout below the least',
    service: change('schedule: { timeout: 60 }', 'schedule: { timeout: 2 }'),
    says: 'serverless.yml:10: functions.schedule.timeout: 2 s: must be from 3 to 259200',
  },
  {
    what: 'a timeout above the most',
    service: change('schedule: { timeout: 60 }', 'schedule: { timeout: 259201 }'),
    says: 'serverless.yml:10: functions.schedule.timeout: 259201 s',
  },
  {
    what: 'an initializer without time',
    service: provider('initializerTimeout: 0'),
    says: 'serverless.yml:8: provider.initializerTimeout: 0 s: must be from 1 to 300',
  },
  {
    what: 'an initializer with too much time',
    service: provider('initializerTimeout: 301'),
    says: 'serverless.yml:8: provider.initializerTimeout: 301 s',
  },
  {
    what: 'an old runtime',
    service: provider('runtime: Node.js18.20'),
    says: 'serverless.yml:8: provider.runtime: Node.js18.20 is too old',
  },
  {
    what: 'a missing function',
    service: functions('refresh: { timeout: 60 }'),
    says: 'serverless.yml:13: functions.refresh: functions/refresh.ts',
  },
  {
    what: 'a name that is too long',
    service: change('schedule: { timeout: 60 }', `schedule: { timeout: 60, name: ${'n'.repeat(61)} }`),
    says: 'has 61 characters; must have at most 60',
  },
  {
    what: 'a name that begins with a digit',
    service: change('schedule: { timeout: 60 }', 'schedule: { timeout: 60, name: 1st }'),
    says: 'serverless.yml:10: functions.schedule.name: "1st" has 3 characters',
  },
  {
    what: 'a service name that makes names too long',
    service: change('service: mig', `service: ${'m'.repeat(48)}`),
    says: 'functions.backup-landed.name: ',
  },
  {
    what: 'jobs for the bucket function, which is left out',
    service: change('  backup-landed: { timeout: 60 }\n', ''),
    says: 'functions: backup-landed is missing: needed by landed',
  },
  {
    what: 'jobs for the schedule function, which is left out',
    service: change('  schedule: { timeout: 60 }\n', ''),
    says: 'functions: schedule is missing: needed by nightly, hourly',
  },
  {
    what: 'jobs for the webhook, which is left out',
    service: change('  webhook: { timeout: 30 }\n', ''),
    says: 'functions: webhook is missing: needed by asked',
  },
  {
    what: 'a ledger without reconcile',
    service: change('  reconcile: { timeout: 240 }\n', ''),
    says: 'functions: reconcile is missing: needed by the ledger',
  },
  {
    what: 'eleven schedules',
    jobs: schedules(11),
    says: 'functions.schedule: needs 11 timers, one for each distinct schedule; at most 10',
  },
  { what: 'eleven buckets', jobs: buckets(11), says: 'functions.backup-landed: needs 11 bucket triggers; at most 10' },
  {
    what: 'a secret without a value',
    env: KEYS,
    says: 'migrations.yml:4: targets.cache.password: CACHE_PASSWORD has no value: set it in the environment or in .env',
  },
  {
    what: 'a bearer token of 15 characters',
    jobs: jobsYaml({ asked: '{ request: { auth: { bearer: [ { user_data: TOKEN } ] } } }' }),
    env: { ...KEYS, CACHE_PASSWORD: PASSWORD, TOKEN: 'x'.repeat(15) },
    says: 'migrations.yml:6: jobs.asked.on.request.auth.bearer[0]: the value of TOKEN has fewer than 16 characters, too few for a bearer token',
  },
  {
    what: 'a bearer token with a line break',
    jobs: jobsYaml({ asked: '{ request: { auth: { bearer: [ { user_data: TOKEN } ] } } }' }),
    env: { ...KEYS, CACHE_PASSWORD: PASSWORD, TOKEN: `${'x'.repeat(16)}\n` },
    says: 'migrations.yml:6: jobs.asked.on.request.auth.bearer[0]: the value of TOKEN contains a line break or a control character',
  },
  {
    what: 'an added secret without a value',
    service: provider('encryptedUserData: [OTHER]'),
    says: 'serverless.yml:8: provider.encryptedUserData: OTHER has no value',
  },
  {
    what: 'a secret in a plain variable',
    service: provider('userData: { CACHE_PASSWORD: plain-text }'),
    says: 'serverless.yml:8: provider.userData.CACHE_PASSWORD: is a secret: remove it',
  },
  {
    what: 'a secret key in a plain variable',
    service: provider('userData: { HUAWEICLOUD_SDK_SK: plain-text }'),
    says: 'provider.userData.HUAWEICLOUD_SDK_SK: is a secret',
  },
  {
    what: 'an unknown setting',
    service: provider('userData: { LOG_LEVEL: loud }'),
    says: 'serverless.yml:8: provider.userData.LOG_LEVEL: expected debug, info, warn, error',
  },
  {
    what: 'a stage that is too long',
    service: provider(`stage: ${'x'.repeat(64)}`),
    says: 'provider.stage: expected at most 63 letters, digits, dots, dashes and underscores',
  },
  {
    what: 'nineteen plain variables, and two of ours',
    service: provider(`userData: { ${variables(19)} }`),
    says: 'serverless.yml:8: provider.userData: has 21 variables; at most 20',
  },
  {
    what: 'plain variables that are too long',
    service: provider(`userData: { LONG: ${'x'.repeat(4096)} }`),
    says: 'characters; at most 4096',
  },
  {
    what: 'encrypted values that are too long',
    env: { ...KEYS, CACHE_PASSWORD: 'x'.repeat(4096) },
    says: 'provider.encryptedUserData: the values have',
  },
  {
    what: 'EventGrid without a channel',
    service: provider('objectTriggers: EVENTGRID'),
    says: 'serverless.yml:8: provider.objectTriggers: EVENTGRID needs eventGrid',
  },
  {
    what: 'an invalid rate for reconcile',
    service: provider('reconcileEvery: 90m'),
    says: 'serverless.yml:8: provider.reconcileEvery: must be at most 60 minutes',
  },
  {
    what: 'a gateway that knows nobody',
    service: change('{ groupId: g1 }', '{ groupId: g1, auth: NONE }'),
    says: 'serverless.yml:7: provider.gateway.auth: is NONE, but asked rely on the gateway for authentication',
  },
  {
    what: 'a gateway that waits longer than the function',
    service: change('{ groupId: g1 }', '{ groupId: g1, timeoutMs: 30000 }'),
    says: "serverless.yml:11: functions.webhook.timeout: 30 s: must be more than the gateway's timeout of 30000 ms",
  },
  {
    what: 'a gateway that gives up before the response',
    service: change('{ groupId: g1 }', '{ groupId: g1, timeoutMs: 4000 }'),
    says: 'serverless.yml:7: provider.gateway.timeoutMs: 4000 ms: must be more than the 4000 ms',
  },
  {
    what: 'a failure destination elsewhere',
    service: provider('failureDestination: { smn: "urn:smn:cn-north-4:p:t" }'),
    says: 'serverless.yml:8: provider.failureDestination.smn: is in cn-north-4',
  },
  {
    what: 'a timer of its own with a Unix cron',
    service: change(
      'schedule: { timeout: 60 }',
      'schedule: { timeout: 60, events: [ { triggerTypeCode: TIMER, eventData: { name: own, scheduleType: Cron, schedule: "0 2 * * *" } } ] }',
    ),
    says: 'functions.schedule.events[0].eventData.schedule: has five fields',
  },
  {
    what: 'a timer of its own that fires every second',
    service: change(
      'schedule: { timeout: 60 }',
      'schedule: { timeout: 60, events: [ { triggerTypeCode: TIMER, eventData: { name: own, scheduleType: Cron, schedule: "* 30 2 * * ?" } } ] }',
    ),
    says: 'functions.schedule.events[0].eventData.schedule: fires 60 times a day, more than once a minute',
  },
  {
    what: 'a timer of its own without a name',
    service: change(
      'schedule: { timeout: 60 }',
      'schedule: { timeout: 60, events: [ { triggerTypeCode: TIMER, eventData: { scheduleType: Rate, schedule: 5m } } ] }',
    ),
    says: 'functions.schedule.events[0].eventData.name: must be a timer name',
  },
  {
    what: 'a timer of its own that is there already',
    service: change(
      'schedule: { timeout: 60 }',
      'schedule: { timeout: 60, events: [ { triggerTypeCode: TIMER, eventData: { name: rate-1h, scheduleType: Rate, schedule: 1h } } ] }',
    ),
    says: 'functions.schedule.events[0]: TIMER rate-1h (1h) is listed twice',
  },
  {
    what: 'a jobs file with a mistake',
    jobs: jobsYaml({ nightly: '{ schedule: { cron: "0 2 * * *" } }' }),
    says: 'migrations.yml:6: jobs.nightly.on.schedule.cron: has five fields',
  },
];

describe('a wrong configuration', () => {
  let api: FakeFunctionGraph;
  let made: Service;

  beforeAll(async () => {
    api = await FakeFunctionGraph.start();
  });

  afterAll(() => api.close());

  afterEach(async () => {
    api.forget();
    await made.remove();
  });

  it.each(TABLE)('is refused with its path, and nothing is sent: $what', async ({ jobs, service, env, says }) => {
    made = await makeService(api.url, env ?? { ...KEYS, CACHE_PASSWORD: PASSWORD, OTHER: '' });
    if (jobs) await made.writeJobs(jobs);
    if (service) await made.writeService(service);

    const failed = (await made.run('deploy:deploy').catch((error: unknown) => error)) as Error;

    expect(failed.message).toContain('nothing was sent:\n');
    expect(failed.message).toContain(says);
    expect(failed.message).not.toContain('plain-text');
    expect(api.requests).toEqual([]);
  });

  it('is reported together with all others', async () => {
    made = await makeService(api.url, KEYS);
    await made.writeService(change('schedule: { timeout: 60 }', 'schedule: { timeout: 2, memorySize: 100 }'));

    const failed = (await made.run('deploy:deploy').catch((error: unknown) => error)) as Error;

    expect(
      failed.message
        .split('\n')
        .slice(1)
        .map((line) => line.split(': ').slice(0, 2).join(': ')),
    ).toEqual([
      '  serverless.yml:10: functions.schedule.memorySize',
      '  serverless.yml:10: functions.schedule.timeout',
      '  migrations.yml:4: targets.cache.password',
    ]);
  });

  it.each<[string, NodeJS.ProcessEnv, string]>([
    [
      'both keys',
      {},
      'the keys are missing: set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK in the environment or in .env',
    ],
    [
      'the secret key',
      { HUAWEICLOUD_SDK_AK: 'a' },
      'a key is missing: set HUAWEICLOUD_SDK_SK in the environment or in .env',
    ],
    [
      'an access key that is not empty',
      { ...KEYS, HUAWEICLOUD_SDK_AK: '' },
      'a key is missing: set HUAWEICLOUD_SDK_AK in the environment or in .env',
    ],
  ])('names what is missing without %s', async (_what, keys, says) => {
    made = await makeService(api.url, { ...keys, CACHE_PASSWORD: PASSWORD });

    for (const hook of ['deploy:deploy', 'diff:diff', 'info:info', 'remove:remove', 'invoke:local:invoke']) {
      await expect(made.run(hook, { function: 'schedule' })).rejects.toThrow(says);
    }
    expect(api.requests).toEqual([]);
  });

  it.each([
    ['memorySize: 300', 'provider.memorySize: '],
    ['timeout: 2', 'provider.timeout: '],
    ['runtime: Node.js18.20', 'provider.runtime: '],
    ['userData: { LOG_LEVEL: loud }', 'provider.userData.LOG_LEVEL: '],
    [`userData: { ${variables(19)} }`, 'provider.userData: has 21 variables; at most 20'],
    [`userData: { LONG: ${'x'.repeat(4096)} }`, 'provider.userData: has '],
  ])('says once that all functions share it: %s', async (line, says) => {
    made = await makeService(api.url);
    const own = /timeout: \d+ /g;
    await made.writeService(provider(line).replace(own, ''));

    const failed = (await made.run('deploy:deploy').catch((error: unknown) => error)) as Error;

    expect(failed.message.split('\n').filter((text) => text.includes(says))).toHaveLength(1);
  });

  it.each([8192, 10_240])('is not a memory size of %i MB', async (size) => {
    made = await makeService(api.url);
    await made.writeService(provider(`memorySize: ${size}`));

    await made.run('deploy:deploy');

    expect(api.functions.get('mig-dev-schedule')?.config['memory_size']).toBe(size);
    api.functions.clear();
  });

  it('takes values from the environment, then from .env', async () => {
    const { writeFile } = await import('node:fs/promises');
    made = await makeService(api.url, KEYS);
    await writeFile(`${made.folder}/.env`, 'CACHE_PASSWORD=from-the-file\n');

    const printed = await made.run('deploy:deploy');

    expect(api.functions.get('mig-dev-schedule')?.config['encrypted_user_data']).toBe(
      '{"CACHE_PASSWORD":"from-the-file"}',
    );
    expect(printed).not.toContain('from-the-file');
  });
});
