import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callActions } from '../../lib/cloud/transport/call-actions.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../lib/jobs/needed-actions.ts';
import type { LocalStatement } from '../../packages/local-cloud/src/cloud/iam/agencies.ts';
import { type RightsWalk, startRightsWalk } from '../fixtures/rights-walk.ts';

const POLICIES = join(import.meta.dirname, '../../deploy/policies');
const FILLED: Readonly<Record<string, string>> = {
  '<LEDGER_BUCKET>': 'ops-ledger',
  '<LEDGER_PREFIX>': 'runs/',
  '<BACKUP_BUCKET>': 'backups',
};

interface Statement {
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
}

/** The shipped policies of a function, with the buckets of the test. */
function shipped(name: FunctionName): LocalStatement[] {
  return ['project', 'global'].flatMap((scope) => {
    const text = readFileSync(join(POLICIES, `${name}-${scope}.json`), 'utf8');
    const filled = Object.entries(FILLED).reduce((written, [from, to]) => written.replaceAll(from, to), text);
    const { Statement: statements } = JSON.parse(filled) as { Statement: Statement[] };
    return statements.map(({ Action, Resource }) => ({ actions: Action, ...(Resource && { resources: Resource }) }));
  });
}
const actionsOf = (statements: readonly LocalStatement[]) => statements.flatMap(({ actions }) => actions).sort();

/** The jobs that use an action. */
function jobsFor(action: string): readonly string[] {
  if (action.startsWith('dcs:')) return ['file', 'latest', 'online'];
  if (/^(sms|ecs|iam):/.test(action)) return ['template', 'onto'];
  return ['file', 'refused'];
}

describe('the rights of a function', () => {
  let place: RightsWalk;
  beforeEach(async () => {
    place = await startRightsWalk();
  });
  afterEach(() => place.close());

  it.each(FUNCTION_NAMES)(
    'are those of the shipped policies, no more and no less: %s',
    async (name) => {
      const { requests, said } = await place.walk(name, shipped(name));

      const used = requests.flatMap(({ service, operation }) => callActions()[String(service)]?.[String(operation)]);
      expect([...new Set(used)].sort()).toEqual(actionsOf(shipped(name)));
      expect(requests.filter(({ status }) => status === 403)).toEqual([]);
      expect(said).not.toContain('it needs ');
    },
    120_000,
  );

  const missing = FUNCTION_NAMES.flatMap((name) => actionsOf(shipped(name)).map((action) => [name, action] as const));

  it.each(missing)(
    'are named when one is missing: %s without %s',
    async (name, action) => {
      const grants = shipped(name).filter(({ actions }) => !actions.includes(action));

      const named = new RegExp(`it needs ([a-zA-Z:]+ and )?${action}`);

      const { said } = await place.walk(name, grants, jobsFor(action), named);

      expect(said).toMatch(named);
    },
    120_000,
  );
});

describe('the shipped policies', () => {
  it('give the webhook no right that only reconcile needs', () => {
    const only = actionsOf(shipped('reconcile')).filter((action) => !actionsOf(shipped('webhook')).includes(action));

    expect(only).toEqual([
      'dcs:migrationTask:delete',
      'obs:bucket:GetBucketVersioning',
      'obs:bucket:ListBucketVersions',
      'smn:topic:publish',
    ]);
  });
});
