import type { DcsTask } from './dcs/task.ts';
import type { ServiceName } from './operation.ts';
import type { SmsTask } from './sms/task.ts';

/** A task of any service, in a common format. */
export interface LocalTask {
  readonly service: ServiceName;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Epoch ms of the cloud's clock. */
  readonly createdAt: number;
  /** The DCS instance that it writes to; undefined until it is configured. */
  readonly targetInstanceId?: string | undefined;
  /** The source server that it migrates; undefined for DCS. */
  readonly sourceServerId?: string | undefined;
}

export function taskOfDcs({ id, name, status, createdAt, target }: DcsTask): LocalTask {
  return { service: 'DCS', id, name, status, createdAt, targetInstanceId: target?.id };
}

export function taskOfSms({ id, name, status, createdAt, sent }: SmsTask): LocalTask {
  return { service: 'SMS', id, name, status, createdAt, sourceServerId: sent.source_server.id };
}
