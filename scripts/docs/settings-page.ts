import { SETTINGS } from '../../lib/kernel/settings.ts';
import { table } from './table.ts';

const COMMAND = 'the environment of a command; not for a deployed function';
const FUNCTION = '`userData`, or the environment of a command';

/** docs/settings.md. */
export function settingsPage(): string {
  const rows = Object.entries(SETTINGS).map(([name, { doc, alias, expected, fallback, whenUnset, commandsOnly }]) => [
    `\`${name}\``,
    alias ? `${doc}; \`${alias}\` is read too` : doc,
    expected.replace(/https?:[^\s,]+/, '`$&`'),
    whenUnset ?? `\`${fallback}\``,
    commandsOnly ? COMMAND : FUNCTION,
  ]);
  return `${INTRO}\n${table(['name', 'meaning', 'value', 'without it', 'where'], rows)}\n${OUTRO}`;
}

const INTRO = `# Settings

<!-- Written by npm run docs from lib/kernel/settings.ts; a test compares. -->

What is specific to a deployment and not to a job. A function reads a setting from its own variables (\`context.getUserData\`), else from the
process; an empty value counts as none. All bad settings are reported at once, by name and without their values, and nothing works until they
are right. Where there is nothing to say, set nothing: the table says what holds then.
`;

const OUTRO = `## Object keys

In form-encoded keys \`+\` is a space and \`%2F\` a slash. Nothing in an event tells for sure whether its key is encoded, and through EventGrid it is
as the trigger says (\`Key_encode\`).

- \`auto\`: jobs are matched by the decoded key, and where that is another key the bucket decides which of the two is imported
  ([keys](guarantees.md#with-a-ledger)).
- \`encoded\`, \`raw\`: the key is read so and not looked up.

A route that \`OBJECT_KEYS\` does not name is \`auto\`.

## Where to set them

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
