import type {
  Answers,
  BehaviorOf,
  QuestionId,
} from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';

/**
 * What a probe found. Texts contain counts, times, codes and names of fields, and nothing that belongs to the account: they become part of a file
 * that is meant to be shared.
 *
 * - `behavior`: one that the table of open questions has.
 * - `other`: the service does something that the table does not have.
 * - `unanswered`: why nothing was found.
 */
export type Answer<Q extends QuestionId = QuestionId> =
  | (Q extends QuestionId ? { readonly behavior: BehaviorOf<Q>; readonly evidence: string } : never)
  | { readonly other: string }
  | { readonly unanswered: string };

/** The answers, by question. */
export type AnswersFound = ReadonlyMap<QuestionId, Answer>;

/** The behaviors that were seen, as `npm start -- --assume` takes them. */
export function behaviorsOf(found: AnswersFound): Answers {
  const seen = [...found].flatMap(([id, answer]) => ('behavior' in answer ? [[id, answer.behavior] as const] : []));
  return Object.fromEntries(seen) as Answers;
}
