import { ACCOUNT_QUESTIONS } from './account-questions.ts';
import { DCS_QUESTIONS } from './dcs-questions.ts';
import { EVENT_QUESTIONS } from './event-questions.ts';
import { OBS_QUESTIONS } from './obs-questions.ts';
import { SMS_QUESTIONS } from './sms-questions.ts';

/** What nobody knows of the real services without an account, by ID. The local cloud behaves as `assume` says; see `Assumptions`. */
export const OPEN_QUESTIONS = {
  ...OBS_QUESTIONS,
  ...DCS_QUESTIONS,
  ...SMS_QUESTIONS,
  ...EVENT_QUESTIONS,
  ...ACCOUNT_QUESTIONS,
} as const;

export type QuestionId = keyof typeof OPEN_QUESTIONS;

export type BehaviorOf<Q extends QuestionId> = keyof (typeof OPEN_QUESTIONS)[Q]['behaviors'] & string;

/** Behaviors by question. */
export type Answers = { readonly [Q in QuestionId]?: BehaviorOf<Q> };
