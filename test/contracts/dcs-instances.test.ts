import { loadDcsClient } from '../../lib/cloud/dcs/dcs-client.ts';
import { ThinDcsClient } from '../../lib/cloud/dcs/thin-dcs-client.ts';
import { dcsInstancesContract } from './dcs-instances.ts';

dcsInstancesContract('DCS instances over the thin client', async () => ThinDcsClient);

// Twice the thin one where the service package is not installed.
dcsInstancesContract('DCS instances over the client that is chosen', loadDcsClient);
