import type { ActiveFaults } from '../../../packages/local-cloud/src/cloud/active-faults.ts';
import { FAULT_KINDS, type Faults } from '../../../packages/local-cloud/src/cloud/faults.ts';
import {
  ONLY_FOR,
  SITUATION_OPTIONS,
  SITUATIONS,
  type Subject,
} from '../../../packages/local-cloud/src/cloud/situations.ts';
import type { FaultKinds, FaultRow } from '../wire-system.ts';

/** The options of failing calls that people may want to write here. */
const CALL_OPTIONS = ['skip', 'status', 'code', 'delay_ms'];

/** The active faults, in the order in which they apply. */
export function faultRows(active: ActiveFaults): FaultRow[] {
  return active.list().map(({ id, fault, left }) => ({
    id,
    fault,
    ...(left === undefined ? {} : { remaining: left }),
    text: describe(fault),
  }));
}

function describe(fault: string): string {
  const [what = '', kind = ''] = fault.split(/[=,]/);
  const kinds: Readonly<Record<string, string>> = isSubject(what) ? SITUATIONS[what] : FAULT_KINDS;
  return kinds[kind] ?? '';
}

/** What can go wrong: situations and operations, with their kinds. */
export function faultKinds(calls: Faults): FaultKinds {
  return {
    operations: ['*', ...calls.operations()],
    kinds: Object.entries(FAULT_KINDS).map(([kind, text]) => ({ kind, text, options: CALL_OPTIONS, counted: true })),
    situations: Object.entries(SITUATIONS).map(([subject, kinds]) => ({
      subject,
      kinds: Object.entries(kinds).map(([kind, text]) => {
        const options = Object.keys({ ...SITUATION_OPTIONS[subject as Subject], ...ONLY_FOR[`${subject}=${kind}`] });
        return {
          kind,
          text,
          options: options.filter((name) => name !== 'times'),
          counted: options.includes('times'),
        };
      }),
    })),
  };
}

function isSubject(text: string): text is Subject {
  return Object.hasOwn(SITUATIONS, text);
}
