import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALARM_ACTIONS } from '../../../lib/cloud/programs/alarm-rules.ts';
import { FUNCTIONGRAPH_ACTIONS } from '../../../lib/cloud/programs/functiongraph/calls.ts';
import { callActions } from '../../../lib/cloud/transport/call-actions.ts';
import { FUNCTION_NAMES } from '../../../lib/jobs/needed-actions.ts';

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
        ...text.matchAll(
          /(?:operation(?::| =) |name: |get\(\s*|create\(|send\(|'(?:read|change)',\s*)'([A-Z][A-Za-z]+)'/g,
        ),
      ].map(([, name]) => name ?? '');
    });
  // Sent by a deploy or a probe alone, with the keys of a person.
  const byPeople = /^[GS]etBucketLifecycle$|MultipartUpload$|^UploadPart$/;
  return [...new Set(found)].filter((name) => !byPeople.test(name)).sort();
}

describe('deploy/policies', () => {
  const policiesOf = (who: string) => [read(`${who}-project.json`), read(`${who}-global.json`)];
  const actionsOf = ({ Statement }: { Statement: { Action: string[] }[] }) => Statement.flatMap(({ Action }) => Action);
  const functions = FUNCTION_NAMES.flatMap(policiesOf);

  it('have a statement for each action', () => {
    for (const { Version, Statement } of [...functions, ...policiesOf('deployer')]) {
      expect(Version).toBe('1.1');
      for (const { Effect, Action } of Statement) expect([Effect, Action.length]).toEqual(['Allow', 1]);
    }
  });

  it.each([
    ['deployer', policiesOf('deployer'), calls.deployer],
    ['functions', functions, calls.functions],
  ])('allow %s exactly what the calls need', (_who, policies, needed) => {
    expect([...new Set(policies.flatMap(actionsOf))].sort()).toEqual([...new Set(Object.values(needed).flat())].sort());
  });

  it('separate project-level from global services, as IAM requires', () => {
    const services = (file: string) => [...new Set(actionsOf(read(file)).map((action) => action.split(':')[0]))];

    expect(services('reconcile-project.json')).toEqual(['ces', 'csms', 'dcs', 'ecs', 'kms', 'smn']);
    expect(services('webhook-project.json')).toEqual(['ces', 'csms', 'dcs', 'ecs', 'kms']);
    for (const name of FUNCTION_NAMES) expect(services(`${name}-global.json`)).toEqual(['iam', 'obs', 'sms']);
    expect(services('deployer-project.json')).toEqual(['FunctionGraph', 'ces']);
    expect(services('deployer-global.json')).toEqual(['iam', 'obs']);
    expect(services('functions-vpc.json')).toEqual(['vpc']);
  });

  it('name buckets by placeholders that IAM does not accept', () => {
    const resources = [...functions, ...policiesOf('deployer')].flatMap(({ Statement }) =>
      Statement.filter(({ Action }: { Action: string[] }) => Action[0]?.startsWith('obs:')).map(
        ({ Resource }: { Resource?: string[] }) => Resource,
      ),
    );

    for (const named of resources) {
      for (const resource of named ?? ['none']) {
        // IAM accepts -_0-9a-zA-Z*./\\ in a resource (OBS, "policy syntax", 2025).
        expect(resource).toMatch(
          /^OBS:\*:\*:(bucket:<(LEDGER|BACKUP)_BUCKET>|object:(<LEDGER_BUCKET>\/<LEDGER_PREFIX>\*|<BACKUP_BUCKET>\/\*))$/,
        );
      }
    }
  });

  it('names every call that the functions can make, as their errors do, and no other', () => {
    const named = new Map<string, string[]>();
    for (const ofService of Object.values(callActions())) {
      for (const [operation, action] of Object.entries(ofService)) {
        named.set(operation, [...(named.get(operation) ?? []), action].flat());
      }
    }
    const sorted = (lists: Iterable<[string, string[]]>) =>
      Object.fromEntries([...lists].map(([name, list]): [string, string[]] => [name, [...list].sort()]));
    expect(sorted(named)).toEqual(sorted(Object.entries(calls.functions)));
    expect(Object.keys(calls.functions).sort()).toEqual(operationsInSources());
  });

  it('names every call that a deployment can make, and no other', () => {
    expect(calls.deployer).toEqual({
      ...Object.fromEntries(Object.entries(FUNCTIONGRAPH_ACTIONS).map(([call, action]) => [call, [action]])),
      ...Object.fromEntries(Object.entries(ALARM_ACTIONS).map(([call, action]) => [call, [action]])),
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

  it('allows no action by a wildcard', () => {
    expect(JSON.stringify([...policiesOf('deployer'), ...functions].map(actionsOf))).not.toContain('*');
  });
});
