import { randomBytes } from 'node:crypto';
import { Callers } from '../../../packages/local-cloud/src/callers.ts';
import { LedgerContent } from '../../console/ledger/ledger-content.ts';
import { type Console, startConsole } from '../../console/start-console.ts';
import { ConfigError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import { counted } from '../counted.ts';
import type { Place } from '../place.ts';
import { choosePlaces, type PlacesOptions } from './choose-places.ts';

/** The names of the caller's secret keys. */
const KEYS = ['HUAWEICLOUD_SDK_SK', 'CLOUD_SDK_SK', 'HUAWEICLOUD_SDK_SECURITY_TOKEN'];

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
 * Serves the console of ledgers. Nothing is read before a page is open.
 *
 * @throws {UsageError} {ConfigError} for options, settings or a places file that can't be used, and if the port is in use
 */
export async function openConsole(options: OpenConsoleOptions, context: OpenConsoleContext): Promise<OpenConsole> {
  const places = await choosePlaces(options, context);
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
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    const message = `${options.port} is in use: stop what is using it, or choose another port (--port 0 uses any free one)`;
    throw new ConfigError('console', [{ path: ['--port'], message }], { cause });
  }
}

function whatOf(names: readonly string[]): string {
  return names.length === 1 ? 'the ledger' : `${counted(names.length, 'deployment')}: ${names.join(', ')}`;
}
