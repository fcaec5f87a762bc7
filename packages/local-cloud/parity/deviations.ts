import type { Deviations } from './deviation.ts';
import { CES_DEVIATIONS } from './deviations/ces.ts';
import { CSMS_DEVIATIONS } from './deviations/csms.ts';
import { DCS_DEVIATIONS } from './deviations/dcs.ts';
import { ECS_DEVIATIONS } from './deviations/ecs.ts';
import { FUNCTIONGRAPH_DEVIATIONS } from './deviations/functiongraph.ts';
import { IAM_DEVIATIONS } from './deviations/iam.ts';
import { SMN_DEVIATIONS } from './deviations/smn.ts';
import { SMS_DEVIATIONS } from './deviations/sms.ts';
import type { ParityService } from './parity-service.ts';

export const DEVIATIONS: Readonly<Record<ParityService, Deviations>> = {
  DCS: DCS_DEVIATIONS,
  SMS: SMS_DEVIATIONS,
  FunctionGraph: FUNCTIONGRAPH_DEVIATIONS,
  IAM: IAM_DEVIATIONS,
  SMN: SMN_DEVIATIONS,
  CES: CES_DEVIATIONS,
  CSMS: CSMS_DEVIATIONS,
  ECS: ECS_DEVIATIONS,
};
