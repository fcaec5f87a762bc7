import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BinEnd } from '../fixtures/run-bin.ts';
import { Night } from './night.ts';
import { type Section, sectionOf } from './section.ts';

/** The run, the lane and the task of the page's examples: readers put in their own. */
export const RUN = '0123456789abcdef0123456789abcdef';
export const TASK = '4b1e0c0a9d0e4f4c8a55aa2f5b1c9d0e';

/** A folder for what a reader types and sees, one file for each situation. */
const { TRANSCRIPTS } = process.env;

interface ShownRun {
  readonly job: string;
  readonly run: string;
  readonly state: string;
  readonly reason?: { readonly code: string; readonly message: string; readonly cause?: string };
  readonly task?: { readonly id: string; readonly name: string };
  readonly replayed_as?: readonly string[];
}

/** A reader of one section of the runbook, at work. */
class Reader {
  readonly night: Night;
  readonly #section: Section;
  readonly #done: Set<string>;
  readonly #typed: { readonly command: string; readonly answer: BinEnd }[] = [];

  constructor(night: Night, section: Section, done: Set<string>) {
    this.night = night;
    this.#section = section;
    this.#done = done;
  }

  /**
   * Types a command of the section's snippets, exactly as printed, but with what a reader replaces.
   *
   * @throws {Error} if the section has no such line, or the line has not what is to be replaced
   */
  run(line: string, replaced: Readonly<Record<string, string>> = {}): Promise<BinEnd> {
    if (!this.#section.commands.includes(line)) throw new Error(`"${this.#section.heading}" has no line ${line}`);
    this.#done.add(line);
    return this.#type(line, replaced);
  }

  /** Types a command that the section's text mentions, with the arguments that it leaves out. @throws {Error} if it does not mention it */
  mentioned(command: string, rest = ''): Promise<BinEnd> {
    if (!this.#section.mentioned.includes(command))
      throw new Error(`"${this.#section.heading}" mentions no ${command}`);
    return this.#type(`${!command.startsWith('npx ') ? 'npx migrations ' : ''}${command} ${rest}`.trim(), {});
  }

  /** What every reader does first, as the page begins. @returns what is listed as open */
  async look(): Promise<string> {
    const { stdout } = await this.#type('npx migrations runs list --open', {});
    return stdout;
  }

  /** Types what the section describes without printing it whole. */
  types(command: string): Promise<BinEnd> {
    return this.#type(command, {});
  }

  /** Types one of the commands that another command, or a message, advised. @throws {Error} if it was not there */
  advised(command: string, where: string): Promise<BinEnd> {
    if (!where.includes(command)) throw new Error(`${command} was not advised in\n${where}`);
    return this.#type(command, {});
  }

  /** Does the section say this? Line breaks do not count. @throws {Error} if not: the test and the page differ */
  says(text: string): void {
    const flat = (page: string) => page.replaceAll(/\s+/g, ' ');
    if (!flat(this.#section.text).includes(flat(text)))
      throw new Error(`"${this.#section.heading}" does not say: ${text}`);
  }

  /** What the ledger has, which a test may look at without being a reader. */
  async runs(...filter: readonly string[]): Promise<readonly ShownRun[]> {
    const { stdout } = await this.night.type(['npx migrations runs list --json', ...filter].join(' '));
    return (JSON.parse(stdout) as { runs: ShownRun[] }).runs;
  }

  /** The newest run of a job. */
  async newest(job: string): Promise<ShownRun> {
    const [found] = await this.runs(job);
    if (!found) throw new Error(`${job} has no run`);
    return found;
  }

  async stateOf({ job, run }: Pick<ShownRun, 'job' | 'run'>): Promise<ShownRun> {
    const { stdout } = await this.night.type(`npx migrations runs show ${job} ${run} --json`);
    return JSON.parse(stdout) as ShownRun;
  }

  /** Ticks of reconcile, each so much later, until a run has a state or a reason. @returns the run @throws {Error} after 40 ticks */
  async until(run: Pick<ShownRun, 'job' | 'run'>, word: string, stepMs = 60_000): Promise<ShownRun> {
    for (let tick = 0; ; tick++) {
      const now = await this.stateOf(run);
      if (now.state === word || now.reason?.code === word) return now;
      if (tick === 40)
        throw new Error(`${run.job} ${run.run} is not ${word}: ${now.state} ${JSON.stringify(now.reason)}`);
      await this.night.later(stepMs);
    }
  }

  /**
   * Ticks of reconcile, two minutes apart, until an open run has a reason: whether a run begins in the tick in which the one before it ends depends on
   * the order of the tick. @returns the run @throws {Error} after 20 ticks
   */
  async untilOneIs(code: string): Promise<ShownRun> {
    for (let tick = 0; ; tick++) {
      const open = await this.runs('--open');
      const found = open.find(({ reason }) => reason?.code === code);
      if (found) return found;
      if (tick === 20) throw new Error(`no run is ${code}: ${JSON.stringify(open)}`);
      await this.night.later(2 * 60_000);
    }
  }

  /** How many commands were typed, and what the terminal showed. */
  get transcript(): { readonly commands: number; readonly lines: readonly string[] } {
    const lines = this.#typed.flatMap(({ command, answer: { stdout, stderr } }) => [
      `$ ${command}`,
      ...`${stdout}${stderr}`.split('\n').filter((line) => line !== ''),
    ]);
    return { commands: this.#typed.length, lines };
  }

  async #type(line: string, replaced: Readonly<Record<string, string>>): Promise<BinEnd> {
    let command = line;
    for (const [shown, own] of Object.entries(replaced)) {
      if (!command.includes(shown)) throw new Error(`${line} has no ${shown}`);
      command = command.replaceAll(shown, own);
    }
    // As the page says of rehearsals: there is no cloud but the local one.
    command = command.replace(/ --cloud\b/, '');
    const answer = await this.night.type(command);
    this.#typed.push({ command, answer });
    return answer;
  }
}

/** One for all sections of a file. */
let night: Night | undefined;
afterAll(() => night?.end());

export type Situation = (title: string, scenario: string, read: (reader: Reader) => Promise<void>) => void;

/**
 * Rehearses a section of docs/runbook.md: each situation is brought about by its scenario, and its reader follows the section's words until nothing
 * is open. Every line of the section's snippets is typed in one of them.
 */
export function rehearse(heading: string, tell: (situation: Situation) => void): void {
  describe(`docs/runbook.md, "${heading}"`, () => {
    const section = sectionOf(heading);
    const done = new Set<string>();

    tell((title, scenario, read) =>
      it(`${title} (${scenario})`, async () => {
        night ??= await Night.begin();
        const reader = new Reader(night, section, done);
        try {
          await night.play(scenario);
          done.add(`npm start -- --scenario examples/scenarios/${scenario}`);
          await read(reader);
          await night.later(60_000);
          expect(await reader.runs('--open')).toEqual([]);
          await night.repair();
          // The next one has an hour of its own.
          await night.nextHour();
        } catch (error) {
          await night.end();
          night = undefined;
          throw error;
        } finally {
          await keep(`${section.anchor}-${path.parse(scenario).name}-${title}`, reader);
        }
      }, 60_000),
    );

    it('has no line that was not typed', () => {
      expect(section.commands.filter((line) => !done.has(line))).toEqual([]);
    });
  });
}

async function keep(name: string, { transcript: { commands, lines } }: Reader): Promise<void> {
  if (!TRANSCRIPTS) return;
  await mkdir(TRANSCRIPTS, { recursive: true });
  await writeFile(
    path.join(TRANSCRIPTS, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.txt`),
    `${commands} commands, ${lines.length} lines\n\n${lines.join('\n')}\n`,
  );
}
