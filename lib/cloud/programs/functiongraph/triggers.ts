import { fieldsOf } from '../../transport/read-fields.ts';
import { unlessAbsent } from '../../transport/unless-absent.ts';
import { unusableResponse } from '../../transport/unusable-response.ts';
import { ABSENT_FUNCTION, type Fields, type FunctionGraphCalls } from './calls.ts';

const TRIGGER_ID = /^[A-Za-z0-9_.-]{1,128}$/;
/** As `ABSENT_FUNCTION`, for triggers. */
const ABSENT_TRIGGER = { codes: ['FSS.1131', 'FSS.1132', 'FSS.1136', 'FSS.1138', 'FSS.1140', 'FSS.1051'] };

/** A trigger as the service lists it. `data` has more keys than were sent. */
export interface FunctionTrigger {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly data: Fields;
}

/** Triggers of functions. */
export interface Triggers {
  /** Empty for a function that does not exist. */
  listTriggers(urn: string): Promise<readonly FunctionTrigger[]>;
  createTrigger(urn: string, body: Fields): Promise<void>;
  updateTriggerStatus(urn: string, trigger: FunctionTrigger, status: string): Promise<void>;
  /** Takes effect after a delay. Succeeds if the trigger is already gone. */
  deleteTrigger(urn: string, trigger: FunctionTrigger): Promise<void>;
}

export function triggerCalls({ call, change }: FunctionGraphCalls): Triggers {
  return {
    async listTriggers(urn) {
      const operation = 'listFunctionTriggers';
      const response = await unlessAbsent(call(operation, { function_urn: urn }, { isList: true }), ABSENT_FUNCTION);
      // The SDK adds the status to the array as a property; a copy has only the rows.
      const triggers = (response === undefined ? [] : [...(response as unknown as Fields[])]).map(triggerOf);
      if (triggers.some((trigger) => trigger === undefined)) {
        throw unusableResponse('FUNCTIONGRAPH', operation, 'not_a_list', 'a trigger has no usable id or type');
      }
      return triggers as FunctionTrigger[];
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

function triggerOf(row: Fields): FunctionTrigger | undefined {
  const { trigger_id: id, trigger_type_code: type, trigger_status: status } = row;
  if (typeof id !== 'string' || typeof type !== 'string' || !TRIGGER_ID.test(id)) return undefined;
  return { id, type, status: typeof status === 'string' ? status : 'ACTIVE', data: fieldsOf(row['event_data']) };
}
