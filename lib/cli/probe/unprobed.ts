import type { OpenQuestion } from '../../../packages/local-cloud/src/cloud/open-questions/open-question.ts';
import {
  OPEN_QUESTIONS,
  type QuestionId,
} from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';

/** What answers a question that has no probe, by the way in which it can be answered. */
const WAYS: Readonly<Record<OpenQuestion['settledBy'], string>> = {
  reads: 'needs a change, which a probe does not make',
  objects: 'needs an object, which this probe does not write',
  event: 'needs a request through the gateway, which a probe does not send',
  task: 'needs a migration task of a kind that a probe does not create',
  observation: 'needs time: it shows, if at all, in the runs of the ledger',
};

const OWN: Readonly<Partial<Record<QuestionId, string>>> = {
  'backup-list-lag': 'needs a new backup, which a probe does not take',
  'dcs-delete-unknown': 'needs a delete call, which a probe does not send',
};

/** Why a question has no probe. */
export function whyUnprobed(id: QuestionId): string {
  return OWN[id] ?? WAYS[OPEN_QUESTIONS[id].settledBy];
}
