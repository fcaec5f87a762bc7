import type { OpenQuestion } from '../../../packages/local-cloud/src/cloud/open-questions/open-question.ts';
import {
  OPEN_QUESTIONS,
  type QuestionId,
} from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import type { Terminal } from '../terminal.ts';
import type { Answer } from './answer.ts';
import type { ProbeFile } from './probe-file.ts';

/** Whether a promise does not hold, or is not known to hold, under what was seen. */
export function isDoubtful(id: QuestionId, answer: Answer): boolean {
  if ('behavior' in answer) return brokenPromise(id, answer.behavior) !== undefined;
  return 'other' in answer;
}

/** The answers for people: what was seen, what it means, and what was not answered. */
export function showAnswers({ questions, rights, runtimes, triggers }: ProbeFile, terminal: Terminal): string[] {
  const all = Object.entries(questions) as [QuestionId, Answer][];
  const answered = all.filter(([, answer]) => !('unanswered' in answer));
  return [
    ...answered.flatMap(([id, answer]) => answerLines(id, answer, terminal)),
    '',
    'not answered:',
    ...unansweredLines(all),
    '',
    'permissions of these keys:',
    ...rights.map(
      ({ action, is, evidence }) =>
        `  ${terminal.paint(is === 'refused' ? 'bad' : 'plain', is)} ${action} (${evidence})`,
    ),
    '',
    `Node.js runtimes of FunctionGraph: ${'unanswered' in runtimes ? `not known (${runtimes.unanswered})` : runtimes.join(', ')}`,
    ...(triggers === undefined ? [] : [`triggers of the deployed function: ${triggers.join(', ')}`]),
  ];
}

function answerLines(id: QuestionId, answer: Answer, terminal: Terminal): string[] {
  const { question, matters, behaviors }: OpenQuestion = OPEN_QUESTIONS[id];
  const tone = isDoubtful(id, answer) ? 'bad' : 'good';
  if ('unanswered' in answer) return [];
  if ('other' in answer) {
    return [
      `${id}: ${terminal.paint(tone, 'another behavior')}`,
      `  ${question}`,
      `  seen: ${answer.other}`,
      '  means: no promise was tested with it; please report it, with the file',
    ];
  }
  const { behavior, evidence } = answer;
  const broken = brokenPromise(id, behavior);
  return [
    `${id}: ${terminal.paint(tone, behavior)}`,
    `  ${question} ${behaviors[behavior]}`,
    `  seen: ${evidence}`,
    `  means: ${broken === undefined ? `the promises hold. ${matters}` : `a promise does not hold: ${broken}`}`,
  ];
}

/** By reason, because many have the same. */
function unansweredLines(answers: readonly (readonly [QuestionId, Answer])[]): string[] {
  const byReason = new Map<string, QuestionId[]>();
  for (const [id, answer] of answers)
    if ('unanswered' in answer) byReason.set(answer.unanswered, [...(byReason.get(answer.unanswered) ?? []), id]);
  return [...byReason].map(([reason, ids]) => `  ${ids.join(', ')}: ${reason}`);
}

function brokenPromise(id: QuestionId, behavior: string): string | undefined {
  const { notPromised }: OpenQuestion = OPEN_QUESTIONS[id];
  return notPromised?.[behavior];
}
