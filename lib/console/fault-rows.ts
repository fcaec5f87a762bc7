import type { ActiveFaults } from '../../packages/local-cloud/src/cloud/active-faults.ts';
import { FAULT_KINDS, type Faults } from '../../packages/local-cloud/src/cloud/faults.ts';
import { SITUATIONS } from '../../packages/local-cloud/src/cloud/situations.ts';
import type { FaultKinds, FaultRow } from './wire.ts';

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
  const kinds: Readonly<Record<string, string>> = SITUATIONS[what as keyof typeof SITUATIONS] ?? FAULT_KINDS;
  return kinds[kind] ?? '';
}

/** The available operations and kinds of faults. */
export function faultKinds(faults: Faults): FaultKinds {
  return {
    operations: ['*', ...faults.operations()],
    kinds: Object.entries(FAULT_KINDS).map(([kind, text]) => ({ kind, text })),
  };
}
