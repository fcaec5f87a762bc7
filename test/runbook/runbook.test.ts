import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';
import { readScenario } from '../../lib/local-system/scenario.ts';
import { SECTIONS } from './section.ts';

const SCENARIOS = join(import.meta.dirname, '../../examples/scenarios');
const files = readdirSync(SCENARIOS).filter((file) => file !== 'migrations.yml');
const tests = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n');

/** What is not a situation, or cannot be one here: the ledger of npm start is a folder, which has no lifecycle rules. */
const NOT_REHEARSED = ['What `runs list` shows', 'A lifecycle rule removes what the ledger needs'];

const headings = SECTIONS.map(({ heading }) => heading);

describe('docs/runbook.md', () => {
  it.each(headings.filter((heading) => !NOT_REHEARSED.includes(heading)))('"%s" is rehearsed', (heading) => {
    expect(tests).toContain(`\nrehearse('${heading}', `);
  });

  it.each(NOT_REHEARSED)('has a section "%s", which is not rehearsed', (heading) => {
    expect(headings).toContain(heading);
  });

  it('is rehearsed with valid jobs, of which only one waits for another', async () => {
    const { warnings } = await loadJobs(join(SCENARIOS, 'migrations.yml'));

    expect(warnings.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      'jobs.restore-staging.backup_import.target_instance: is also the target of online migration move-staging: runs of this job wait until someone stops it (target_in_online_migration)',
    ]);
  });

  it('links to every scenario once, and to nothing else', () => {
    expect(SECTIONS.flatMap(({ scenarios }) => scenarios).sort()).toEqual(files.sort());
  });

  it.each(files)('%s is for the section that links to it, and is rehearsed', async (file) => {
    const { runbook, jobs } = await readScenario(join(SCENARIOS, file));

    expect(SECTIONS.find(({ anchor }) => anchor === runbook)?.scenarios).toContain(file);
    expect(jobs).toBe(join(SCENARIOS, 'migrations.yml'));
    expect(tests).toContain(`'${file}'`);
  });
});
