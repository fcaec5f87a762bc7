import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { loadJobs } from '../lib/jobs/load-jobs.ts';

const ROOT = join(import.meta.dirname, '..');
/** The jobs of the rehearsals have a conflict on purpose: test/runbook/runbook.test.ts. */
const USES = readdirSync(join(ROOT, 'examples')).filter((use) => use !== 'scenarios');
const FILES = ['migrations.yml', ...USES.map((use) => `examples/${use}/migrations.yml`)];

describe('the example jobs files', () => {
  it.each(FILES)('%s is valid as it is, and has a ledger', async (file) => {
    const { jobs, warnings } = await loadJobs(join(ROOT, file));

    expect(warnings).toEqual([]);
    expect(jobs.ledger).toEqual({ obs: { bucket: 'ops-ledger', prefix: 'migrations/' } });
  });

  it.each(FILES)('%s is valid in editors', async (file) => {
    const { document } = await loadJobs(join(ROOT, file));
    const schema = JSON.parse(readFileSync(join(ROOT, 'migrations.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);

    validate(document);

    expect(validate.errors).toBeNull();
  });

  it.each(FILES.slice(1))('%s says how to try it, with an event that exists', (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const events = [...text.matchAll(/npx migrations invoke \S+ (examples\S+)$/gm)].map(([, event = '']) => event);

    expect(text).toContain(`npm start -- --jobs ${file}`);
    expect(events).toHaveLength(1);
    for (const event of events) expect(existsSync(join(ROOT, event))).toBe(true);
  });
});
