import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { classifyResponse } from '../../lib/cloud/transport/classify-failure.ts';
import { jobsJsonSchema } from '../../lib/jobs/json-schema.ts';
import { CLOUD_CODES } from '../../lib/kernel/cloud-codes.ts';
import { SETTINGS } from '../../lib/kernel/settings.ts';
import { GENERATED_PAGES } from '../../scripts/docs/generated-pages.ts';
import { jobsFileSections } from '../../scripts/docs/jobs-file-page.ts';
import { DEPLOYER_REASONS, functionActions } from '../../scripts/docs/permissions-page.ts';
import { table } from '../../scripts/docs/table.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('the generated pages', () => {
  it.each(Object.entries(GENERATED_PAGES))('%s is what npm run docs writes', async (file, page) => {
    expect(read(file)).toBe(await page());
  });

  it('keep a cell in its cell', () => {
    expect(table(['a'], [['x|y\nz']])).toBe('| a |\n| --- |\n| x\\|y z |\n');
  });
});

describe('docs/jobs-file.md', () => {
  const ajv = new Ajv2020({ strict: false });
  const { $defs } = jobsJsonSchema();
  const sections = jobsFileSections();
  const rows = sections.flatMap(({ title, rows: keys }) =>
    keys.map((row) => ({ name: `${title}: ${row.key}`, ...row })),
  );

  it('has every key of the schema, with a meaning', () => {
    // Keys of the schema that are not keys of a jobs file: the form of secrets is described once.
    const inSchema = new Set<string>();
    const collect = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return;
      const { properties } = value as { properties?: object };
      for (const key of Object.keys(properties ?? {})) inSchema.add(key);
      Object.values(value).forEach(collect);
    };
    const { properties, $defs, ...rest } = jobsJsonSchema();
    const { job } = $defs as { job: Record<string, unknown> };
    // The rules between keys name keys again.
    const { allOf: _, oneOf: __, ...jobSchema } = job;
    collect({ properties, rest, jobSchema });
    const shown = new Set(rows.flatMap(({ key }) => key.split('.').map((part) => part.replace('[]', ''))));

    expect([...inSchema].filter((key) => !shown.has(key)).sort()).toEqual([
      // Headings of sections, not rows.
      'backup_import',
      'jobs',
      'object_created',
      'online_migration',
      'request',
      'schedule',
      'server_migration',
      'targets',
    ]);
    expect(rows.length).toBeGreaterThan(180);
  });

  it.each(rows)('has an example that the schema takes: $name', ({ schema, example }) => {
    expect(example).toBeDefined();
    // Of what has several forms the sample has the keys of all; each is looked at by itself.
    if (JSON.stringify(schema).includes('"oneOf"')) return;
    expect(ajv.validate({ ...schema, $defs }, example) || ajv.errorsText()).toBe(true);
  });

  it.each([
    ['A job', 'deadline', '6h'],
    ['A job', 'overlap', 'queue'],
    ['A job', 'preflight', 'refuse'],
    ['A job', 'limit', '20 per 1h'],
    ['A job', 'sweep.every', '1h'],
    ['A job', 'sweep.look_back', '24h'],
    ['A job', 'notify.on', 'all'],
    ['A job', 'on_failure', 'keep'],
    ['A job', 'dry_run', 'false'],
    ['The file', 'settle_seconds', '60'],
    ['object_created', 'set.deadline', '6h'],
    ['request', 'accepts', 'none'],
    ['request', 'auth', 'gateway'],
    ['backup_import', 'task_name', "the job's name"],
    ['backup_import', 'backup_files.copy_first', 'false'],
    ['server_migration', 'use_public_ip', "true (the service's)"],
  ])('has the default of %s %s', (title, key, expected) => {
    const text = read('docs/jobs-file.md');
    const section = text.slice(text.indexOf(`\n## ${title}\n`));
    const [, row = ''] =
      new RegExp(`^\\| \`${key.replaceAll('.', '\\.')}\`(?: \\*)? \\|(.*)$`, 'm').exec(section) ?? [];

    expect(row.replaceAll('\\|', '').split(' | ')[1]?.trim()).toBe(expected);
  });
});

describe('docs/settings.md', () => {
  it('has a row for each setting, in order, and no other', () => {
    const text = read('docs/settings.md');
    const rows = [...text.slice(0, text.indexOf('\n## ')).matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);

    expect(rows).toEqual(Object.keys(SETTINGS));
  });

  it.each([
    ['WEBHOOK_ANSWER_SECONDS', SETTINGS.WEBHOOK_ANSWER_SECONDS.fallback, '`4`'],
    ['LOG_LEVEL', SETTINGS.LOG_LEVEL.fallback, '`info`'],
    ['OBJECT_KEYS', SETTINGS.OBJECT_KEYS.fallback.direct, '`auto`'],
  ])('has the default of %s', (name, fallback, shown) => {
    expect(shown).toBe(`\`${fallback}\``);
    expect(read('docs/settings.md')).toMatch(new RegExp(`^\\| \`${name}\` .* \\| ${shown} \\|`, 'm'));
  });
});

describe('docs/errors.md', () => {
  const rows = CLOUD_CODES.flatMap((service) => service.rows);
  /** The codes of a row, with all those that `A to B` stands for. */
  const codesOf = (text: string) =>
    text.split(', ').flatMap((part) => {
      const [from = '', to = from] = [...part.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
      const [, family, first] = /^(\D+)(\d+)$/.exec(from) ?? [];
      if (to === from || first === undefined) return [from];
      const last = Number(/\d+$/.exec(to)?.[0]);
      return Array.from(
        { length: last - Number(first) + 1 },
        (_, i) => `${family}${String(Number(first) + i).padStart(4, '0')}`,
      );
    });

  it('states that we wait for every retried DCS call, and for permissions and quota', () => {
    const shown = rows.filter(({ reaction }) => reaction === 'waits').flatMap(({ codes }) => codesOf(codes));
    const numbers = Array.from({ length: 1000 }, (_, i) => `DCS.${4000 + i}`);
    const sentAgain = numbers.filter((code) => classifyResponse('change', 400, code).temporary);

    const waited = ['DCS.2003', 'DCS.2007', 'DCS.3002', 'DCS.3003', 'DCS.4035', 'DCS.4036', 'DCS.4039'];
    expect(shown.filter((code) => code.startsWith('DCS.')).sort()).toEqual([...waited, ...sentAgain].sort());
    expect(shown).toContain('CBC.99003651');
    expect(classifyResponse('change', 400, 'CBC.99003651').temporary).toBe(true);
  });

  it('has every service code that the sources name', () => {
    const shown = new Set(rows.flatMap(({ codes }) => codesOf(codes)));
    const named = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('local/'))
      .flatMap((file) => read(`lib/${file}`).match(/(?<=')(?:DCS|SMS|APIGW|FSS|CBC)\.\d+(?=')/g) ?? []);

    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((code) => !shown.has(code))).toEqual([]);
  });

  it('has each service code once', () => {
    const all = rows.flatMap(({ codes }) => codesOf(codes));

    expect(all.filter((code, i) => all.indexOf(code) !== i)).toEqual([]);
    expect(codesOf('`SMS.3802` to `SMS.3804`, `DCS.4026`')).toEqual(['SMS.3802', 'SMS.3803', 'SMS.3804', 'DCS.4026']);
  });
});

describe('docs/permissions.md', () => {
  const calls = JSON.parse(read('deploy/policies/calls.json')) as Record<string, Record<string, string[]>>;
  const neededBy = (who: string) => [...new Set(Object.values(calls[who] ?? {}).flat())].sort();

  it('has every action of the functions, and no other', async () => {
    const named = new Set((await functionActions()).map(({ action }) => action));

    expect([...named].sort()).toEqual(neededBy('functions'));
  });

  it('has every action for deployment, and no other', () => {
    expect(Object.keys(DEPLOYER_REASONS).sort()).toEqual(neededBy('deployer'));
  });
});
