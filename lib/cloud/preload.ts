import { storedReferences } from '../jobs/secret-names.ts';
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
export async function preload(file: CloudParts['jobs'], all: typeof ACTIONS): Promise<void> {
  const { jobs, ledger } = file;
  const actions = [...jobs.values()].map(({ kind }) => all[kind]);
  const onImports = actions.some(({ fromObject }) => fromObject);
  const onDcs = actions.some(({ service }) => service === 'dcs');
  const onSms = actions.some(({ service }) => service === 'sms');
  await Promise.all([
    ...(onDcs ? [import('./dcs/dcs.ts'), import('./dcs/dcs-instances.ts'), loadDcsClient()] : []),
    ...(onSms ? [import('./sms/sms.ts'), import('./sms/sms-servers.ts'), loadSmsClient()] : []),
    ...(onImports ? [import('./obs/obs-objects.ts')] : []),
    ...(ledger ? [import('./obs/obs-ledger-store.ts')] : []),
    ...(storedReferences(file).length > 0 ? [import('./csms.ts')] : []),
    ...(onImports || ledger ? [loadObsSdk()] : []),
  ]);
}
