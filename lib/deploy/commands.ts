import { DEFAULT_ALIAS } from './versions.ts';

const text = (usage: string, shortcut?: string) => ({ usage, type: 'string', ...(shortcut && { shortcut }) });
const flag = (usage: string) => ({ usage, type: 'boolean' });
const ALIAS = { alias: text(`Alias of the version in use (default: ${DEFAULT_ALIAS})`) };
const ONE_FUNCTION = { function: text('Only this function', 'f') };
const REGION = { region: text('Region (default: that of the file)', 'r') };
const REPLACE_API = {
  'replace-api': flag('Allow APIs of the gateway to be replaced; their callers may need to be authorized again'),
};

/** Our commands, and our options of the framework's, in the framework's form. */
export const COMMANDS = {
  deploy: {
    options: { ...REPLACE_API, ...REGION },
    commands: { function: { options: { ...REPLACE_API, ...REGION } } },
  },
  info: { options: REGION },
  invoke: { options: REGION, commands: { local: { options: REGION } } },
  logs: { options: REGION },
  remove: { options: { ...REGION, yes: flag('Do not ask') } },
  diff: {
    usage: 'Show what deploy would change; exit code 2 if there are changes',
    lifecycleEvents: ['diff'],
    options: { ...REPLACE_API, ...REGION },
  },
  deployment: {
    usage: 'Print what deploy would deploy as JSON, without calling the cloud; see docs/deployment-as-data.md',
    lifecycleEvents: ['deployment'],
    options: { ...REGION, package: text('Folder of existing packages (default: they are built)', 'p') },
  },
  publish: {
    usage: 'Publish the deployed functions as a version, and point the alias to it',
    lifecycleEvents: ['publish'],
    options: { ...ONE_FUNCTION, ...ALIAS, ...REGION, message: text('Description of the version', 'm') },
  },
  rollback: {
    usage: 'Put the code and configuration of the previous version, or another one, back in use',
    lifecycleEvents: ['rollback'],
    options: {
      ...ONE_FUNCTION,
      ...ALIAS,
      ...REGION,
      to: text('Name of the version (default: the previous one)'),
    },
  },
};
