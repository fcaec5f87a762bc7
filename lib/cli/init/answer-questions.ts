import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type Answers, QUESTIONS, type Question, type QuestionName } from './questions.ts';

/**
 * Gets an answer to each question that applies: the given one; else, with `yes`, the fallback; else a person's, who is asked again, with the
 * reason, until the answer is valid.
 *
 * @throws {UsageError} for a given answer that is invalid or does not apply, and if nobody can be asked
 */
export async function answerQuestions(
  given: Answers,
  { yes }: { readonly yes?: boolean | undefined },
  terminal: Pick<Terminal, 'ask' | 'note'>,
): Promise<Answers> {
  let answers: Answers = {};
  for (const [name, question] of Object.entries(QUESTIONS)) {
    const { flag, fallback, isNeeded, problem } = question;
    const answer = given[name as QuestionName];
    if (isNeeded && !isNeeded(answers)) {
      if (answer !== undefined) throw new UsageError(`${nameOf(flag)}: does not apply to the chosen uses`);
      continue;
    }
    const settled = answer ?? (yes ? fallback : await askUntilValid(question, answers, terminal));
    const wrong = problem(settled, answers);
    if (wrong !== undefined) throw new UsageError(`${nameOf(flag)} ${JSON.stringify(settled.slice(0, 64))} ${wrong}`);
    answers = { ...answers, [name]: settled };
  }
  return answers;
}

async function askUntilValid(
  { text, fallback, problem }: Question,
  before: Answers,
  terminal: Pick<Terminal, 'ask' | 'note'>,
): Promise<string> {
  for (;;) {
    const answer = await terminal.ask(text, fallback);
    const wrong = problem(answer, before);
    if (wrong === undefined) return answer;
    terminal.note(`${JSON.stringify(answer.slice(0, 64))} ${wrong}`);
  }
}

function nameOf(flag: string): string {
  return flag.split(' ')[0] ?? flag;
}

/** The answers that were given as command-line options. */
export function givenAnswers(options: Readonly<Record<string, unknown>>): Answers {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(QUESTIONS, name)));
}
