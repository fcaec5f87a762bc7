import path from 'node:path';
import { START_COMMAND } from '../../build/start-command.ts';
import type { Jobs } from '../../jobs/job.ts';
import { secretReferences } from '../../jobs/secret-names.ts';
import type { DescribedEvent } from '../../local-system/describe-event.ts';
import { localValue } from '../../local-system/local-secret.ts';
import type { LocalSystem, SystemEvent } from '../../local-system/local-system.ts';
import { makeFolderStore } from '../../runs/ledger/folder-store.ts';
import { makeLedger } from '../../runs/ledger/ledger.ts';
import { type Console, startConsole } from '../start-console.ts';
import { SystemContent } from './system-content.ts';

export interface SystemConsoleOptions {
  readonly system: LocalSystem;
  readonly jobs: Jobs;
  /** The path of the jobs file. */
  readonly jobsFile: string;
  /** 0 for any free port. */
  readonly port: number;
}

/** A web page that shows a running local system, and lets people try things. */
export interface SystemConsole extends Console {
  /** Must be called with every event. */
  observe(event: SystemEvent, described: DescribedEvent): void;
}

/**
 * The console of `npm start`, for the user of the system.
 *
 * No secrets are sent: the ledger only has names of secrets, and functions redact their output. As a last line of defence, local secrets are
 * removed from every response again.
 *
 * @throws as `startConsole`
 */
export async function startSystemConsole(options: SystemConsoleOptions): Promise<SystemConsole> {
  const { system, jobs, jobsFile, port } = options;
  const { keys, functionKeys } = system;
  const ledgerFolder = path.join(system.stateFolder, 'ledger');
  const now = () => system.cloud.clock.now();
  const ledger = makeLedger(makeFolderStore(ledgerFolder, now), 'console', now);
  let content: SystemContent | undefined;
  const console = await startConsole({
    port,
    callers: system.callers,
    token: keys.token,
    linkAt: `that ${START_COMMAND} prints, or console_url in .local/system.json`,
    secrets: [
      ...[keys.secretKey, keys.securityToken, keys.password, keys.token],
      ...[functionKeys.secretKey, functionKeys.securityToken],
      ...secretReferences(jobs).map((reference) => localValue(reference, jobs)),
    ],
    makeContent: async (send) => {
      content = await SystemContent.open({ system, jobs, jobsFile, ledger, ledgerFolder }, send);
      return content;
    },
  });
  return { ...console, observe: (event, described) => content?.observe(event, described) };
}
