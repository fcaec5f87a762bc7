import { isStoredReference, referencesIn } from '../kernel/secret-reference.ts';
import type { ACTIONS } from '../migrations/actions.ts';
import type { CloudParts } from '../platform/invocation.ts';
import { loadDcsClient } from './dcs/dcs-client.ts';
import { loadObsSdk } from './obs/obs-client.ts';
import { loadSmsClient } from './sms/sms-client.ts';

/**
 * Loads what runs of these jobs will need, so that the first event does not wait for it. Makes no calls and needs no keys.
 *
 * @throws {Error} when something can't be loaded; the run that needs it gets the same error
 */
export async function preload({ jobs, targets, ledger }: CloudParts['jobs'], all: typeof ACTIONS): Promise<void> {
  const actions = [...jobs.values()].map(({ kind }) => all[kind]);
  const onImports = actions.some(({ fromObject }) => fromObject);
  const onDcs = actions.some(({ service }) => service === 'dcs');
  const onSms = actions.some(({ service }) => service === 'sms');
  const parts = [...targets.values(), ...[...jobs.values()].flatMap(({ fields, on }) => [fields, on.request?.auth])];
  const readsDew = referencesIn(parts).some(isStoredReference);
  await Promise.all([
    ...(onDcs ? [import('./dcs/dcs.ts'), import('./dcs/dcs-instances.ts'), loadDcsClient()] : []),
    ...(onSms ? [import('./sms/sms.ts'), import('./sms/sms-servers.ts'), loadSmsClient()] : []),
    ...(onImports ? [import('./obs/obs-objects.ts')] : []),
    ...(ledger ? [import('./obs/obs-ledger-store.ts')] : []),
    ...(readsDew ? [import('./csms.ts')] : []),
    ...(onImports || ledger ? [loadObsSdk()] : []),
  ]);
}
