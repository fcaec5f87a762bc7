import { isRecord } from '../../kernel/is-record.ts';
import type { DcsInstance } from '../../ports/dcs.ts';
import type { AllServices } from '../../ports/services.ts';
import type { PlannedTask } from '../action.ts';
import { Preflight, type PreflightFindings } from '../preflight-findings.ts';
import { checkInstance, checkMemory, checkVersions, SOURCE_BUSY, TARGET_BUSY } from '../preflight-instance.ts';
import { CONFIGURE_SIDES } from './configure-fields.ts';

const MB = 1024 * 1024;

/**
 * Checks both instances of an online migration before its machine is created. Nothing is known about a side that is given by its addresses. Without
 * `configure`, nothing is known about either side, and no call is made. Makes read-only calls.
 *
 * @throws {CloudError} when an instance can't be read
 */
export async function preflightOnline(
  services: Pick<AllServices, 'dcsInstances'>,
  planned: PlannedTask,
): Promise<PreflightFindings> {
  const found = new Preflight();
  const seen: (DcsInstance | undefined)[] = [];
  for (const side of CONFIGURE_SIDES) {
    const given = planned.configure?.[side];
    if (!isRecord(given) || typeof given['id'] !== 'string') {
      seen.push(undefined);
      continue;
    }
    const instance = await (await services.dcsInstances()).showInstance(given['id']);
    const busy = side === 'target_instance' ? TARGET_BUSY : SOURCE_BUSY;
    checkInstance(instance, given, { path: ['configure', side], busy }, found);
    seen.push(instance);
  }
  const [source, target] = seen;
  const path = ['configure', 'target_instance', 'id'];
  checkVersions(source, target, path, found);
  checkMemory((source?.usedMemoryMb ?? 0) * MB, target, { path, what: 'the source' }, found);
  return found;
}
