import { JOB_NAME } from '../../jobs/job-name.ts';
import { AppError } from '../../kernel/errors.ts';
import { RUN_ID } from '../../kernel/run-id.ts';
import { ConsoleProblem } from '../console-problem.ts';
import type { ConsoleContent, Refresh, Send } from '../content.ts';
import type { Routes } from '../routes.ts';
import type { LedgerSnapshot, RunDetails } from '../wire.ts';
import { changeRoutes } from './change-routes.ts';
import type { ConsolePlace } from './console-place.ts';
import { PlaceView } from './place-view.ts';
import { readRunDetails } from './run-details.ts';

/** What a console shows of ledgers: those of one or more places, as one list. Nothing is written, except by a change that a place allows. */
export class LedgerContent implements ConsoleContent {
  readonly views: readonly PlaceView[];
  readonly refreshes: readonly Refresh[];
  readonly routes: Routes;

  constructor(places: readonly ConsolePlace[], send: Send) {
    const onChange = () => {
      send('places', this.#places());
      send('sets', this.#sets());
    };
    this.views = places.map((place) => {
      const onGone = (names: readonly string[]) =>
        send(
          'gone',
          names.map((name) => `${place.name}/${name}`),
        );
      return new PlaceView(place, { onRows: (rows) => send('runs', rows), onGone, onChange });
    });
    this.refreshes = this.views.map((view) => () => view.refresh());
    this.routes = {
      'GET places/{place}/runs/{job}/{run}': async ([place = '', job = '', run = '']) => ({
        status: 200,
        body: await this.#showRun(place, job, run),
      }),
      ...changeRoutes((place) => this.#viewOf(place)),
      'POST more': async () => {
        for (const view of this.views) view.more();
        return { status: 202, body: {} };
      },
    };
  }

  snapshot(): LedgerSnapshot {
    const runs = this.views.flatMap((view) => view.rows());
    return { places: this.#places(), runs, sets: this.#sets() };
  }

  close(): void {}

  #places(): LedgerSnapshot['places'] {
    return this.views.map((view) => view.info());
  }

  #sets(): LedgerSnapshot['sets'] {
    return this.views.flatMap((view) => view.sets());
  }

  #viewOf(name: string): PlaceView {
    const view = this.views.find(({ place }) => place.name === name);
    if (!view) throw new ConsoleProblem(404, 'No such place', `the console shows no place ${name}`);
    return view;
  }

  async #showRun(name: string, job: string, run: string): Promise<RunDetails> {
    const view = this.#viewOf(name);
    const isName = JOB_NAME.test(job) && RUN_ID.test(run);
    const details = isName ? await readRunDetails(view, job, run).catch(asUnreadable) : undefined;
    if (!details) throw new ConsoleProblem(404, 'No such run', `the ledger has no run ${run} of ${job}`);
    return details;
  }
}

/** The reason is that of the ledger, not of the console. */
function asUnreadable(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  throw new ConsoleProblem(502, 'Cannot be read', error.message, { cause: error });
}
