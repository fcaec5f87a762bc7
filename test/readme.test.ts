import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJobs } from '../lib/jobs/load-jobs.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const readme = read('README.md');

function snippets(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code]) => code ?? '');
}

describe('README', () => {
  it('opens with the two commands that work on a clean machine', () => {
    expect(snippets(readme, 'sh')[0]).toMatch(/^npm ci && npm start .*\nnpm ci && npm test /);
  });

  it.each(snippets(readme, 'yaml').map((code, i) => ({ code, i })))(
    'shows a jobs file that is valid: $i',
    async ({ code }) => {
      const { jobs, warnings } = await parseJobs(code, 'yaml');

      expect([...jobs.jobs.keys()]).toEqual(['restore-staging']);
      expect(warnings).toEqual([]);
    },
  );

  it('names every event outcome', () => {
    for (const outcome of ['created', 'existing', 'skipped', 'waiting', 'rejected', 'unknown']) {
      expect(readme).toContain(`| \`${outcome}\` |`);
    }
  });

  it('links a page of guarantees whose jobs file is valid, with a ledger', async () => {
    const [code] = snippets(read('docs/guarantees.md'), 'yaml');
    const { jobs, warnings } = await parseJobs(code ?? '', 'yaml');

    expect(jobs.ledger).toEqual({ obs: { bucket: 'ops-ledger', prefix: 'migrations/' } });
    expect(warnings).toEqual([]);
  });
});
