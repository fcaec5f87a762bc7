import { LOCAL_FUNCTIONS } from '../../local-system/local-functions.ts';
import { type CommandContext, command } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readEventFile } from '../read-event.ts';
import { UsageError } from '../usage-error.ts';
import { chooseRoute } from './choose-route.ts';
import type { InvokeRoute, RouteOptions } from './route.ts';
import { showAnswer } from './show-answer.ts';

const NAMES = LOCAL_FUNCTIONS.map(({ name }) => name);

/** `invoke <function> <event>`: hands an event to a function, as the platform would. */
export const addInvoke = command<RouteOptions>('invoke <function> <event>', {
  summary: 'hand an event to a function, and show what it answers',
  about: [
    `The function is one of ${NAMES.join(', ')}; the event is a file, or - for standard input.`,
    [
      'It runs here, built for the jobs file, against what npm start runs, so that its run is seen there.',
      'Where nothing runs and the environment has keys, it works in the cloud and may create real tasks: it asks first.',
      'With --cloud the deployed function is invoked. The same event twice makes no second task.',
    ].join(' '),
    'The answer goes to standard output, the log of the function to standard error.',
    'Exit code 0: it did it. 1: it failed, or answered 400 or more. 2: nobody confirmed it. 3: it could not be invoked.',
  ].join('\n'),
  examples: [
    'npx migrations invoke backup-landed examples/backup-lands/events/dump.json',
    'npx migrations event timer | npx migrations invoke schedule -',
    'npx migrations invoke schedule tick.json --cloud --stage prod --async --yes',
  ],
  add: (command) => {
    command
      .option('--local', 'against what npm start runs, and nothing else')
      .option('--cloud', 'the deployed function, through the FunctionGraph API')
      .option('--stage <stage>', 'with --cloud: the stage of serverless.yml (local: what is deployed to npm start)')
      .option('--name <name>', 'with --cloud: the name of the deployed function')
      .option('--async', 'with --cloud: do not wait for the answer')
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
  const [answer] = await route.invoke([{ functionName, event }]);
  if (!answer) return EXIT.unable;
  const { isGood, json, lines } = showAnswer(answer, terminal);
  terminal.result({ function: functionName, where: route.kind, ...json }, () => lines);
  if (answer.state === 'accepted') {
    terminal.note(
      'What becomes of it: npx migrations runs list; its log carries the request id; if it fails, its failure',
    );
    terminal.note('destination is told, and npx migrations refeed takes what arrives there.');
  }
  return isGood ? EXIT.done : EXIT.failed;
}
