import { nearest } from '../nearest.ts';
import { type Answers, type BehaviorOf, OPEN_QUESTIONS, type QuestionId } from './open-questions.ts';

/** The behavior assumed for a question at this moment. */
export type Assumed = <Q extends QuestionId>(id: Q) => BehaviorOf<Q>;

/** The default behavior of each question. */
export const assumedByDefault: Assumed = <Q extends QuestionId>(id: Q) => OPEN_QUESTIONS[id].assumed as BehaviorOf<Q>;

/** The answers to open questions that a local cloud goes by. Can be changed at any time. */
export class Assumptions {
  #answers: Answers = {};

  constructor(answers: Answers = {}) {
    this.change(answers);
  }

  /** The behavior for each question. */
  all(): Required<Answers> {
    const ids = Object.keys(OPEN_QUESTIONS) as QuestionId[];
    return Object.fromEntries(ids.map((id) => [id, this.assumed(id)])) as unknown as Required<Answers>;
  }

  readonly assumed: Assumed = <Q extends QuestionId>(id: Q) =>
    (this.#answers[id] as BehaviorOf<Q> | undefined) ?? assumedByDefault(id);

  /** Questions that are not named stay as they are. @throws {Error} for an unknown question or behavior; nothing is changed then */
  change(answers: Answers): void {
    this.#answers = { ...this.#answers, ...checkAnswers(answers) };
  }
}

/** @throws {Error} for an unknown question or behavior, with the nearest one */
export function checkAnswers(answers: Readonly<Record<string, unknown>>): Answers {
  for (const [id, behavior] of Object.entries(answers)) checkAnswer(id, behavior);
  return answers as Answers;
}

function checkAnswer(id: string, behavior: unknown): void {
  const questions = Object.keys(OPEN_QUESTIONS);
  if (!questions.includes(id))
    throw new Error(
      `assume ${id}: no open question has this ID${nearest(id, questions)}; docs/open-questions.md lists them`,
    );
  const behaviors = Object.keys(OPEN_QUESTIONS[id as QuestionId].behaviors);
  if (typeof behavior === 'string' && behaviors.includes(behavior)) return;
  const given = typeof behavior === 'string' ? `=${behavior}` : '';
  const hint = typeof behavior === 'string' ? nearest(behavior, behaviors) : '';
  throw new Error(`assume ${id}${given}: must be one of ${behaviors.join(', ')}${hint}`);
}
