import type { Answers, QuestionId } from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { type Answer, type AnswersFound, behaviorsOf } from './answer.ts';
import type { Right } from './rights.ts';
import type { ResponseSummary, SeenResponses } from './seen-responses.ts';

/**
 * What a probe found, as a file to commit, or to attach to a report: names, types, codes, counts and times; never an ID, an address, a name that
 * a person chose, or a secret. `npm start -- --assume probe.json` reads `version` and `answers`.
 */
export interface ProbeFile {
  /** Changes when a field changes its meaning or disappears. */
  readonly version: 1;
  /** Whose behavior it is: that of an account, or of the local cloud that `npm start` runs. */
  readonly place: 'cloud' | 'local';
  readonly region: string;
  readonly keys: 'temporary' | 'permanent';
  /** It ran in FunctionGraph, with the keys of the functions' agency; absent: on the person's machine. */
  readonly as?: 'function';
  /** The behaviors that were seen. */
  readonly answers: Answers;
  readonly questions: Readonly<Partial<Record<QuestionId, Answer>>>;
  readonly rights: readonly Right[];
  /** The Node.js runtimes of FunctionGraph. */
  readonly runtimes: readonly string[] | { readonly unanswered: string };
  /** Types and states of the triggers of the deployed function; absent without `--with-event`. */
  readonly triggers?: readonly string[];
  /** Where each service was called, and whether it answered. */
  readonly endpoints: readonly EndpointUse[];
  readonly responses: readonly ResponseSummary[];
}

export interface EndpointUse {
  readonly service: string;
  /** `set`: given by the user. `default`: the public endpoint of the region. */
  readonly endpoint: 'default' | 'set';
  readonly answered: boolean;
}

export interface ProbeFindings {
  readonly place: ProbeFile['place'];
  readonly region: string;
  readonly hasTemporaryKeys: boolean;
  readonly as?: 'function';
  readonly answers: AnswersFound;
  readonly rights: readonly Right[];
  readonly runtimes: ProbeFile['runtimes'];
  readonly triggers?: readonly string[];
  readonly endpoints: readonly EndpointUse[];
  readonly responses: SeenResponses;
}

export function probeFile(findings: ProbeFindings): ProbeFile {
  const { place, region, hasTemporaryKeys, as, answers, rights, runtimes, triggers, endpoints, responses } = findings;
  return {
    version: 1,
    place,
    region,
    keys: hasTemporaryKeys ? 'temporary' : 'permanent',
    ...(as === undefined ? {} : { as }),
    answers: behaviorsOf(answers),
    questions: Object.fromEntries(answers),
    rights,
    runtimes,
    ...(triggers === undefined ? {} : { triggers }),
    endpoints,
    responses: responses.all(),
  };
}
