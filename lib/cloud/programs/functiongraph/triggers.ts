import { fieldsOf } from '../../transport/read-fields.ts';
import { unlessAbsent } from '../../transport/unless-absent.ts';
import { unusableAnswer } from '../../transport/unusable-answer.ts';
import { ABSENT_FUNCTION, type Fields, type FunctionGraphCalls } from './calls.ts';

const TRIGGER_ID = /^[A-Za-z0-9_.-]{1,128}$/;
/** As `ABSENT_FUNCTION`, of triggers. */
const ABSENT_TRIGGER = { codes: ['FSS.1131', 'FSS.1132', 'FSS.1136', 'FSS.1138', 'FSS.1140', 'FSS.1051'] };

/** A trigger as the service lists it. `data` holds more keys than were sent. */
export interface Trigger {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly data: Fields;
}

/** Triggers of functions. */
export interface Triggers {
  /** Empty for a function that is not there. */
  listTriggers(urn: string): Promise<readonly Trigger[]>;
  createTrigger(urn: string, body: Fields): Promise<void>;
  updateTriggerStatus(urn: string, trigger: Trigger, status: string): Promise<void>;
  /** It takes effect a little later. A trigger that is gone is no error. */
  deleteTrigger(urn: string, trigger: Trigger): Promise<void>;
}

export function triggerCalls({ call, change }: FunctionGraphCalls): Triggers {
  return {
    async listTriggers(urn) {
      const operation = 'listFunctionTriggers';
      const answer = await unlessAbsent(call(operation, { function_urn: urn }, { isList: true }), ABSENT_FUNCTION);
      // The SDK hangs the status on the array; a copy has the rows alone.
      const triggers = (answer === undefined ? [] : [...(answer as unknown as Fields[])]).map(triggerOf);
      if (triggers.some((trigger) => trigger === undefined)) {
        throw unusableAnswer('FUNCTIONGRAPH', operation, 'not_a_list', 'a trigger has no usable id or type');
      }
      return triggers as Trigger[];
    },

    async createTrigger(urn, body) {
      await change('createFunctionTrigger', { function_urn: urn, body });
    },

    async updateTriggerStatus(urn, { id, type }, status) {
      const place = { function_urn: urn, trigger_type_code: type, trigger_id: id };
      await change('updateTrigger', { ...place, body: { trigger_status: status } });
    },

    async deleteTrigger(urn, { id, type }) {
      const place = { function_urn: urn, trigger_type_code: type, trigger_id: id };
      await unlessAbsent(change('deleteFunctionTrigger', place), ABSENT_TRIGGER);
    },
  };
}

function triggerOf(row: Fields): Trigger | undefined {
  const { trigger_id: id, trigger_type_code: type, trigger_status: status } = row;
  if (typeof id !== 'string' || typeof type !== 'string' || !TRIGGER_ID.test(id)) return undefined;
  return { id, type, status: typeof status === 'string' ? status : 'ACTIVE', data: fieldsOf(row['event_data']) };
}
