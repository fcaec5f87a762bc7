import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTIONGRAPH_ACTIONS } from '../../../lib/cloud/programs/functiongraph/calls.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, 'deploy/policies', file), 'utf8'));
const calls = read('calls.json') as Record<'deployer' | 'functions', Record<string, string[]>>;

/** The names of the operations that the functions' clients can send, as the sources write them. */
function operationsInSources(): string[] {
  const folder = join(ROOT, 'lib/cloud');
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    // The calls of programs are made with the keys of a person.
    .filter((file) => file.endsWith('.ts') && !file.startsWith('programs'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [
        ...text.matchAll(/(?:operation(?::| =) |name: |get\(\s*|create\(|'(?:read|change)',\s*)'([A-Z][A-Za-z]+)'/g),
      ].map(([, name]) => name ?? '');
    });
  // Looked at by a deploy alone.
  return [...new Set(found)].filter((name) => !/^[GS]etBucketLifecycle$/.test(name)).sort();
}

describe('deploy/policies', () => {
  const policiesOf = (who: string) => [read(`${who}-project.json`), read(`${who}-global.json`)];
  const actionsOf = ({ Statement }: { Statement: { Action: string[] }[] }) => Statement.flatMap(({ Action }) => Action);

  it.each(['deployer', 'functions'] as const)(
    'allow %s exactly what the calls need, a statement for each action',
    (who) => {
      for (const { Version, Statement } of policiesOf(who)) {
        expect(Version).toBe('1.1');
        for (const { Effect, Action } of Statement) expect([Effect, Action.length]).toEqual(['Allow', 1]);
      }
      expect(policiesOf(who).flatMap(actionsOf).sort()).toEqual([...new Set(Object.values(calls[who]).flat())].sort());
    },
  );

  it('separate project-level from global services, as IAM requires', () => {
    const services = (file: string) => [...new Set(actionsOf(read(file)).map((action) => action.split(':')[0]))];

    expect(services('functions-project.json')).toEqual(['dcs', 'ecs', 'smn']);
    expect(services('functions-global.json')).toEqual(['iam', 'obs', 'sms']);
    expect(services('deployer-project.json')).toEqual(['FunctionGraph']);
    expect(services('deployer-global.json')).toEqual(['iam', 'obs']);
  });

  it('names every call that the functions can make, and no other', () => {
    expect(Object.keys(calls.functions).sort()).toEqual(operationsInSources());
  });

  it('names every call that a deployment can make, and no other', () => {
    expect(calls.deployer).toEqual({
      ...Object.fromEntries(Object.entries(FUNCTIONGRAPH_ACTIONS).map(([call, action]) => [call, [action]])),
      KeystoneListProjects: ['iam:projects:listProjects'],
      AppendObject: ['obs:object:PutObject'],
      GetObject: ['obs:object:GetObject'],
      DeleteObject: ['obs:object:DeleteObject'],
      ListObjects: ['obs:bucket:ListBucket'],
      ListVersions: ['obs:bucket:ListBucketVersions'],
      GetBucketVersioning: ['obs:bucket:GetBucketVersioning'],
      GetBucketLifecycle: ['obs:bucket:GetLifecycleConfiguration'],
      SetBucketLifecycle: ['obs:bucket:PutLifecycleConfiguration'],
    });
  });

  it('allows nothing by a wildcard', () => {
    expect(JSON.stringify([...policiesOf('deployer'), ...policiesOf('functions')])).not.toContain('*');
  });
});
