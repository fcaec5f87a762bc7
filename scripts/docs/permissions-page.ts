import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { type NeededAction, neededActions } from '../../lib/jobs/needed-actions.ts';
import { policyFile } from './policy-file.ts';
import { table } from './table.ts';

/** Jobs that use every feature, so that every action is needed. */
const EVERYTHING = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ledger-bucket, prefix: ledger-prefix/ } }
cloud_eye: { namespace: MIGRATIONS.PROD }
targets: { cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { csms: cache-password } }, prod: { id: 5e37b3be-950a-48e1-b498-65b63d336481 } }
jobs:
  import-set:
    on: { object_created: { bucket: watched-bucket, key: "**", set: { by: "{set}/", complete: { count: 3 } } } }
    sweep: { every: 1h }
    notify: { smn: "urn:smn:ap-southeast-3:0123456789abcdef:migrations" }
    backup_import: { target_instance: cache }
  import-latest:
    on: { request: {} }
    backup_import: { target_instance: cache, backup_files: { latest_of: prod, copy_first: true }, backup_target_first: true }
  move-cache:
    on: { request: {} }
    on_failure: release
    online_migration: { vpc_id: a, subnet_id: b, security_group_id: c }
  move-server:
    on: { request: {} }
    server_migration: { source_server: { id: s }, target: { region: cn-south-1, template: t } }
  move-onto:
    on: { request: {} }
    server_migration: { source_server: { id: s }, target: { region: cn-south-1, server: e }, confirm_format: true }
`;

/** Why deployment needs each action; a test compares the names with the calls in deploy/policies/calls.json. */
export const DEPLOYER_REASONS: Readonly<Record<string, string>> = {
  'FunctionGraph:function:list': 'list deployed functions, including those no longer in the file',
  'FunctionGraph:function:getConfig': 'compare a function with the file; find its log',
  'FunctionGraph:function:create': 'create a function',
  'FunctionGraph:function:updateCode': 'upload a changed package',
  'FunctionGraph:function:updateConfig': 'change memory, timeout, variables, agency',
  'FunctionGraph:function:delete': '`serverless remove`',
  'FunctionGraph:function:getAsyncInvokeConfig': 'compare retries and failure destination',
  'FunctionGraph:function:updateAsyncInvokeConfig': 'set retries and failure destination',
  'FunctionGraph:function:deleteAsyncInvokeConfig': 'delete them if the file has none',
  'FunctionGraph:function:invoke':
    '`serverless invoke`, and processing objects that landed while a trigger was being replaced',
  'FunctionGraph:function:invokeAsync': '`serverless invoke --type Event`',
  'FunctionGraph:function:listVersion': '`serverless publish`, `rollback` and `info`',
  'FunctionGraph:function:createVersion': '`serverless publish`',
  'FunctionGraph:function:listAlias': '`serverless publish`, `rollback` and `info`',
  'FunctionGraph:function:updateAlias': '`serverless publish` and `rollback`',
  'FunctionGraph:function:createAlias': 'the first `serverless publish`',
  'FunctionGraph:trigger:list': 'compare the triggers with the jobs file',
  'FunctionGraph:trigger:create': 'create a trigger',
  'FunctionGraph:trigger:update': 'enable or disable a timer',
  'FunctionGraph:trigger:delete': 'delete a trigger that no job needs, or that must be replaced',
  'iam:projects:listProjects': 'find the project of the region if none is given',
  'obs:object:PutObject': "test that the ledger's bucket accepts an append",
  'obs:object:DeleteObject': 'delete the object of that test',
  'obs:bucket:ListBucket':
    "list removed jobs with open runs; find objects that landed while a bucket's trigger was being replaced",
  'obs:bucket:ListBucketVersions': 'the same in a bucket with versioning',
  'obs:bucket:GetBucketVersioning': 'check whether versioning is enabled',
  'obs:bucket:GetLifecycleConfiguration': 'check that the rules delete old runs, and nothing else',
  'obs:bucket:PutLifecycleConfiguration': 'add those rules if there are none',
};

/** Every action that the functions may need, with its reasons, in the order of the source table. */
export async function functionActions(): Promise<NeededAction[]> {
  return neededActions((await parseJobs(EVERYTHING, 'yaml')).jobs);
}

/** deploy/policies: IAM accepts no policy that mixes project-level and global services (IAM user guide iam_01_0605). */
export const POLICY_FILES: Readonly<Record<string, () => string | Promise<string>>> = {
  'deploy/policies/functions-project.json': async () => policyFile(await namesOf((scope) => scope === 'project')),
  'deploy/policies/functions-global.json': async () => policyFile(await namesOf((scope) => scope !== 'project')),
  'deploy/policies/deployer-project.json': () => policyFile(Object.keys(DEPLOYER_REASONS).filter(isProjectLevel)),
  'deploy/policies/deployer-global.json': () =>
    policyFile(Object.keys(DEPLOYER_REASONS).filter((action) => !isProjectLevel(action))),
};

async function namesOf(isWanted: (scope: NeededAction['scope']) => boolean): Promise<string[]> {
  return (await functionActions()).filter(({ scope }) => isWanted(scope)).map(({ action }) => action);
}

/** OBS and IAM are global services; FunctionGraph is project-level. */
function isProjectLevel(action: string): boolean {
  return action.startsWith('FunctionGraph:');
}

/** docs/permissions.md. */
export async function permissionsPage(): Promise<string> {
  const rows = (await functionActions()).map(({ action, reason, scope, resources }) => [
    `\`${action}\``,
    reason,
    scope === 'either' ? 'project or global' : scope,
    resources === undefined ? 'all' : resources.map((resource) => `\`${resource}\``).join(', '),
  ]);
  const deployerRows = Object.entries(DEPLOYER_REASONS).map(([action, reason]) => [`\`${action}\``, reason]);
  return `${INTRO}\n${table(['action', 'to', 'granted in', 'resources'], rows)}\n${MORE}\n${table(['action', 'to'], deployerRows)}\n${OUTRO}`;
}

const INTRO = `# Permissions, one by one

<!-- Generated by npm run docs from lib/jobs/needed-actions.ts; a test compares it with deploy/policies. -->

What each action is for, so that you can omit those that you do not need. \`npx migrations check --live\` shows which of them your jobs need and
which your agency lacks. The actions of DCS and SMS are from their API pages; the backup actions, \`sms:template:get\` and the OBS actions have not
been tested against the live services.

## For the functions' agency

All of them are in [\`functions-project.json\`](../deploy/policies/functions-project.json) and
[\`functions-global.json\`](../deploy/policies/functions-global.json), one statement per action: remove those that your jobs do not need. IAM
requires separate policies for project-level and global services (IAM user guide iam_01_0605); no page says which of these SMS is, so it is treated
as global. \`npx migrations check --policy\` prints exactly what your jobs need, with their buckets as resources.
`;

const MORE = `A server migration accesses ECS, EVS, VPC and other services with the keys of the source's Agent, not with this agency (SMS user guide). DCS
reads backups from your bucket with its own permissions. With bucket triggers, the agency in \`serverless.yml\` must also allow FunctionGraph to set
the notifications of the bucket.

## For deployment

[\`deployer-project.json\`](../deploy/policies/deployer-project.json) and [\`deployer-global.json\`](../deploy/policies/deployer-global.json).
[\`calls.json\`](../deploy/policies/calls.json) lists the actions that each call needs.
`;

const OUTRO = `To use \`npx migrations\` with a ledger in the cloud, you need the four OBS actions to "read and write the ledger" above and, to watch tasks, the
reading actions of DCS and SMS.
`;
