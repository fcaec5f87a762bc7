import { fullyDecoded } from './object-key.ts';

/** Marks the folder of objects that `npx migrations probe --with-event` writes into a watched bucket, below the prefix of its trigger. */
export const PROBE_FOLDER = '.migrations-probe/';

/** Followed by the name of one probe: its time, and random digits. Strict, so that a user's own object is hardly ever taken for one. */
const PROBE_KEY = /\.migrations-probe\/(\d{8}T\d{6}Z-[0-9a-f]{8})\/./;

/** The probe that wrote the object with this key, encoded or not; `undefined` for all other objects. */
export function probeOf(key: string): string | undefined {
  return key.includes('.migrations-probe') ? PROBE_KEY.exec(fullyDecoded(key))?.[1] : undefined;
}
