import { InvalidArgumentError } from 'commander';
import { REGION } from '../../kernel/region.ts';
import { command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { errorLog } from '../runs/live-services.ts';
import { waitForStop } from './wait-for-stop.ts';

const DEFAULT_PORT = 4320;

/** `console`: a page that shows the ledger, or several. */
export const addConsole = command<{
  readonly port: number;
  readonly region?: readonly string[];
  readonly places?: string;
  readonly allowChanges?: boolean;
}>('console', {
  summary: 'serve a page on this machine that shows the runs of a ledger, or of several deployments as one list',
  about: [
    'Only you can open it. It reads the ledger with your keys, which need obs:object:GetObject and obs:bucket:ListBucket, while the page is open: about one',
    'request for each thousand runs in the ledger every 15 seconds, and one for each run that has changed. It calls no other service.',
    'Nothing is written without --allow-changes. With it, runs can be cancelled, parked, resolved, replayed and started beyond a limit, and jobs paused and',
    'resumed, as by the commands of these names; each change asks first.',
    '--region shows the deployments whose jobs file is in this folder or at most two levels below it, --places those of a file.',
    'It runs until Ctrl-C.',
  ].join('\n'),
  examples: [
    'npx migrations console',
    'npx migrations console --region ap-southeast-3 --region eu-west-101',
    'npx migrations console --places places.yml --port 0',
  ],
  hasPlace: true,
  add: (command) =>
    command
      .option('--port <n>', 'the port at 127.0.0.1; 0 for any free one', parsePort, DEFAULT_PORT)
      .option('--region <region>', 'a deployment in this region; may be repeated', addRegion)
      .option('--allow-changes', 'offer changes, too, each after a question (default: only show)')
      .option('--places <file>', 'a list of deployments, in YAML or JSON: see docs/console.md'),
  work: async ({ terminal, env, cwd, place }, options) => {
    const stop = waitForStop();
    // On demand: it is as large as the rest of the program.
    const { openConsole } = await import('./open-console.ts');
    const page = await openConsole(options, { env, cwd, place, log: errorLog(terminal) });
    terminal.result({ url: page.url }, () => [`console        ${page.url}   shows ${page.what}; press Ctrl-C to stop`]);
    await stop;
    await page.close();
    return EXIT.done;
  },
});

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('Must be a number from 0 to 65535.');
}

function addRegion(text: string, before: readonly string[] = []): readonly string[] {
  if (REGION.test(text)) return [...before, text];
  throw new InvalidArgumentError('Must be a region such as ap-southeast-3.');
}
