import { CloudError, ConfigError, type Problem } from '../../../kernel/errors.ts';

/** `problem`: a job will fail. `warning`: it may fail. `unknown`: it could not be checked. */
export type LiveLevel = 'problem' | 'warning' | 'unknown';

/** A finding about a cloud resource that the jobs need. */
export interface LiveFinding {
  readonly level: LiveLevel;
  /** The jobs that need it; empty if the whole file does. */
  readonly jobs: readonly string[];
  /** Path in the jobs file; empty if the finding is not about the file. */
  readonly path: Problem['path'];
  /** The call, and its subject. */
  readonly asked: string;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

/** A check to make, and for which jobs. */
export interface Question extends Pick<LiveFinding, 'jobs' | 'path' | 'asked'> {
  /** The action that the user's keys must be allowed. */
  readonly needs: string;
}

/** Makes one check after the other, and collects the findings. */
export class LiveFindings {
  readonly #found: LiveFinding[] = [];
  readonly #progress: (text: string) => void;
  #responses = 0;

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
   * Makes read-only calls. If the cloud does not respond, or refuses, the finding is `unknown`.
   *
   * @returns `undefined` in that case
   * @throws {ConfigError} if the cloud does not accept the keys at all: more attempts would lock them
   */
  async ask<T>({ jobs, path, asked, needs }: Question, call: () => Promise<T>): Promise<T | undefined> {
    this.#progress(`checking: ${asked} …`);
    try {
      const result = await call();
      this.#responses += 1;
      return result;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (error.status === 401 || error.cloudCode === 'keys_refused') {
        const message = `${error.service} refused these keys (${error.status ?? ''} ${error.cloudCode ?? ''}): check that they are correct, not expired, and belong to this region's site`;
        throw new ConfigError('environment', [{ path: ['HUAWEICLOUD_SDK_AK'], message }], { cause: error });
      }
      if (error.outcome === 'rejected') this.#responses += 1;
      const advice =
        error.status === 403
          ? `your keys are not allowed to read this, which says nothing about the functions: allow them ${needs}, or have somebody check who is allowed to`
          : 'try again; if it persists, check region, endpoint and network';
      this.add({ level: 'unknown', jobs, path, asked, message: `could not be checked: ${error.message}`, advice });
      return undefined;
    }
  }

  all(): readonly LiveFinding[] {
    return this.#found;
  }

  /** Did the cloud respond at all? */
  get hasResponse(): boolean {
    return this.#responses > 0;
  }
}
