import { stringify } from 'yaml';
import { FUNCTION_OF } from '../../deploy/service-file.ts';
import { type Answers, type Use, usesOf } from './questions.ts';

const ASKED: readonly Use[] = ['request', 'online', 'servers'];

/**
 * The `serverless.yml` of somebody who begins: the functions that the jobs file needs, and no other.
 *
 * @param plugin path of the deploy plugin, as seen from the file
 */
export function serviceFileText(answers: Answers, plugin: string): string {
  const uses = usesOf(answers);
  const isAsked = uses.some((use) => ASKED.includes(use));
  return `${[
    '# What is deployed. What starts the functions stands in migrations.yml, and becomes their triggers.',
    '# npx serverless deploy puts it up, npx serverless diff says before what would change.',
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
    '  # Its keys are what the functions work with. What it has to be allowed: npx migrations check --policy',
    `  agency: ${stringify(answers.agency).trim()}`,
    '  # The value of each { user_data: NAME } of migrations.yml is looked up in the environment, then in .env, when it is deployed.',
    ...(isAsked
      ? [
          '  # FILL IN: the group of the API Gateway; without it the webhook has no address.',
          '  # gateway: { groupId: <API group>, auth: APP }',
        ]
      : []),
    '',
    'functions:',
    ...(uses.includes('backup') ? [`  ${FUNCTION_OF.objects}: { timeout: 60 }`] : []),
    ...(uses.includes('schedule') ? [`  ${FUNCTION_OF.schedules}: { timeout: 60 }`] : []),
    ...(isAsked ? [`  ${FUNCTION_OF.requests}: { timeout: 30 }`] : []),
    ...(answers.ledger === 'none' ? [] : [`  ${FUNCTION_OF.reconcile}: { timeout: 240 }`]),
  ].join('\n')}\n`;
}
