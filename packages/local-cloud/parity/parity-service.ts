import type { ServiceName } from '../src/cloud/operation.ts';
import type { FactsFile } from './facts.ts';

/** A service with an SDK model; OBS has none. */
export type ParityService = Exclude<ServiceName, 'OBS'>;

/** The files with the facts of each service. */
export const FACTS_FILES: Readonly<Record<ParityService, readonly FactsFile[]>> = {
  DCS: ['dcs'],
  SMS: ['sms'],
  FunctionGraph: ['functiongraph'],
  IAM: ['iam', 'iam-v5'],
  SMN: ['smn'],
  CES: ['ces'],
  CSMS: ['csms'],
  ECS: ['ecs'],
};
