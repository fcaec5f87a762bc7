import {
  OPEN_QUESTIONS,
  type QuestionId,
} from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { ACCOUNT_PROBES } from './account-probes.ts';
import type { Answer, AnswersFound } from './answer.ts';
import { BACKUP_PROBES } from './backup-probes.ts';
import { DCS_PROBES } from './dcs-probes.ts';
import { probeEvent } from './event-probe.ts';
import { OBJECT_PROBES } from './object-probes.ts';
import { ask, type Probe, type Probes, type ProbeWorld } from './probe-world.ts';
import { SMS_PROBES } from './sms-probes.ts';
import { probeTask } from './task-probe.ts';
import { whyUnprobed } from './unprobed.ts';

export const PROBES: Probes = {
  // First, because no other probe can succeed with a clock that is wrong.
  'clock-skew': ACCOUNT_PROBES['clock-skew'],
  ...OBJECT_PROBES,
  ...DCS_PROBES,
  ...BACKUP_PROBES,
  ...SMS_PROBES,
  ...ACCOUNT_PROBES,
} as Probes;

/**
 * Answers every open question that can be answered, one after the other. What fails is not answered, and the next one is tried.
 *
 * @throws {Interrupted}
 */
export async function runProbes(world: ProbeWorld): Promise<AnswersFound> {
  const answers = new Map<QuestionId, Answer>();
  for (const [id, probe] of Object.entries(PROBES) as [QuestionId, Probe][]) {
    world.progress(`asking: ${OPEN_QUESTIONS[id].question}`);
    answers.set(id, await ask(() => probe(world)));
  }
  for (const probe of [probeEvent, probeTask]) for (const [id, answer] of await probe(world)) answers.set(id, answer);
  // In the order of the table.
  const ids = Object.keys(OPEN_QUESTIONS) as QuestionId[];
  return new Map(ids.map((id) => [id, answers.get(id) ?? { unanswered: whyUnprobed(id) }]));
}
