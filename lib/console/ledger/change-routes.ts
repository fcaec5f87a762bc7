import type { IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../kernel/errors.ts';
import { plainLines } from '../../kernel/plain-text.ts';
import { ConsoleProblem } from '../console-problem.ts';
import { readJson } from '../read-body.ts';
import type { Routes } from '../routes.ts';
import type { ChangeResult, PlannedChange } from '../wire.ts';
import { CHANGE_REQUEST, type ChangeRequest, CONFIRMED_CHANGE } from './change-request.ts';
import type { PreparedChange } from './console-place.ts';
import type { PlaceView } from './place-view.ts';

/** What an operator may change in a ledger: first the question, then the change that was confirmed. @param viewOf throws for an unknown place */
export function changeRoutes(viewOf: (place: string) => PlaceView): Routes {
  const plan = async (view: PlaceView, request: IncomingMessage): Promise<PlannedChange> => {
    return plannedChange(await prepare(view, await readJson(request, CHANGE_REQUEST)));
  };
  const perform = async (view: PlaceView, request: IncomingMessage): Promise<ChangeResult> => {
    const { change, ...confirmed } = await readJson(request, CONFIRMED_CHANGE);
    const prepared = await prepare(view, change);
    const now = plannedChange(prepared);
    if (!isDeepStrictEqual(confirmed, now)) {
      const what = [...now.notes, now.question].join('; ');
      const detail = `it has changed in the meantime, and nothing was done; what would happen now: ${what}`;
      throw new ConsoleProblem(409, 'Confirm again', detail);
    }
    const { code, lines, notes = [] } = await refusing(() => prepared.perform());
    view.refreshSoon();
    return { done: code === 0, lines: [...lines, ...notes] };
  };
  return {
    'POST places/{place}/changes/plan': async ([place = ''], request) => ({
      status: 200,
      body: await plan(viewOf(place), request),
    }),
    'POST places/{place}/changes': async ([place = ''], request) => ({
      status: 200,
      body: await perform(viewOf(place), request),
    }),
  };
}

/** As a page gets it: without characters that affect how the rest is displayed. */
function plannedChange({ question, notes = [] }: PreparedChange): PlannedChange {
  return { question: plainLines(question), notes: notes.map(plainLines) };
}

async function prepare(view: PlaceView, change: ChangeRequest): Promise<PreparedChange> {
  return refusing(async () => {
    const { prepareChange } = await view.open();
    if (prepareChange) return prepareChange(change);
    throw new ConsoleProblem(
      403,
      'Changes are not allowed',
      'this console only shows; npx migrations console --allow-changes allows changes',
    );
  });
}

/** A refusal is for the person who asked, in the words of the command line. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new ConsoleProblem(409, error.code, error.message, { cause: error });
  }
}
