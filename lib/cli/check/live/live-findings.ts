import { CloudError, ConfigError, type Problem } from '../../../kernel/errors.ts';

/** `problem`: a job will fail. `warning`: it may. `unknown`: it could not be checked, which says nothing about the job. */
export type LiveLevel = 'problem' | 'warning' | 'unknown';

/** What the cloud said about something that the jobs need. */
export interface LiveFinding {
  readonly level: LiveLevel;
  /** The jobs that need it; empty where the whole file does. */
  readonly jobs: readonly string[];
  /** In the jobs file; empty where nothing of it is at fault. */
  readonly path: Problem['path'];
  /** The call, and what it was about. */
  readonly asked: string;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

/** Who asks, and of what. */
export interface Question extends Pick<LiveFinding, 'jobs' | 'path' | 'asked'> {
  /** The action that whoever checks needs for it. */
  readonly needs: string;
}

/** Asks the cloud one thing after the other, and collects what is to be said. */
export class LiveFindings {
  readonly #found: LiveFinding[] = [];
  readonly #progress: (text: string) => void;
  #answers = 0;

  constructor(progress: (text: string) => void) {
    this.#progress = progress;
  }

  add(finding: LiveFinding): void {
    const same = this.#found.findIndex(
      ({ path, message }) => message === finding.message && JSON.stringify(path) === JSON.stringify(finding.path),
    );
    const known = this.#found[same];
    if (known) this.#found[same] = { ...known, jobs: [...new Set([...known.jobs, ...finding.jobs])] };
    else this.#found.push(finding);
  }

  /**
   * Makes reading calls. When the cloud does not answer or says no, that is a finding: nothing is known then.
   *
   * @returns `undefined` then
   * @throws {ConfigError} when the cloud does not know the keys at all: more tries would lock them
   */
  async ask<T>({ jobs, path, asked, needs }: Question, call: () => Promise<T>): Promise<T | undefined> {
    this.#progress(`asking ${asked} …`);
    try {
      const answer = await call();
      this.#answers += 1;
      return answer;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (error.status === 401 || error.cloudCode === 'keys_refused') {
        const message = `${error.service} refused these keys (${error.status ?? ''} ${error.cloudCode ?? ''}): see that they are right, not expired, and belong to this region's site`;
        throw new ConfigError('environment', [{ path: ['HUAWEICLOUD_SDK_AK'], message }], { cause: error });
      }
      if (error.outcome === 'rejected') this.#answers += 1;
      const advice =
        error.status === 403
          ? `your keys may not ask this, which says nothing about the functions: allow them ${needs}, or let somebody check who may`
          : 'try again; if it stays so, see that region, endpoint and network are right';
      this.add({ level: 'unknown', jobs, path, asked, message: `could not be checked: ${error.message}`, advice });
      return undefined;
    }
  }

  all(): readonly LiveFinding[] {
    return this.#found;
  }

  /** Did the cloud answer at all? */
  get isAnswered(): boolean {
    return this.#answers > 0;
  }
}
