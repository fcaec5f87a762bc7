import type { ParityService } from './parity-service.ts';
import type { Samples } from './sample.ts';
import { CES_SAMPLES } from './samples/ces.ts';
import { CSMS_SAMPLES } from './samples/csms.ts';
import { DCS_SAMPLES } from './samples/dcs.ts';
import { ECS_SAMPLES } from './samples/ecs.ts';
import { FUNCTIONGRAPH_SAMPLES } from './samples/functiongraph.ts';
import { IAM_SAMPLES } from './samples/iam.ts';
import { SMN_SAMPLES } from './samples/smn.ts';
import { SMS_SAMPLES } from './samples/sms.ts';

export const SAMPLES: Readonly<Record<ParityService, Samples>> = {
  DCS: DCS_SAMPLES,
  SMS: SMS_SAMPLES,
  FunctionGraph: FUNCTIONGRAPH_SAMPLES,
  IAM: IAM_SAMPLES,
  SMN: SMN_SAMPLES,
  CES: CES_SAMPLES,
  CSMS: CSMS_SAMPLES,
  ECS: ECS_SAMPLES,
};
