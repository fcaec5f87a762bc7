import { randomBytes } from 'node:crypto';
import { Callers } from '../../../packages/local-cloud/src/callers.ts';
import type { ConsolePlace } from '../../console/ledger/console-place.ts';
import { LedgerContent } from '../../console/ledger/ledger-content.ts';
import { type Console, startConsole } from '../../console/start-console.ts';
import { ConfigError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import { counted } from '../counted.ts';
import type { Place } from '../place.ts';
import { choosePlaces, type PlacesOptions } from './choose-places.ts';

/** The names of the caller's secret keys. */
const KEYS = ['HUAWEICLOUD_SDK_SK', 'CLOUD_SDK_SK', 'HUAWEICLOUD_SDK_SECURITY_TOKEN'];

/** What to say of a port that can't be listened at, by the system's code. */
const PORT_TROUBLE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use: stop what is using it, or',
  EACCES: 'may not be used by this user:',
};

export interface OpenConsoleOptions extends PlacesOptions {
  readonly port: number;
}

export interface OpenConsoleContext {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The one place of the other options. */
  place(): Promise<Place>;
  /** Of the services that a change calls. */
  readonly log: Logger;
}

/** A console that is being served. */
interface OpenConsole extends Console {
  /** What it shows, for people. */
  readonly what: string;
}

/**
 * Serves the console of ledgers. Nothing is read from them before a page is open.
 *
 * @throws {UsageError} {ConfigError} for options, settings or a places file that can't be used, without a place whose settings and jobs file can be,
 * and if the port is not available
 */
export async function openConsole(options: OpenConsoleOptions, context: OpenConsoleContext): Promise<OpenConsole> {
  const places = await choosePlaces(options, context);
  await openAny(places);
  const token = randomBytes(24).toString('base64url');
  try {
    const console = await startConsole({
      port: options.port,
      callers: new Callers({ token }),
      token,
      linkAt: 'that npx migrations console prints',
      secrets: [token, ...KEYS.flatMap((name) => context.env[name] ?? [])],
      makeContent: async (send) => new LedgerContent(places, send),
    });
    return { ...console, what: whatOf(places.map(({ name }) => name)) };
  } catch (cause) {
    const why = PORT_TROUBLE[(cause as NodeJS.ErrnoException).code ?? ''];
    if (why === undefined) throw cause;
    const message = `${options.port} ${why} choose another port (--port 0 uses any free one)`;
    throw new ConfigError('console', [{ path: ['--port'], message }], { cause });
  }
}

/** What would keep every place from being read is said in the terminal. Of several places, the others are shown. */
async function openAny(places: readonly ConsolePlace[]): Promise<void> {
  const [first, ...others] = await Promise.allSettled(places.map((place) => place.open()));
  if (first?.status === 'rejected' && others.every(({ status }) => status === 'rejected')) throw first.reason;
}

function whatOf(names: readonly string[]): string {
  return names.length === 1 ? 'the ledger' : `${counted(names.length, 'deployment')}: ${names.join(', ')}`;
}
