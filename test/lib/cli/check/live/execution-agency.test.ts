import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { executionAgency } from '../../../../../lib/cli/check/live/execution-agency.ts';

describe('executionAgency', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'agency-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['provider: { agency: a-1 }', 'a-1'],
    ['provider: { agency: a-1, executionAgency: a-2 }', 'a-2'],
    ['provider: { agency: "${env:AGENCY}" }', undefined],
    ['provider: { agency: 1 }', undefined],
    ['provider: {}', undefined],
    ['[', undefined],
    ['', undefined],
  ])('of %j is %s', async (text, name) => {
    await writeFile(path.join(folder, 'serverless.yml'), text);

    expect(await executionAgency(folder)).toBe(name);
  });

  it('is not known without serverless.yml', async () => {
    expect(await executionAgency(folder)).toBeUndefined();
  });
});
