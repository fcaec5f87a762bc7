import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTIONGRAPH_ACTIONS } from '../../../lib/cloud/functiongraph.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, 'deploy/policies', file), 'utf8'));
const calls = read('calls.json') as Record<'deployer' | 'functions', Record<string, string[]>>;

/** The names of the operations that the functions' clients can send, as the sources write them. */
function operationsInSources(): string[] {
  const folder = join(ROOT, 'lib/cloud');
  const found = readdirSync(folder)
    // Whose calls only a command makes, with the keys of a person.
    .filter((file) => !['functiongraph.ts', 'agencies.ts', 'topic-subscriptions.ts'].includes(file))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [...text.matchAll(/(?:operation(?::| =) |name: |get\(\s*|create\()'([A-Z][A-Za-z]+)'/g)].map(
        ([, name]) => name ?? '',
      );
    });
  // Looked at by a deploy alone.
  return [...new Set(found)].filter((name) => !/^[GS]etBucketLifecycle$/.test(name)).sort();
}

describe('deploy/policies', () => {
  it.each(['deployer', 'functions'] as const)('%s.json allows exactly what the calls need', (who) => {
    const { Version, Statement } = read(`${who}.json`);

    expect(Version).toBe('1.1');
    expect(Statement.every(({ Effect }: { Effect: string }) => Effect === 'Allow')).toBe(true);
    expect(Statement.flatMap(({ Action }: { Action: string[] }) => Action).sort()).toEqual(
      [...new Set(Object.values(calls[who]).flat())].sort(),
    );
  });

  it('names every call that the functions can make, and no other', () => {
    expect(Object.keys(calls.functions).sort()).toEqual(operationsInSources());
  });

  it('names every call that a deploy can make, and no other', () => {
    expect(calls.deployer).toEqual({
      ...Object.fromEntries(Object.entries(FUNCTIONGRAPH_ACTIONS).map(([call, action]) => [call, [action]])),
      KeystoneListProjects: ['iam:projects:listProjects'],
      AppendObject: ['obs:object:PutObject'],
      DeleteObject: ['obs:object:DeleteObject'],
      ListObjects: ['obs:bucket:ListBucket'],
      ListVersions: ['obs:bucket:ListBucketVersions'],
      GetBucketVersioning: ['obs:bucket:GetBucketVersioning'],
      GetBucketLifecycle: ['obs:bucket:GetLifecycleConfiguration'],
      SetBucketLifecycle: ['obs:bucket:PutLifecycleConfiguration'],
    });
  });

  it('allows nothing by a wildcard', () => {
    expect(JSON.stringify([read('deployer.json'), read('functions.json')])).not.toContain('*');
  });
});
