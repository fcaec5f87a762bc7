import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../../deploy/deployment.ts';
import { describeTrigger } from '../../deploy/same-trigger.ts';
import { AppError, ConfigError } from '../../kernel/errors.ts';
import { command } from '../command-line.ts';
import { counted } from '../counted.ts';
import { EXIT } from '../exit-code.ts';
import { projectFolder } from '../project-folder.ts';
import { runFramework } from './run-framework.ts';

const FILE = 'serverless.yml';

interface Options {
  readonly stage?: string;
  readonly region?: string;
  readonly package?: string;
}

/** `deployment`: everything that a deploy would deploy, for other tools. */
export const addDeployment = command<Options>('deployment', {
  summary: 'print what a deploy would deploy, as data for other tools',
  about: [
    'Functions with their packages, settings, triggers, policies, the lifecycle rules of the ledger and alarm rules, as npx serverless deploy computes them',
    'from serverless.yml and migrations.yml. Nothing is sent, and no keys are needed. Of secrets only the names are printed.',
    'The packages are built into .serverless/, unless --package names a folder with existing ones.',
    'The members of the JSON: docs/deployment-as-data.md, docs/deployment.schema.json.',
    'Exit code 0: printed. 3: a file has problems, or cannot be read.',
  ].join('\n'),
  examples: [
    'npx migrations deployment',
    'npx migrations deployment --json > deployment.json',
    'npx migrations deployment --json --stage prod --region ap-southeast-3',
  ],
  hasJobs: false,
  add: (made) => {
    made
      .option('--stage <stage>', 'the stage (default: that of serverless.yml, else dev)')
      .option('--region <region>', 'the region (default: that of serverless.yml)')
      .option('--package <folder>', 'existing packages, instead of building them');
  },
  work: async ({ terminal, ownEnv, cwd }, options) => {
    const folder = projectFolder(cwd);
    if (!existsSync(join(folder, FILE))) {
      const message = `does not exist in ${folder}; npx migrations init writes one`;
      throw new ConfigError(FILE, [{ path: [], message }]);
    }
    const { stage, region, package: packages } = options;
    const given = Object.entries({ stage, region, package: packages });
    const args = given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
    terminal.progress('building the packages');
    const { ok, stdout, stderr } = await runFramework(['deployment', ...args], folder, ownEnv);
    if (!ok) throw new AppError('service_file', stdout.trim().replace(/^Error:\n/, ''));
    for (const line of stderr.split('\n')) if (line.trim() !== '') terminal.note(line);
    const deployment = JSON.parse(stdout) as Deployment;
    terminal.result(deployment, () => summaryOf(deployment));
    return EXIT.done;
  },
});

function summaryOf({ functions, ledger, alarms }: Deployment): string[] {
  const rules = ledger?.lifecycle_rules ?? [];
  return [
    ...Object.values(functions).flatMap((own) => [
      own.name,
      `  runs on   ${String(own.runtime)}, ${String(own.memory_size)} MB, ${String(own.timeout)} s`,
      `  package   ${own.package.file}, ${own.package.bytes} bytes, sha512 ${own.package.sha512.slice(0, 12)}...`,
      `  settings  ${counted(Object.keys(own.environment).length, 'variable')}, ${own.encrypted_environment.length} encrypted`,
      ...own.triggers.map(({ type, event_data: data }) => `  trigger   ${describeTrigger({ type, data })}`),
    ]),
    ...(ledger ? [`ledger ${ledger.bucket}/${ledger.prefix}`] : []),
    ...(alarms.length > 0 ? [`alarm rules ${alarms.length}`] : []),
    ...rules.map(({ prefix, days }) => `  deletes   ${prefix}* after ${days} days`),
    'Everything: add --json (docs/deployment-as-data.md)',
  ];
}
