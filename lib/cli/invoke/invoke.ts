import { START_COMMAND } from '../../build/start-command.ts';
import { LOCAL_FUNCTIONS } from '../../local-system/local-functions.ts';
import { type CommandContext, command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readEventFile } from '../read-event.ts';
import { UsageError } from '../usage-error.ts';
import { chooseRoute } from './choose-route.ts';
import type { InvokeRoute, RouteOptions } from './route.ts';
import { showResult } from './show-result.ts';

const NAMES = LOCAL_FUNCTIONS.map(({ name }) => name);

/** `invoke <function> <event>`: passes an event to a function, as the platform would. */
export const addInvoke = command<RouteOptions>('invoke <function> <event>', {
  summary: 'pass an event to a function, and show what it returns',
  about: [
    `The function: ${NAMES.join(', ')}. The event: a file, or - for standard input.`,
    [
      `The function is built for the jobs file and runs here, against the local system of ${START_COMMAND}, which then shows its runs.`,
      'If the local system is not running and the environment has keys, the function uses the cloud and may create real tasks: you are asked first.',
      'With --cloud the deployed function is invoked. The same event twice creates no second task.',
    ].join(' '),
    'The result goes to standard output, the log of the function to standard error.',
    'Exit code 0: it succeeded. 1: it failed, or returned an HTTP status of 400 or more. 2: not confirmed. 3: it could not be invoked.',
  ].join('\n'),
  examples: [
    'npx migrations invoke backup-landed examples/backup-lands/events/dump.json',
    'npx migrations event timer | npx migrations invoke schedule -',
    'npx migrations invoke schedule tick.json --cloud --stage prod --async --yes',
  ],
  add: (command) => {
    command
      .option('--local', `only against the local system of ${START_COMMAND}`)
      .option('--cloud', 'the deployed function, through the FunctionGraph API')
      .option(
        '--stage <stage>',
        `with --cloud: the stage of serverless.yml (local: the functions deployed to ${START_COMMAND})`,
      )
      .option('--name <name>', 'with --cloud: the name of the deployed function')
      .option('--async', 'with --cloud: do not wait for the result')
      .option('--yes', 'do not ask');
  },
  work: async (context, options, [functionName = '', file = '']) => {
    if (!NAMES.includes(functionName)) {
      throw new UsageError(`${functionName}: unknown function; use one of ${NAMES.join(', ')}`);
    }
    const event = await readEventFile(file, context);
    const route = await chooseRoute(options, context);
    return invoke(functionName, event, route, options, context);
  },
});

async function invoke(
  functionName: string,
  event: unknown,
  route: InvokeRoute,
  { yes = false }: RouteOptions,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const what = `${functionName}, in ${route.where}`;
  if (route.isReal && !(await terminal.confirm(`Invoke ${what}? It may create real tasks.`, { yes }))) {
    terminal.note('nothing was invoked');
    return EXIT.usage;
  }
  terminal.note(`invoking ${what}`);
  const [result] = await route.invoke([{ functionName, event }]);
  if (!result) return EXIT.unable;
  const { isGood, json, lines } = showResult(result, terminal);
  terminal.result({ function: functionName, where: route.kind, ...json }, () => lines);
  if (result.state === 'accepted') {
    terminal.note(
      'To see its runs: npx migrations runs list. Its log has the request id. If it fails, its failure destination',
    );
    terminal.note('receives a payload, which npx migrations refeed can redeliver.');
  }
  return isGood ? EXIT.done : EXIT.failed;
}
