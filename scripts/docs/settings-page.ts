import { SETTINGS, type SettingName } from '../../lib/kernel/settings.ts';
import { table } from './table.ts';

interface About {
  /** What holds when it is not set. */
  readonly without: string;
  /** What else a person should know. */
  readonly more?: string;
  /** Is it not for a deployed function? */
  readonly outside?: true;
}

const REGION_ENDPOINT = 'the public endpoint of the region';

/** What people should know beside what the code needs; the compiler wants an entry for each. */
const ABOUT: Readonly<Record<SettingName, About>> = {
  MIGRATIONS_FILE: {
    without: '`migrations.json` beside the bundle; of a command `migrations.yml` in this folder or above',
    more: 'a relative path counts from the bundle’s folder',
  },
  MIGRATIONS_LEDGER_FOLDER: {
    without: 'the ledger of the jobs file',
    more: 'functions of different machines do not see each other through it',
    outside: true,
  },
  MIGRATIONS_STAGE: {
    without: '`dev`; of a command `provider.stage` of `serverless.yml`, if that says it',
    more: 'a deploy sets it to its stage; `npm start` is `local`. See [two environments on one ledger](runbook.md#two-environments-on-one-ledger)',
  },
  HUAWEICLOUD_REGION: { without: '`region` of the jobs file' },
  HUAWEICLOUD_PROJECT_ID: { without: 'the function’s project; a command with `--cloud` needs it' },
  HUAWEICLOUD_DOMAIN_ID: { without: 'none: the header is left out', more: 'some SMS endpoints may want it' },
  HUAWEICLOUD_DCS_ENDPOINT: { without: REGION_ENDPOINT },
  HUAWEICLOUD_SMS_ENDPOINT: { without: 'the public endpoint of the site, which is not that of the region' },
  HUAWEICLOUD_OBS_ENDPOINT: { without: REGION_ENDPOINT, more: 'for the ledger and for what lies in your buckets' },
  HUAWEICLOUD_ECS_ENDPOINT: { without: REGION_ENDPOINT },
  HUAWEICLOUD_IAM_ENDPOINT: { without: REGION_ENDPOINT },
  HUAWEICLOUD_SMN_ENDPOINT: { without: REGION_ENDPOINT },
  HUAWEICLOUD_SDK_AK: { without: 'the agency’s temporary key', more: '`CLOUD_SDK_AK` is read too', outside: true },
  HUAWEICLOUD_SDK_SK: { without: 'the agency’s temporary key', more: '`CLOUD_SDK_SK` is read too', outside: true },
  HUAWEICLOUD_SDK_SECURITY_TOKEN: { without: 'the agency’s token', outside: true },
  OBJECT_KEYS: {
    without: '`auto`',
    more: 'in form-encoded keys `+` is a space and `%2F` a slash; nothing in an event tells for sure whether its key is encoded, and through EventGrid it is as the trigger says (`Key_encode`). `auto`: jobs are matched by the decoded key, and where that is another key the bucket decides which of the two is imported ([keys](guarantees.md#with-a-ledger)). `encoded`, `raw`: the key is read so and not looked up. A route that is not named is `auto`',
  },
  WEBHOOK_BASE_PATH: { without: 'nothing' },
  WEBHOOK_ANSWER_SECONDS: {
    without: '`4`',
    more: 'stay below the gateway’s own limit, which is 5 s unless it was raised',
  },
  LOG_LEVEL: { without: '`info`' },
};

const COMMAND = 'the environment of a command; not for a deployed function';
const FUNCTION = '`userData`, or the environment of a command';

/** docs/settings.md. */
export function settingsPage(): string {
  const rows = Object.entries(SETTINGS).map(([name, { doc, expected }]) => {
    const { without, more, outside } = ABOUT[name as SettingName];
    return [
      `\`${name}\``,
      more ? `${doc}; ${more}` : doc,
      expected.replace(/https?:[^\s,]+/, '`$&`'),
      without,
      outside ? COMMAND : FUNCTION,
    ];
  });
  return `${INTRO}\n${table(['name', 'meaning', 'value', 'without it', 'where'], rows)}\n${OUTRO}`;
}

const INTRO = `# Settings

<!-- Written by npm run docs from lib/kernel/settings.ts; a test compares. -->

What is specific to a deployment and not to a job. A function reads a setting from its own variables (\`context.getUserData\`), else from the
process; an empty value counts as none. All bad settings are reported at once, by name and without their values, and nothing works until they
are right. Where there is nothing to say, set nothing: the table says what holds then.
`;

const OUTRO = `## Where to set them

- **Of all functions**: \`provider.userData\` in \`serverless.yml\`; **of one**: \`functions.<name>.userData\`, which wins. They are plain variables,
  which the FunctionGraph console shows to whoever may read the function.
- **Secrets** that \`migrations.yml\` refers to (\`{ user_data: NAME }\`) become encrypted variables by themselves: \`npx serverless deploy\` takes
  their values from the environment or a git-ignored \`.env\`, under the same names. \`provider.encryptedUserData\` names more of them.
- **Commands** (\`npx migrations\`) read the process's environment and, for what it lacks or has empty, \`.env\` beside \`migrations.yml\`, as
  \`npx serverless\` does. Nothing of it is ever printed.
- FunctionGraph takes 4,096 characters of variables in all, at most 20 plain and 20 encrypted ones, with names of letters, digits and \`_\`, a letter
  first (FunctionGraph product description, 2025-05-14, and API reference of CreateFunction). Names that begin with \`RUNTIME_\` are its own.

\`\`\`yaml
provider:
  name: huawei
  userData:
    LOG_LEVEL: debug
    OBJECT_KEYS: direct=encoded,eventgrid=raw
  encryptedUserData: [PARTNER_TOKEN]
functions:
  webhook:
    userData: { WEBHOOK_BASE_PATH: /migrations }
\`\`\`

## Other variables

| name | of | meaning |
| --- | --- | --- |
| \`HUAWEICLOUD_SDK_AK\`, \`HUAWEICLOUD_SDK_SK\`, \`HUAWEICLOUD_SDK_SECURITY_TOKEN\` | \`npx serverless\`, \`npx migrations\` | the keys of whoever deploys or operates; also from \`.env\` |
| \`HUAWEICLOUD_SDK_PROJECT_ID\` | \`npx serverless\` | project of the functions; without it \`provider.projectId\`, else IAM is asked |
| the names that \`migrations.yml\` refers to | \`npx serverless\` | values of the secrets; also from \`.env\` |
| \`DEPLOYED_SECRETS\` | a deployed function | written by a deploy, to see at the next one whether a secret changed; it tells nothing of them. Leave it alone |
| \`NO_COLOR\` | commands | any value: no colours |
`;
