import { FAULT_KINDS, type Faults } from '../../../packages/local-cloud/src/cloud/faults.ts';
import type { FaultKinds, FaultRow } from '../wire-system.ts';

/** The active faults, in the order in which they apply. */
export function faultRows(faults: Faults): FaultRow[] {
  return faults.waiting().faults.map(({ operation, service, kind, times = 1, skip = 0 }, index) => ({
    id: index + 1,
    operation,
    ...(service === undefined ? {} : { service }),
    kind,
    remaining: times,
    text: skip > 0 ? `${FAULT_KINDS[kind]}; after ${skip} more calls` : FAULT_KINDS[kind],
  }));
}

/** The available operations and kinds of faults. */
export function faultKinds(faults: Faults): FaultKinds {
  return {
    operations: ['*', ...faults.operations()],
    kinds: Object.entries(FAULT_KINDS).map(([kind, text]) => ({ kind, text })),
  };
}
