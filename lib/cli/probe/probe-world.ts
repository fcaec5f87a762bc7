import type {
  OPEN_QUESTIONS,
  QuestionId,
} from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import type { ProbeCalls } from '../../cloud/programs/probe-calls.ts';
import type { ProbeFolder } from '../../cloud/programs/probe-folder.ts';
import { CloudError } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Answer } from './answer.ts';
import { callText } from './call-text.ts';
import type { Receipts } from './receipts.ts';
import type { SeenResponses } from './seen-responses.ts';

/** What probes work with. Every call of it rejects with `Interrupted` once the person pressed Ctrl-C. */
export interface ProbeWorld {
  /** The folder of this run; if there is none, why. */
  readonly folder: ProbeFolder | { readonly missing: string };
  readonly calls: ProbeCalls;
  readonly responses: SeenResponses;
  /** Rounds of write-then-read and write-then-list. */
  readonly rounds: number;
  /** The DCS instances of the jobs file. */
  readonly instanceIds: readonly string[];
  readonly hasTemporaryKeys: boolean;
  /** The instance for a migration task; absent: none is created. */
  readonly sacrifice?: Sacrifice;
  /** Where an object's event is delivered to a deployed function; absent: none is written. */
  readonly event?: EventSource;
  /** The account's ID. @throws {CloudError} if it must be looked up and can't be */
  domainId(): Promise<string>;
  /** Deletes the task that a probe created, also after Ctrl-C. If that fails, the person is told. */
  removeTask(id: string): Promise<void>;
  progress(text: string): void;
  /** Tells the person something that lasts. */
  note(text: string): void;
  sleep(ms: number): Promise<void>;
}

/** A DCS instance that a person gave for a migration task. */
export interface Sacrifice {
  readonly instanceId: string;
  readonly password?: Secret;
}

/** A place that a trigger of a deployed function watches. */
export interface EventSource {
  /** The folder of this run in the watched bucket. */
  readonly folder: ProbeFolder;
  /** The object's name in it. */
  readonly name: string;
  readonly receipts: Receipts;
  /** Whether the EventGrid trigger has `Key_encode`. */
  readonly encodesKeys: boolean;
}

/** Finds out how the account behaves. @throws {CloudError|Unanswered} */
export type Probe<Q extends QuestionId = QuestionId> = (world: ProbeWorld) => Promise<Answer<Q>>;

/** Probes by question. */
export type Probes<Questions = typeof OPEN_QUESTIONS> = {
  readonly [Q in keyof Questions & QuestionId]?: Probe<Q>;
};

/** The person pressed Ctrl-C. */
export class Interrupted extends Error {}

/** A question can't be answered in this account. The message says what it needs. */
export class Unanswered extends Error {}

/** @throws {Unanswered} */
export function needs(what: string): never {
  throw new Unanswered(`needs ${what}`);
}

/** What a probe returns; a failed call leaves the question unanswered. @throws {Interrupted} */
export async function ask<T>(probe: () => Promise<T>): Promise<T | { readonly unanswered: string }> {
  try {
    return await probe();
  } catch (error) {
    if (error instanceof Unanswered) return { unanswered: error.message };
    if (error instanceof CloudError) return { unanswered: callText(error) };
    throw error;
  }
}
