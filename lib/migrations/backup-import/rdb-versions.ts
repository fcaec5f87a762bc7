import { isOlderVersion } from '../engine-version.ts';

/**
 * The newest RDB version that each engine reads, which is the one that it writes. Observed with Redis 7.0.15, which writes 10 and refuses 12
 * ("Can't handle RDB format version 12"); the others are `RDB_VERSION` in its sources (`rdb.h`). 13 exists (librdb#94).
 */
const READS_UP_TO: readonly (readonly [engine: string, version: number])[] = [
  ['2.6', 6],
  ['3.2', 7],
  ['4.0', 8],
  ['5.0', 9],
  ['7.0', 10],
  ['7.2', 11],
  ['7.4', 12],
];

/** Nothing is known about later engines. */
const LAST_KNOWN_ENGINE = '8.0';

/** The newest RDB version that an engine reads. `undefined` when it is unknown. */
export function newestRdbVersion(engineVersion: string): number | undefined {
  if (!/^\d+(?:\.\d+)*$/.test(engineVersion) || isOlderVersion(LAST_KNOWN_ENGINE, engineVersion)) return undefined;
  return READS_UP_TO.findLast(([engine]) => !isOlderVersion(engineVersion, engine))?.[1];
}

/** The first engine that reads files of this version. `undefined` when none is known. */
export function firstEngineFor(rdbVersion: number): string | undefined {
  return READS_UP_TO.find(([, version]) => version >= rdbVersion)?.[0];
}
