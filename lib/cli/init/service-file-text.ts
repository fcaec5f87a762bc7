import { stringify } from 'yaml';
import { FUNCTION_OF } from '../../deploy/service-file.ts';
import { type Answers, type Use, usesOf } from './questions.ts';

const ON_REQUEST: readonly Use[] = ['request', 'online', 'servers'];

/**
 * The initial `serverless.yml`: the functions that the jobs file needs, and no others.
 *
 * @param plugin path of the deploy plugin, relative to the file
 */
export function serviceFileText(answers: Answers, plugin: string): string {
  const uses = usesOf(answers);
  const hasWebhook = uses.some((use) => ON_REQUEST.includes(use));
  return `${[
    '# What is deployed. Triggers are created from migrations.yml.',
    '# npx serverless diff shows what would change, npx serverless deploy changes it.',
    'service: migration-functions',
    "frameworkVersion: '3 || 4'",
    'configValidationMode: error',
    'plugins:',
    `  - ${stringify(plugin).trim()}`,
    '',
    'provider:',
    '  name: huawei',
    `  region: ${answers.region}`,
    '  runtime: Node.js20.15',
    '  memorySize: 256',
    '  # The functions get their keys from it. The permissions that it needs: npx migrations check --policy',
    `  agency: ${stringify(answers.agency).trim()}`,
    '  # The value of each { user_data: NAME } in migrations.yml is read at deployment, from the environment, else from .env.',
    ...(hasWebhook
      ? [
          '  # FILL IN: the API group of the API Gateway; without it the webhook has no URL.',
          '  # gateway: { groupId: <API group>, auth: APP }',
        ]
      : []),
    '',
    'functions:',
    ...(uses.includes('backup') ? [`  ${FUNCTION_OF.objects}: { timeout: 60 }`] : []),
    ...(uses.includes('schedule') ? [`  ${FUNCTION_OF.schedules}: { timeout: 60 }`] : []),
    ...(hasWebhook ? [`  ${FUNCTION_OF.requests}: { timeout: 30 }`] : []),
    ...(answers.ledger === 'none' ? [] : [`  ${FUNCTION_OF.reconcile}: { timeout: 240 }`]),
  ].join('\n')}\n`;
}
