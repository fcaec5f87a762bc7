import { plainText } from '../../kernel/plain-text.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import type { SetView, SetViewState, ViewSetDeps } from '../../runs/sets/view-set.ts';
import type { Place } from '../place.ts';
import type { Terminal, Tone } from '../terminal.ts';
import { hanging } from '../wrap.ts';
import { liveServices } from './live-services.ts';
import { timeText } from './run-format.ts';

/** The time limit for listing the buckets of all sets shown. */
const LISTING_TIMEOUT_MS = 30_000;

/** What is needed to view sets: the jobs file for their conditions and, if there are keys, access to their buckets. */
export async function setDeps(place: Place, ledger: Ledger, terminal: Terminal): Promise<ViewSetDeps> {
  const { jobs } = await place.loadJobs();
  const live = await liveServices(place, terminal);
  const end = Date.now() + LISTING_TIMEOUT_MS;
  return { ledger, jobs, look: live && { ...live, remainingMs: () => end - Date.now() } };
}

const TONES: Partial<Record<SetViewState, Tone>> = { bad_manifest: 'bad', unreadable: 'bad', incomplete: 'bad' };

export function setTone(state: SetViewState): Tone {
  return TONES[state] ?? 'plain';
}

/** Open sets, two or more lines each. Empty if there are none. */
export function setLines(sets: readonly SetView[], terminal: Terminal): string[] {
  if (sets.length === 0) return [];
  const lines = sets.flatMap((view) => [
    setHead(view, terminal),
    ...hanging('    ', plainText(view.message), terminal.width),
    ...hintLines(view, terminal),
  ]);
  return ['Open sets', ...lines];
}

function setHead(view: SetView, terminal: Terminal): string {
  const { job, prefix, bucket, state, deadline } = view;
  const where = plainText(bucket === undefined ? prefix : `obs://${bucket}/${prefix}`);
  const until = deadline === undefined ? '' : `  until ${timeText(deadline)}`;
  return `  ${terminal.paint('strong', job)}  ${terminal.paint(setTone(state), state)}${until}  ${where}`;
}

export function hintLines({ hints }: SetView, { width }: Terminal): string[] {
  return hints.flatMap((hint) => hanging('    ', plainText(hint), width));
}
