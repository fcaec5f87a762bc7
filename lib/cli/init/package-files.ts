import { JOBS_FILE } from '../project-folder.ts';

/** The folder's own files besides `migrations.yml` and `serverless.yml`, where this software is installed as a package. */
export const ENV_EXAMPLE = '.env.example';
export const GIT_IGNORE = '.gitignore';

/** What must not be committed. */
const IGNORED: readonly string[] = ['node_modules/', '.env', '.local/', '.serverless/'];

const KEYS = ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK'];

/** The variables that `npx serverless deploy` needs. @param secrets the names of the secrets in the jobs file */
const variables = (secrets: readonly string[]) => [...KEYS, ...secrets];

export function envExample(secrets: readonly string[]): string {
  return [
    '# Copy this file to .env, which git ignores, and fill it in; or set the variables in the environment.',
    '# Keys of the account, for npx migrations check --live and npx serverless deploy:',
    ...KEYS.map((name) => `${name}=`),
    '# Only for temporary keys:',
    '# HUAWEICLOUD_SDK_SECURITY_TOKEN=',
    ...(secrets.length > 0 ? [`# The secrets that ${JOBS_FILE} refers to:`, ...secrets.map((name) => `${name}=`)] : []),
    '',
  ].join('\n');
}

export const gitIgnore = (): string => `${IGNORED.join('\n')}\n`;

/** The entries that an existing `.gitignore` lacks. */
export function notIgnored(text: string): readonly string[] {
  const bare = (entry: string) => entry.trim().replace(/^\//, '').replace(/\/$/, '');
  const entries = new Set(text.split(/\r?\n/).map(bare));
  return IGNORED.filter((entry) => !entries.has(bare(entry)));
}

interface Pipeline {
  readonly file: string;
  readonly text: (secrets: readonly string[]) => string;
}

/** The pipelines that `init` can write, by the value of `--pipeline`. */
export const PIPELINES: Readonly<Record<string, Pipeline>> = {
  github: { file: '.github/workflows/migrations.yml', text: githubPipeline },
  gitlab: { file: '.gitlab-ci.yml', text: gitlabPipeline },
};

const CHECKS = ['npm ci', 'npx migrations check', 'npx migrations start --once --port 0'];

function githubPipeline(secrets: readonly string[]): string {
  return [
    '# Checks every change, and tries it on a local system; deploys the branch main.',
    '# The secrets below belong in the settings of the repository.',
    'name: migrations',
    'on: { push: { branches: [main] }, pull_request: {} }',
    'permissions: { contents: read }',
    'concurrency: { group: "migrations-${{ github.ref }}", cancel-in-progress: false }',
    'jobs:',
    '  migrations:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - uses: actions/checkout@11d5960a326750d5838078e36cf38b85af677262 # v4.4.0',
    '      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0',
    '        with: { node-version: 20 }',
    ...CHECKS.map((line) => `      - run: ${line}`),
    '      - run: npx serverless deploy',
    "        if: github.event_name == 'push'",
    '        env:',
    ...variables(secrets).map((name) => `          ${name}: \${{ secrets.${name} }}`),
    '',
  ].join('\n');
}

function gitlabPipeline(secrets: readonly string[]): string {
  return [
    '# Checks every change, and tries it on a local system; deploys the default branch.',
    `# Set ${variables(secrets).join(', ')} as masked, protected variables of the project.`,
    'image: node:20',
    'check:',
    '  script:',
    ...CHECKS.map((line) => `    - ${line}`),
    'deploy:',
    '  needs: [check]',
    '  rules: [{ if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH }]',
    '  resource_group: migrations',
    '  script:',
    '    - npm ci',
    '    - npx serverless deploy',
    '',
  ].join('\n');
}
