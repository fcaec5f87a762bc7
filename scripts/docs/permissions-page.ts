import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { type NeededAction, neededActions } from '../../lib/jobs/needed-actions.ts';
import { policyFile } from './policy-file.ts';
import { table } from './table.ts';

/** Jobs that use all there is, so that every action is asked for. */
const EVERYTHING = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ledger-bucket, prefix: ledger-prefix/ } }
targets: { cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }, prod: { id: 5e37b3be-950a-48e1-b498-65b63d336481 } }
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

/** Why whoever deploys needs an action; a test holds the names to the calls in deploy/policies/calls.json. */
export const DEPLOYER_REASONS: Readonly<Record<string, string>> = {
  'FunctionGraph:function:list': 'see which functions are there, also those that are no longer in the file',
  'FunctionGraph:function:getConfig': 'compare a function with the file; show where its log is',
  'FunctionGraph:function:create': 'make a function',
  'FunctionGraph:function:updateCode': 'put up a package that changed',
  'FunctionGraph:function:updateConfig': 'change memory, time limit, variables, agency',
  'FunctionGraph:function:delete': '`serverless remove`',
  'FunctionGraph:function:getAsyncInvokeConfig': 'compare retries and failure destination',
  'FunctionGraph:function:updateAsyncInvokeConfig': 'set retries and failure destination',
  'FunctionGraph:function:deleteAsyncInvokeConfig': 'take them away when the file has none',
  'FunctionGraph:function:invoke':
    '`serverless invoke`, and telling a function of objects that landed while its trigger was made again',
  'FunctionGraph:function:invokeAsync': '`serverless invoke --type Event`',
  'FunctionGraph:function:listVersion': '`serverless publish`, `rollback` and `info`',
  'FunctionGraph:function:createVersion': '`serverless publish`',
  'FunctionGraph:function:listAlias': '`serverless publish`, `rollback` and `info`',
  'FunctionGraph:function:updateAlias': '`serverless publish` and `rollback`',
  'FunctionGraph:function:createAlias': 'the first `serverless publish`',
  'FunctionGraph:trigger:list': 'compare the triggers with the jobs file',
  'FunctionGraph:trigger:create': 'make a trigger',
  'FunctionGraph:trigger:update': 'switch a timer on or off',
  'FunctionGraph:trigger:delete': 'take away a trigger that no job wants, or that has to be made again',
  'iam:projects:listProjects': 'find the project of the region, where none is given',
  'obs:object:PutObject': "try whether the ledger's bucket takes an append",
  'obs:object:DeleteObject': 'remove the object of that try',
  'obs:bucket:ListBucket':
    "name gone jobs with open runs; find objects that landed while a bucket's trigger was made again",
  'obs:bucket:ListBucketVersions': 'the same in a bucket that keeps versions',
  'obs:bucket:GetBucketVersioning': 'see whether it does',
  'obs:bucket:GetLifecycleConfiguration': 'see whether old runs are removed, and nothing else',
  'obs:bucket:PutLifecycleConfiguration': 'add those rules where there are none',
};

/** Every action that the functions may need, each with its reasons, in the order of the table that they come from. */
export async function functionActions(): Promise<NeededAction[]> {
  return neededActions((await parseJobs(EVERYTHING, 'yaml')).jobs);
}

/** deploy/policies: IAM takes no policy that has both what is granted in a project and what is global (IAM user guide iam_01_0605). */
export const POLICY_FILES: Readonly<Record<string, () => string | Promise<string>>> = {
  'deploy/policies/functions-project.json': async () => policyFile(await namesOf((scope) => scope === 'project')),
  'deploy/policies/functions-global.json': async () => policyFile(await namesOf((scope) => scope !== 'project')),
  'deploy/policies/deployer-project.json': () => policyFile(Object.keys(DEPLOYER_REASONS).filter(isOfProject)),
  'deploy/policies/deployer-global.json': () =>
    policyFile(Object.keys(DEPLOYER_REASONS).filter((action) => !isOfProject(action))),
};

async function namesOf(isWanted: (scope: NeededAction['scope']) => boolean): Promise<string[]> {
  return (await functionActions()).filter(({ scope }) => isWanted(scope)).map(({ action }) => action);
}

/** OBS and IAM are the same for all regions; functions are of one. */
function isOfProject(action: string): boolean {
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
  const ofDeployer = Object.entries(DEPLOYER_REASONS).map(([action, reason]) => [`\`${action}\``, reason]);
  return `${INTRO}\n${table(['action', 'to', 'granted in', 'resources'], rows)}\n${MORE}\n${table(['action', 'to'], ofDeployer)}\n${OUTRO}`;
}

const INTRO = `# Permissions, one by one

<!-- Written by npm run docs from lib/jobs/needed-actions.ts; a test compares it with deploy/policies. -->

What each action is for, so that you can leave out what you do not use. \`npx migrations check --live\` says which of them your jobs need and
which your agency lacks. The actions of DCS and SMS are those of their API pages; the backup actions, \`sms:template:get\` and those of OBS
were not tried against the live services.

## Of the functions' agency

All of them together are [\`functions-project.json\`](../deploy/policies/functions-project.json) and
[\`functions-global.json\`](../deploy/policies/functions-global.json), a statement for each action: take out what your jobs do not use. IAM wants
what is granted in a project and what is global in policies of their own (IAM user guide iam_01_0605); of SMS no page says which it is, here it is
global. \`npx migrations check --policy\` prints just what your jobs need, with their buckets as resources.
`;

const MORE = `A server migration acts on ECS, EVS, VPC and more in the name of whose keys the source's Agent has, not of this agency (SMS user guide). DCS
reads the backup from your bucket itself. With bucket triggers the agency that \`serverless.yml\` names also has to let FunctionGraph set the
notifications of the bucket.

## Of whoever deploys

[\`deployer-project.json\`](../deploy/policies/deployer-project.json) and [\`deployer-global.json\`](../deploy/policies/deployer-global.json);
[\`calls.json\`](../deploy/policies/calls.json) says which call needs which action.
`;

const OUTRO = `Whoever works with \`npx migrations\` on the ledger of the cloud needs the four actions of OBS that "read and write the ledger" above, and to watch tasks the
reading ones of DCS and SMS.
`;
