import { CloudError } from '../../kernel/errors.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { Terminal } from '../terminal.ts';
import { callText } from './call-text.ts';
import type { ProbeOrder } from './function-order.ts';
import type { OpenedProbe } from './make-world.ts';
import type { FunctionProbe } from './open-function-probe.ts';
import type { ProbeFile } from './probe-file.ts';

export interface Found {
  /** Absent after Ctrl-C, or without answers. */
  readonly file: ProbeFile | undefined;
  /** Nothing is left behind. */
  readonly isClean: boolean;
}

/** Closes whatever happens. */
export async function findAndClose(
  opened: OpenedProbe,
  terminal: Terminal,
  find: () => Promise<ProbeFile | undefined>,
): Promise<Found> {
  let file: ProbeFile | undefined;
  let isClean = false;
  try {
    file = await find();
  } finally {
    isClean = await close(opened, terminal);
  }
  return { file, isClean };
}

/** What the function did not remove is removed with the keys of the person. */
export async function findInFunction(
  opened: OpenedProbe,
  { run }: FunctionProbe,
  { signal, terminal }: { readonly signal: AbortSignal; readonly terminal: Terminal },
  order: ProbeOrder,
): Promise<Found> {
  let result: Awaited<ReturnType<FunctionProbe['run']>> | undefined;
  let isRemoved = true;
  try {
    const { requestStop, isStopRequested, world } = opened;
    const where = 'where' in world.folder ? world.folder.where : undefined;
    result = await run(order, { requestStop, isStopRequested, where });
  } finally {
    if (!result?.report?.isClean || signal.aborted) isRemoved = await close(opened, terminal);
  }
  const { report, isGone } = result;
  if (report && 'failed' in report && report.failed === 'out_of_time')
    terminal.note('the function ran out of time; run the probe again');
  return { file: report && 'file' in report ? report.file : undefined, isClean: isGone && isRemoved };
}

/** @returns whether nothing is left behind */
async function close({ close, world }: OpenedProbe, terminal: Terminal): Promise<boolean> {
  try {
    terminal.progress('removing the objects of the probe');
    await close();
    return true;
  } catch (error) {
    if (!(error instanceof CloudError || error instanceof LedgerError)) throw error;
    const folders = [world.folder, ...(world.event ? [world.event.folder] : [])];
    const where = folders.flatMap((folder) => ('where' in folder ? folder.where : [])).join(', ');
    const why = error instanceof CloudError ? callText(error) : error.message;
    terminal.note(`not removed: ${where} (${why}); the next probe removes it after an hour`);
    return false;
  }
}
