import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { FUNCTION_NAMES, type NeededAction, neededActions } from '../../lib/jobs/needed-actions.ts';
import { policyFile, withPlaceholders } from './policy-file.ts';
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
    on: { object_created: { bucket: watched-bucket, key: "sets/**", set: { by: "sets/{set}/", complete: { marker: DONE, manifest: true } } } }
    sweep: { every: 1h }
    notify: { smn: "urn:smn:ap-southeast-3:0123456789abcdef:migrations" }
    backup_import: { target_instance: cache }
  import-file:
    on: { schedule: { rate: 1h }, request: {} }
    backup_import: { target_instance: cache, backup_files: { bucket_name: watched-bucket, files: [ { file_name: a.rdb } ] } }
  import-latest:
    on: { object_created: { bucket: watched-bucket, key: "import-latest/**" }, schedule: { rate: 1h }, request: {} }
    backup_import: { target_instance: cache, backup_files: { latest_of: prod, copy_first: true }, backup_target_first: true }
  move-cache:
    on: { object_created: { bucket: watched-bucket, key: "move-cache/**" }, schedule: { rate: 1h }, request: {} }
    on_failure: release
    online_migration: { vpc_id: a, subnet_id: b, security_group_id: c }
  move-server:
    on: { object_created: { bucket: watched-bucket, key: "move-server/**" }, schedule: { rate: 1h }, request: {} }
    server_migration: { source_server: { id: s }, target: { region: cn-south-1, template: t } }
  move-onto:
    on: { object_created: { bucket: watched-bucket, key: "move-onto/**" }, schedule: { rate: 1h }, request: {} }
    server_migration: { source_server: { id: s }, target: { region: cn-south-1, server: e }, confirm_format: true }
`;

/** Why deployment needs each action; a test compares the names with the calls in deploy/policies/calls.json. */
export const DEPLOYER_REASONS: Readonly<Record<string, string>> = {
  'FunctionGraph:function:list': 'list deployed functions, including those no longer in the file',
  'FunctionGraph:function:getConfig': 'compare a function with the file; find its log',
  'FunctionGraph:function:getCode':
    '`serverless rollback` (the code of the version) and `diff` (the deployed jobs); no page names the action of an export',
  'FunctionGraph:function:create': 'create a function',
  'FunctionGraph:function:updateCode': 'upload a changed package; `serverless rollback`',
  'FunctionGraph:function:updateConfig':
    'change memory, timeout, variables, agency, network, and tags (whose actions are not documented)',
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
  'obs:object:GetObject': 'check that the ledger is that of this stage, by its first records',
  'obs:object:PutObject': "test that the ledger's bucket accepts an append",
  'obs:object:DeleteObject': 'delete the object of that test',
  'obs:bucket:ListBucket':
    "list removed jobs with open runs, and open runs before `serverless remove`; find objects that landed while a bucket's trigger was being replaced",
  'obs:bucket:ListBucketVersions': 'the same in a bucket with versioning',
  'obs:bucket:GetBucketVersioning': 'check whether versioning is enabled',
  'obs:bucket:GetLifecycleConfiguration': 'check that the rules delete old runs, and nothing else',
  'obs:bucket:PutLifecycleConfiguration': 'add those rules if there are none',
  'ces:alarms:list': 'compare the alarm rules with the file (`provider.alarms`); `serverless info`',
  'ces:alarms:create': 'create an alarm rule',
  'ces:alarms:put': 'change an alarm rule',
  'ces:alarms:delete': 'delete an alarm rule that is no longer in the file; `serverless remove`',
};

/** Every action that the functions may need, with its reasons, in the order of the source table. */
export async function functionActions(): Promise<NeededAction[]> {
  return neededActions((await parseJobs(EVERYTHING, 'yaml')).jobs);
}

const IN_LEDGER = ['OBS:*:*:object:ledger-bucket/ledger-prefix/*'];
const LEDGER_BUCKET = ['OBS:*:*:bucket:ledger-bucket'];
const BUCKETS = [...LEDGER_BUCKET, 'OBS:*:*:bucket:watched-bucket'];

function deployerActions(): NeededAction[] {
  return Object.entries(DEPLOYER_REASONS).map(([action, reason]) => ({
    action,
    reason,
    // OBS and IAM are global services; FunctionGraph and Cloud Eye are project-level.
    scope: /^(FunctionGraph|ces):/.test(action) ? 'project' : 'global',
    jobs: [],
    functions: [],
    ...(action.startsWith('obs:object:') && { resources: IN_LEDGER }),
    ...(action.startsWith('obs:bucket:') && { resources: action.includes('Lifecycle') ? LEDGER_BUCKET : BUCKETS }),
  }));
}

/** For functions in a VPC (user manual of Open Telekom Cloud, faq 0857, 2025). */
function networkActions(): NeededAction[] {
  const actions = ['vpc:ports:create', 'vpc:ports:delete', 'vpc:ports:get', 'vpc:subnets:get', 'vpc:vpcs:get'];
  return actions.map((action) => ({ action, reason: 'join a VPC', scope: 'project', jobs: [], functions: [] }));
}

const SCOPES = ['project', 'global'] as const;

/** deploy/policies: IAM accepts no policy that mixes project-level and global services (IAM user guide iam_01_0605). */
export const POLICY_FILES: Readonly<Record<string, () => string | Promise<string>>> = {
  ...Object.fromEntries(
    FUNCTION_NAMES.flatMap((name) =>
      SCOPES.map((scope) => [
        `deploy/policies/${name}-${scope}.json`,
        async () =>
          policyFile(
            (await functionActions()).filter(({ functions }) => functions.includes(name)),
            scope,
          ),
      ]),
    ),
  ),
  'deploy/policies/functions-vpc.json': () => policyFile(networkActions(), 'project'),
  'deploy/policies/deployer-project.json': () => policyFile(deployerActions(), 'project'),
  'deploy/policies/deployer-global.json': () => policyFile(deployerActions(), 'global'),
};

/** docs/permissions.md. */
export async function permissionsPage(): Promise<string> {
  const rows = (await functionActions()).map(({ action, reason, scope, functions, resources }) => [
    `\`${action}\``,
    reason,
    functions.length === FUNCTION_NAMES.length ? 'all' : functions.join(', '),
    scope === 'either' ? 'project or global' : scope,
    resources === undefined ? 'all' : resources.map((resource) => `\`${withPlaceholders(resource)}\``).join(', '),
  ]);
  const deployerRows = Object.entries(DEPLOYER_REASONS).map(([action, reason]) => [`\`${action}\``, reason]);
  return `${INTRO}\n${table(['action', 'to', 'functions', 'granted in', 'resources'], rows)}\n${MORE}\n${table(['action', 'to'], deployerRows)}\n${OUTRO}`;
}

const INTRO = `# Permissions, one by one

<!-- Generated by npm run docs from lib/jobs/needed-actions.ts; a test compares it with deploy/policies. -->

What each action is for, so that you can omit those that you do not need. \`npx migrations check --live\` shows which of them your jobs need and
which your agency lacks. The actions of DCS and SMS are from their API pages; the backup actions, \`sms:template:get\` and the OBS actions have not
been tested against the live services.

## For the agencies of the functions

Give each function an agency of its own ([step by step](agencies.md); \`agency\` in its section of \`serverless.yml\`) with the two policies of its name:
${FUNCTION_NAMES.map((name) => `[\`${name}-project.json\`](../deploy/policies/${name}-project.json) and [\`${name}-global.json\`](../deploy/policies/${name}-global.json)`).join(',\n')}.
The webhook, which the internet reaches, then has no right that only \`reconcile\` needs. One agency for all of them needs the policies of \`reconcile\`. Functions in a
VPC also need [\`functions-vpc.json\`](../deploy/policies/functions-vpc.json) (not tried). A test runs each function with exactly these rights, and without each of them.

Each action is a statement of its own: remove those that your jobs do not need. Replace \`<LEDGER_BUCKET>\`, \`<LEDGER_PREFIX>\` (with the
[prefix of the stage](deploy.md#stages-regions-and-accounts) in front, ending with \`/\`) and \`<BACKUP_BUCKET>\`; IAM accepts none of them unchanged. A job whose callers name the
files needs their buckets as well. IAM requires separate policies for project-level and global services (IAM user guide iam_01_0605); no page says which of these SMS
is, so it is treated as global. \`npx migrations check --policy\` prints exactly what your jobs need, with their buckets as resources; \`--function webhook\` for
one function; \`--v5\` as an identity policy of the new IAM, for a trust agency (names of its actions: OBS page obs_04_0112, the others not confirmed).
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
