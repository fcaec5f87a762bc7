import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_TASK_POLICIES } from '../lib/migrations/task-policies.ts';
import { leaseEnd } from '../lib/runs/ledger/lease.ts';
import { regionTimeZone } from '../packages/local-cloud/src/region-time-zone.ts';
import { JOBS_YAML, loadYaml } from './fixtures/jobs.ts';

const ROOT = path.join(import.meta.dirname, '..');
const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
/** A page as one line, so that a sentence is found wherever its lines break. */
const pageOf = (page: string) => textOf(`docs/${page}`).replaceAll(/\s*\n\s*/g, ' ');

const WORDS: Readonly<Record<string, number>> = { five: 5, six: 6 };

/** The value of a constant, read from its source, because most of them are not exported. */
function constantOf(file: string, name: string): number {
  const [, value] = new RegExp(`^(?:export )?const ${name} = ([\\d_ *.]+);`, 'm').exec(textOf(`lib/${file}`)) ?? [];
  if (value === undefined) throw new Error(`lib/${file} has no number ${name}`);
  return value.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '')), 1);
}

/** Page, the number it states, its unit, and the constant behind it (file and name). */
const STATED: readonly (readonly [string, RegExp, number, string, string])[] = [
  ['limits-and-costs.md', /jobs file \| (\d+) MiB/, 1024 * 1024, 'jobs/load-jobs.ts', 'MAX_BYTES'],
  ['limits-and-costs.md', /MiB; (\d+) uses of YAML aliases/, 1, 'jobs/parse-yaml.ts', 'MAX_ALIASES'],
  ['limits-and-costs.md', /ledger's prefix \| (\d+) characters/, 1, 'jobs/fields/file.ts', 'MAX_LEDGER_PREFIX_LENGTH'],
  ['limits-and-costs.md', /durations \| 1 s to (\d+) d/, 86_400_000, 'schema/duration.ts', 'MAX_DURATION_MS'],
  [
    'limits-and-costs.md',
    /result of a create call unknown \| (\d+) h/,
    3_600_000,
    'runs/start/start-run.ts',
    'DEADLINE_MS',
  ],
  ['limits-and-costs.md', /next attempts after (\d+) s/, 1000, 'runs/start/waits.ts', 'FIRST_WAIT_MS'],
  ['limits-and-costs.md', /doubling up to (\d+) min/, 60_000, 'runs/start/waits.ts', 'MAX_WAIT_MS'],
  ['limits-and-costs.md', /later every (\d+) h/, 3_600_000, 'runs/start/waits.ts', 'SLOW_RETRY_MS'],
  ['limits-and-costs.md', /SMN \| (\d+) s, 5 s to connect/, 1000, 'cloud/transport/sdk-client.ts', 'MAX_CALL_MS'],
  [
    'limits-and-costs.md',
    /SMN \| 30 s, (\d+) s to connect/,
    1000,
    'cloud/transport/safe-http-client.ts',
    'CONNECT_TIMEOUT_MS',
  ],
  [
    'limits-and-costs.md',
    /to connect, (\d+) MiB of response/,
    1024 * 1024,
    'cloud/transport/send-once.ts',
    'MAX_RESPONSE_BYTES',
  ],
  ['limits-and-costs.md', /remaining time less ([\d.]+) s/, 1000, 'runs/start/create-task.ts', 'RESERVE_MS'],
  ['limits-and-costs.md', /one call to OBS \| (\d+) s/, 1000, 'cloud/obs/obs-client.ts', 'MAX_CALL_MS'],
  ['limits-and-costs.md', /list of tasks \| (\d+) pages/, 1, 'cloud/transport/list-all.ts', 'MAX_PAGES'],
  ['limits-and-costs.md', /read at most (\d+) times until/, 1, 'cloud/transport/list-all.ts', 'MAX_WALKS'],
  ['limits-and-costs.md', /webhook \| (\d+) KiB/, 1024, 'webhook/request-body.ts', 'MAX_BODY_BYTES'],
  ['limits-and-costs.md', /nested (\d+) deep/, 1, 'webhook/strict-json.ts', 'MAX_BODY_DEPTH'],
  [
    'limits-and-costs.md',
    /with a ledger \| (\d+); objects/,
    1,
    'runs/ledger/waiting-requests.ts',
    'MAX_WAITING_REQUESTS',
  ],
  [
    'limits-and-costs.md',
    /recorded of one request \| (\d+) MiB/,
    1024 * 1024,
    'webhook/start.ts',
    'MAX_RECORDED_BYTES',
  ],
  ['limits-and-costs.md', /problems of one request \| (\d+)/, 1, 'kernel/errors.ts', 'MAX_PROBLEMS'],
  ['limits-and-costs.md', /callers \| (\d+), each/, 1, 'jobs/check-auth.ts', 'MAX_AUTH_SECRETS'],
  ['limits-and-costs.md', /one call to CSMS of DEW \| (\d+) s/, 1000, 'cloud/csms.ts', 'MAX_CALL_MS'],
  ['limits-and-costs.md', /value from DEW \| used for (\d+) min/, 60_000, 'platform/stored-secrets.ts', 'FRESH_MS'],
  ['limits-and-costs.md', /for (\d+) min while DEW/, 60_000, 'platform/stored-secrets.ts', 'USABLE_MS'],
  ['limits-and-costs.md', /asked for once in (\d+) s/, 1_000, 'platform/stored-secrets.ts', 'SPARED_MS'],
  ['limits-and-costs.md', /each of (\d+) characters or more/, 1, 'kernel/secret.ts', 'MIN_TOKEN_LENGTH'],
  ['limits-and-costs.md', /files of a set \| ([\d,]+)/, 1, 'runs/sets/parse-manifest.ts', 'MAX_FILES'],
  ['limits-and-costs.md', /prefix of a set \| ([\d,]+)/, 1, 'runs/sets/list-set.ts', 'MAX_LISTED'],
  [
    'limits-and-costs.md',
    /\(`manifest`\) \| [\d,]+ names, (\d+) MiB/,
    1024 * 1024,
    'runs/sets/parse-manifest.ts',
    'MAX_MANIFEST_BYTES',
  ],
  ['limits-and-costs.md', /a tick sweeps \| (\d+)/, 1, 'runs/start/sweep.ts', 'MAX_OBJECTS'],
  ['limits-and-costs.md', /a tenth of the tick, (\d+) s/, 1000, 'runs/follow/reconcile.ts', 'MIN_RUN_MS'],
  ['limits-and-costs.md', /kills the process \| (\d+)/, 1, 'runs/follow/process-runs.ts', 'RUNS_PER_PLACE'],
  [
    'limits-and-costs.md',
    /preflight reads \| (\d+) of a run/,
    1,
    'migrations/backup-import/preflight-files.ts',
    'MAX_FILES_READ',
  ],
  ['limits-and-costs.md', /9: (\d+) in turn/, 1, 'runs/follow/detail-budget.ts', 'MAX_TURNS'],
  ['limits-and-costs.md', /reports of a run \| (\d+) bytes/, 1, 'ports/smn.ts', 'MAX_SUBJECT_BYTES'],
  ['limits-and-costs.md', /removed after (\d+) days by the lifecycle/, 1, 'cloud/programs/ledger-rules.ts', 'RUN_DAYS'],
  ['limits-and-costs.md', /windows are removed after (\d+) days/, 1, 'cloud/programs/ledger-rules.ts', 'BUDGET_DAYS'],
  ['guarantees.md', /runs are kept for (\d+) days/, 1, 'cloud/programs/ledger-rules.ts', 'RUN_DAYS'],
  ['deploy.md', /settled runs (\d+) days after/, 1, 'cloud/programs/ledger-rules.ts', 'RUN_DAYS'],
  ['deploy.md', /`limit` after (\d+) days/, 1, 'cloud/programs/ledger-rules.ts', 'BUDGET_DAYS'],
  ['guarantees.md', /doubling to (\d+) minutes/, 60_000, 'runs/start/waits.ts', 'MAX_WAIT_MS'],
  ['runbook.md', /pauses grow up to (\d+) minutes/, 60_000, 'runs/start/waits.ts', 'MAX_WAIT_MS'],
  ['runbook.md', /`runs\/` before (\d+) days/, 1, 'cloud/programs/ledger-rules.ts', 'RUN_DAYS'],
  ['runbook.md', /`lanes\/job\/` before (\d+) days/, 1, 'cloud/programs/ledger-rules.ts', 'BUDGET_DAYS'],
  ['runbook.md', /no call with its keys for (five) minutes/, 60_000, 'cloud/transport/keys-guard.ts', 'REST_MS'],
  ['runbook.md', /For (six) hours it could not/, 3_600_000, 'runs/start/start-run.ts', 'DEADLINE_MS'],
  ['webhook.md', /up to (five) tokens/, 1, 'jobs/check-auth.ts', 'MAX_AUTH_SECRETS'],
  ['webhook.md', /tokens, of (\d+) characters/, 1, 'kernel/secret.ts', 'MIN_TOKEN_LENGTH'],
  ['webhook.md', /pointers, at most (\d+)/, 1, 'kernel/errors.ts', 'MAX_PROBLEMS'],
  ['webhook.md', /The limit is (\d+) bytes/, 1, 'webhook/request-body.ts', 'MAX_BODY_BYTES'],
  ['webhook.md', /(\d+) bytes for the recorded run/, 1, 'webhook/start.ts', 'MAX_RECORDED_BYTES'],
  ['guides/backup-lands.md', /no names or more than ([\d,]+),/, 1, 'runs/sets/parse-manifest.ts', 'MAX_FILES'],
  ['guides/backup-lands.md', /larger than (\d+) MiB/, 1024 * 1024, 'runs/sets/parse-manifest.ts', 'MAX_MANIFEST_BYTES'],
  ['architecture.md', /at most (\d+) of a job/, 1, 'runs/ledger/waiting-requests.ts', 'MAX_WAITING_REQUESTS'],
];

describe('the documentation', () => {
  it.each(STATED)(
    '%s matches %s (in units of %i) with the value that lib/%s has as %s',
    (page, pattern, unit, file, name) => {
      const [, number = ''] = pattern.exec(pageOf(page)) ?? [];

      expect((WORDS[number] ?? Number(number.replaceAll(',', '') || 'not found')) * unit).toBe(constantOf(file, name));
    },
  );

  it.each(['guarantees.md', 'limits-and-costs.md'])('says in %s how long a lease outlasts its invocation', (page) => {
    expect(leaseEnd(0, 0)).toBe(135_000);
    expect(pageOf(page)).toContain('remaining time and 2 min 15 s');
  });

  it('states the defaults of a job that sets nothing', async () => {
    const { jobs } = (await loadYaml(JOBS_YAML)).jobs;
    const job = jobs.get('restore-staging');

    expect(job?.limit).toEqual({ runs: 20, perMs: 3_600_000 });
    expect(pageOf('limits-and-costs.md')).toContain('`limit`, 20 in an hour if absent; 1 to 100,000 in 1 s to 30 d');
    expect(pageOf('guarantees.md')).toContain('`limit` (20 runs in an hour unless you say otherwise)');
    expect([job?.overlap, DEFAULT_TASK_POLICIES.preflight]).toEqual(['queue', 'refuse']);
    expect(pageOf('backup-files.md')).toContain('`preflight: refuse` (the default)');
  });

  it.each(['jobs-file.md', 'guides/scheduled-refresh.md'])(
    'says in %s that a cron without CRON_TZ uses the time zone of the region',
    (page) => {
      expect(regionTimeZone('ap-southeast-3')).toBe('Asia/Singapore');
      expect(pageOf(page)).toMatch(/Without a? ?`CRON_TZ=.*? it uses the region's time zone/);
      expect(pageOf(page)).not.toMatch(/UTC without|without `?CRON_TZ=?`?,? (it )?(is|uses|counts in) UTC/i);
    },
  );
});
