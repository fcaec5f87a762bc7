import type { Routes } from './routes.ts';
import type { Snapshot, StreamEvents } from './wire.ts';

/** What a console shows: a ledger, or several, and perhaps the local system around it. */
export interface ConsoleContent {
  /** What keeps it up to date while a page is open. Each is called again and again; none waits for another one. */
  readonly refreshes: readonly Refresh[];
  /** The paths under /api/, besides the stream. */
  readonly routes: Routes;
  snapshot(): Snapshot;
  close(): void;
}

/** Reads what may have changed, and sends it. Never throws. */
export type Refresh = () => Promise<void>;

/** Sends a message to all open pages. */
export type Send = <Name extends keyof StreamEvents>(name: Name, value: StreamEvents[Name]) => void;
